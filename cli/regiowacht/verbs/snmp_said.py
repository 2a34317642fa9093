"""What the verbs of ``regiowacht snmp`` say of a device that tells nothing, or not everything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_agent.snmp.credential import Community
from regiowacht_contract.errors import PartMissing, Unreachable
from regiowacht_contract.texts import say

if TYPE_CHECKING:
    from collections.abc import Iterable

    from regiowacht.console import Console
    from regiowacht_agent.snmp.failure import SnmpFailed
    from regiowacht_agent.snmp.session import Target, Trouble
    from regiowacht_contract.texts import Lang

SHOWN_MAX = 5
"""Troubles with the same reason that are said one by one."""


def about(target: Target) -> dict[str, object]:
    """Return how a device was asked, as ``--json`` tells it: never a secret."""
    version = target.credential.version if isinstance(target.credential, Community) else "3"
    return {"host": target.host, "port": target.port, "version": version}


def unreachable(failed: SnmpFailed, target: Target) -> Unreachable:
    """Return the error that says why a device told nothing, and what to check."""
    return Unreachable(f"snmp.failed-{failed.reason}", host=target.host, port=target.port, detail=failed.detail)


def no_pysnmp(missing: ModuleNotFoundError) -> Exception:
    """Return the error for a package that the engine pysnmp needs and that is not here."""
    if (missing.name or "").startswith("regiowacht"):
        return missing
    return PartMissing("cli.no-extra", room="snmp --engine pysnmp", extra="snmp", module=missing.name)


def tell(troubles: Iterable[Trouble], console: Console) -> None:
    """Say what is missing, a line each; of many with the same reason the first ones, and how many more."""
    by_reason: dict[str, list[Trouble]] = {}
    for trouble in troubles:
        by_reason.setdefault(trouble.reason, []).append(trouble)
    for reason, found in by_reason.items():
        what = say(f"snmp.missing-{reason}", console.lang)
        for trouble in found[:SHOWN_MAX]:
            key = "snmp.trouble-rows" if trouble.rows else "snmp.trouble"
            console.tell(key, what=what, rows=trouble.rows, detail=trouble.detail)
        if more := found[SHOWN_MAX:]:
            rows = sum(trouble.rows for trouble in more)
            console.tell("snmp.trouble-more", what=what, count=len(more), rows=rows)


def failure(failed: SnmpFailed | None, target: Target, lang: Lang) -> dict[str, object]:
    """Return what ``--json`` tells of a device that told nothing; nothing where it did."""
    if failed is None:
        return {}
    message = unreachable(failed, target).message(lang)
    return {"reason": failed.reason, "detail": failed.detail, "message": message}
