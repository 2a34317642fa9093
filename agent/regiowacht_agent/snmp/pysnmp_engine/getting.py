"""Single objects, as many a question as the device takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_agent.snmp import pdu
from regiowacht_agent.snmp.session import Scalars, Trouble

if TYPE_CHECKING:
    from collections.abc import Sequence

    from regiowacht_agent.snmp.failure import Reason
    from regiowacht_agent.snmp.oid import Oid
    from regiowacht_agent.snmp.pysnmp_engine.engine import Engine
    from regiowacht_agent.snmp.value import Value

OBJECTS_MAX = 20
REFUSED = frozenset({pdu.NO_ACCESS, pdu.AUTHORIZATION_ERROR})


async def get(engine: Engine, oids: Sequence[Oid]) -> Scalars:
    """Return the objects that the device has.

    Raises:
        SnmpFailed: the device as a whole does not answer, or not us.
    """
    values: dict[Oid, Value] = {}
    troubles: list[Trouble] = []
    at_once = OBJECTS_MAX
    left = list(dict.fromkeys(oids))
    while left:
        asked = left[:at_once]
        reply = await engine.get(asked)
        if len(asked) > 1 and (reply.status == pdu.TOO_BIG or (reply.status and not 0 < reply.culprit <= len(asked))):
            at_once = len(asked) // 2
        elif reply.status == pdu.TOO_BIG and engine.is_large_possible:
            engine.allow_large()
        elif reply.status:
            culprit = asked[reply.culprit - 1] if len(asked) > 1 else asked[0]
            troubles += trouble(reply.status, culprit)
            left.remove(culprit)
        else:
            wanted = set(asked)
            found = {name: value for name, value in reply.bindings if name in wanted}
            values |= {name: value for name, value in found.items() if not value.is_absent}
            troubles += [Trouble("truncated", "the answer leaves it out", name) for name in asked if name not in found]
            del left[: len(asked)]
    return Scalars(values, tuple(troubles))


def trouble(status: int, oid: Oid) -> list[Trouble]:
    """Return what an error-status says of an object; nothing where the device just has not got it (SNMP 1)."""
    if status == pdu.NO_SUCH_NAME:
        return []
    name = pdu.STATUS_NAMES[status] if 0 <= status < len(pdu.STATUS_NAMES) else str(status)
    reason: Reason = "toobig" if status == pdu.TOO_BIG else "access" if status in REFUSED else "status"
    return [Trouble(reason, f"the device answers {name}", oid)]
