"""Reads all that a device shows, within bounds, for whoever teaches the agent a new family of devices.

What tells of people, neighbours and traffic rather than of the device is passed over: tables of addresses, routes,
connections, forwarding, neighbours, programs. Users and communities of the agent itself lie outside of what is read.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

from regiowacht_agent.snmp import pdu
from regiowacht_agent.snmp.asked import security_of
from regiowacht_agent.snmp.ber import Malformed
from regiowacht_agent.snmp.credential import Community
from regiowacht_agent.snmp.dialogue import GetBulk, GetNext, decoded
from regiowacht_agent.snmp.failure import SnmpFailed
from regiowacht_agent.snmp.loop import Loop
from regiowacht_agent.snmp.oid import parse_oid
from regiowacht_agent.snmp.usm.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable

    from regiowacht_agent.snmp.dialogue import Dialogue
    from regiowacht_agent.snmp.oid import Oid
    from regiowacht_agent.snmp.session import Target
    from regiowacht_agent.snmp.value import Value

ROOTS = tuple(map(parse_oid, ("1.0.8802", "1.3.6.1.2.1", "1.3.6.1.4.1", "1.3.111")))
"""IEEE 802.1 and 802.3 of both kinds, mib-2, enterprises."""

PASSED_OVER = tuple(
    map(
        parse_oid,
        (
            "1.0.8802.1.1.2.1.3.8",  # lldpLocManAddrTable
            "1.0.8802.1.1.2.1.4",  # lldpRemoteSystemsData
            "1.3.6.1.2.1.3",  # atTable
            "1.3.6.1.2.1.4.20",  # ipAddrTable
            "1.3.6.1.2.1.4.21",  # ipRouteTable
            "1.3.6.1.2.1.4.22",  # ipNetToMediaTable
            "1.3.6.1.2.1.4.24",  # ipForward
            "1.3.6.1.2.1.4.32",  # ipAddressPrefixTable
            "1.3.6.1.2.1.4.34",  # ipAddressTable
            "1.3.6.1.2.1.4.35",  # ipNetToPhysicalTable
            "1.3.6.1.2.1.4.37",  # ipDefaultRouterTable
            "1.3.6.1.2.1.6",  # tcp
            "1.3.6.1.2.1.7",  # udp
            "1.3.6.1.2.1.14",  # ospf
            "1.3.6.1.2.1.15",  # bgp
            "1.3.6.1.2.1.16",  # rmon: whole histories
            "1.3.6.1.2.1.17.4",  # dot1dTp: who is behind which port
            "1.3.6.1.2.1.17.7.1.2",  # dot1qTp: likewise
            "1.3.6.1.2.1.25.4",  # hrSWRun: command lines
            "1.3.6.1.2.1.25.5",  # hrSWRunPerf
            "1.3.6.1.2.1.25.6",  # hrSWInstalled
            "1.3.6.1.4.1.9.9.23.1.2",  # cdpCache
            "1.3.6.1.4.1.2021.2",  # UCD-SNMP-MIB prTable: command lines
            "1.3.6.1.4.1.2021.8",  # extTable: likewise
            "1.3.6.1.4.1.8072.1.3",  # nsExtensions: likewise
        ),
    )
)

OBJECTS_MAX = 20_000
SECONDS_MAX = 120.0
REPETITIONS = 20
FAILURES_MAX = 3


class Dump(NamedTuple):
    """What was read.

    Attributes:
        objects: in the order in which the device tells them.
        cut: why it is not all: ``objects``, ``seconds``, a reason of ``failure.REASONS``; "" where it is.
    """

    objects: tuple[tuple[Oid, Value], ...]
    cut: str


def dump(target: Target, clock: Callable[[], float] = time.monotonic) -> Dump:
    """Return what a device shows.

    Raises:
        SnmpFailed: it does not answer, or not us.
    """
    credential = target.credential
    is_v1 = isinstance(credential, Community) and credential.version == "1"
    loop = Loop()
    try:
        told: Dump = loop.run(walk(is_v1=is_v1, clock=clock), target, security_of(target, Store("")))
    finally:
        loop.close()
    return told


def walk(*, is_v1: bool, clock: Callable[[], float]) -> Dialogue[Dump]:
    """Return what a device shows.

    Raises:
        SnmpFailed: nothing whatever was answered.
    """
    until_s = clock() + SECONDS_MAX
    objects: list[tuple[Oid, Value]] = []
    cut = ""
    for root in ROOTS:
        cut = (yield from _below(root, objects, 1 if is_v1 else REPETITIONS, until_s, clock)) or cut
        if cut in {"objects", "seconds"}:
            break
    return Dump(tuple(objects), cut)


def _below(
    root: Oid, objects: list[tuple[Oid, Value]], repetitions: int, until_s: float, clock: Callable[[], float]
) -> Dialogue[str]:
    """Read what lies below a name; return why not all of it, or ""."""
    last, failures = root, 0
    while True:
        if clock() >= until_s:
            return "seconds"
        (answer,) = yield (GetBulk((last,), repetitions) if repetitions > 1 else GetNext((last,)),)
        failed = answer if isinstance(answer, SnmpFailed) else None
        if isinstance(answer, SnmpFailed):
            bindings = None
        else:
            bindings, failed = _read(answer)
        if bindings is None:
            failures += 1
            if failures == FAILURES_MAX:
                if not objects and failed is not None:
                    raise failed
                return failed.reason if failed is not None else "status"
            repetitions = max(1, repetitions // 4)
            continue
        reached = _take(bindings, root, last, objects)
        if reached is None:
            return ""
        if len(objects) >= OBJECTS_MAX:
            return "objects"
        if reached <= last:
            return "order"
        last, failures = reached, 0


def _read(answer: bytes) -> tuple[tuple[tuple[Oid, Value], ...] | None, SnmpFailed | None]:
    try:
        found = decoded(answer).found
    except Malformed as error:
        return None, SnmpFailed("format", str(error))
    if found.status == pdu.NO_SUCH_NAME:
        return (), None  # SNMP 1: nothing follows
    if found.status != pdu.NO_ERROR:
        return None, SnmpFailed("status", f"error-status {found.status}")
    return tuple(found.bindings), None


def _take(
    bindings: tuple[tuple[Oid, Value], ...], root: Oid, last: Oid, objects: list[tuple[Oid, Value]]
) -> Oid | None:
    """Keep what lies below the root; return the name to go on from, None at the end."""
    if not bindings:
        return None
    for name, value in bindings:
        if value.is_absent or name[: len(root)] != root:
            return None
        if name <= last:
            return last
        over = next((one for one in PASSED_OVER if name[: len(one)] == one), None)
        if over is not None:
            return (*over[:-1], over[-1] + 1)
        objects.append((name, value))
        last = name
        if len(objects) >= OBJECTS_MAX:
            break
    return last
