"""Finds out which devices of a network answer over SNMP and what they are: reading only, for a person who looks.

An address is asked one small question with each credential in turn, all addresses with the first before any with the
next. One that stays silent is asked again once, as far as its packets last; one of which the network says that nobody
is there is left alone. So a silent address gets 2 packets with one credential, and no more than ``PACKETS_MAX`` or one
for each credential.
"""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING, NamedTuple

from regiowacht_agent.snmp.asked import security_of
from regiowacht_agent.snmp.credential import Community
from regiowacht_agent.snmp.fast_session import habits_for
from regiowacht_agent.snmp.kinds import OTHER, kind_of
from regiowacht_agent.snmp.loop import Loop
from regiowacht_agent.snmp.meaning.recognise import NOTHING
from regiowacht_agent.snmp.session import PORT, Target
from regiowacht_agent.snmp.usm.store import Store
from regiowacht_agent.snmp.who import ASKED, LABELS, NAME, UPTIME, Who, hello, said_text, who

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from regiowacht_agent.snmp.credential import Credential
    from regiowacht_agent.snmp.message import Security
    from regiowacht_agent.snmp.talk import Ended
    from regiowacht_agent.snmp.who import Identities, Said

PACKETS_MAX = 4
BESIDE_MAX = 200
"""Addresses that are waited for at once."""

RETRIES = 2
"""How often a device that has answered is asked again."""

TURN_S = 0.5
TICKS_A_S = 100
GONE = frozenset({"unreachable"})
SILENT = frozenset({"timeout", "unreachable"})


class Named(NamedTuple):
    """A credential by the name that the region folder has for it."""

    name: str
    credential: Credential


class Wanted(NamedTuple):
    """How a network is asked.

    Attributes:
        port: UDP port.
        rate: questions to addresses that have not answered yet, a second.
        timeout_s: seconds that an answer may take.
    """

    port: int = PORT
    rate: float = 50.0
    timeout_s: float = 1.0


class Found(NamedTuple):
    """A device that answers.

    Attributes:
        address: where.
        credential: name of the credential that it answers to; "" where none fits.
        version: of SNMP, that of the credential.
        refused: why each credential that it answered to does not fit, by its name.
        who: what it is, or None where no credential fits.
    """

    address: str
    credential: str
    version: str
    refused: dict[str, str]
    who: Who | None


class _Address:
    """An address while it is being asked."""

    __slots__ = ("host", "left", "packets", "refused")

    def __init__(self, host: str, ways: int) -> None:
        self.host = host
        self.left = deque((again, way) for again in range(2) for way in range(ways))
        self.packets = 0
        self.refused: dict[int, str] = {}


class Discovery:
    """One search of a network.

    Args:
        addresses: IPv4 or IPv6, each once.
        ways: credentials to try, in that order; at least one.
        identities: what devices of each family are read for.
        wanted: how.
        clock: monotonic seconds.

    Attributes:
        found: devices that answer, as they were found.
        total: addresses.
        over: addresses that are done with.
    """

    def __init__(
        self,
        addresses: Iterable[str],
        ways: Sequence[Named],
        identities: Identities,
        wanted: Wanted,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ways, self._identities, self._wanted, self._clock = ways, identities, wanted, clock
        self._waiting = deque(_Address(host, len(ways)) for host in addresses)
        self._busy = 0
        self._next_s = 0.0
        self._store = Store("")
        self._loop = Loop(clock)
        self.found: list[Found] = []
        self.total = len(self._waiting)
        self.over = 0

    def run(self, tell: Callable[[Discovery], None]) -> None:
        """Ask all addresses.

        Args:
            tell: is called now and then, to say how far it is.

        Raises:
            SnmpFailed: a credential needs a protocol that is not there.
            KeyboardInterrupt: a person has seen enough; ``found`` holds what answered until then.
        """
        self._next_s = self._clock()
        try:
            while self._waiting or self._busy:
                self._begin_some()
                self._wait()
                tell(self)
        finally:
            self._loop.close()

    def _begin_some(self) -> None:
        now_s = self._clock()
        while self._waiting and self._busy < BESIDE_MAX and now_s >= self._next_s:
            self._next_s = max(self._next_s, now_s - TURN_S) + 1 / self._wanted.rate
            self._begin(self._waiting.popleft())

    def _wait(self) -> None:
        wait_s = TURN_S
        if self._waiting and self._busy < BESIDE_MAX:
            wait_s = min(max(self._next_s - self._clock(), 0.0), TURN_S)
        if self._busy:
            self._loop.turn(wait_s)
        elif wait_s > 0:
            time.sleep(wait_s)

    def _begin(self, address: _Address) -> None:
        """Ask an address with the next credential."""
        again, way = address.left.popleft()
        target = self._target(address, way, 0)
        security = security_of(target, self._store)
        self._busy += 1

        def done(ended: Ended) -> None:
            self._busy -= 1
            address.packets += ended.effort.sent
            if ended.failed is None:
                self._identify(address, way, security, ended.told)
            else:
                self._failed(address, again, way, ended)

        self._loop.add(hello(habits_for(target)), target, security, done)

    def _failed(self, address: _Address, again: int, way: int, ended: Ended) -> None:
        assert ended.failed is not None  # noqa: S101 - for the type checker
        reason, left = ended.failed.reason, address.left
        if reason not in SILENT:
            address.refused[way] = reason
        elif not ended.effort.answered and self._is_user(way):
            # What is silent to the question for its engine is so whoever asks.
            while left and left[0][0] == again and self._is_user(left[0][1]):
                left.popleft()
        while left and left[0][1] in address.refused:
            left.popleft()
        has_had_enough = left and left[0][0] and address.packets >= min(PACKETS_MAX, 2 * len(self._ways))
        if reason in GONE or not left or has_had_enough:
            self._end(address)
        else:
            self._waiting.append(address)

    def _is_user(self, way: int) -> bool:
        return not isinstance(self._ways[way].credential, Community)

    def _end(self, address: _Address) -> None:
        self.over += 1
        if address.refused:
            self.found.append(Found(address.host, "", "", self._names(address), None))

    def _names(self, address: _Address) -> dict[str, str]:
        return {self._ways[way].name: reason for way, reason in address.refused.items()}

    def _identify(self, address: _Address, way: int, security: Security, said: Said) -> None:
        target = self._target(address, way, RETRIES)
        self._busy += 1

        def done(ended: Ended) -> None:
            self._busy -= 1
            self.over += 1
            name, credential = self._ways[way]
            version = credential.version if isinstance(credential, Community) else "3"
            told: Who | None = ended.told
            self.found.append(Found(address.host, name, version, self._names(address), told or _little(said)))

        self._loop.add(who(said, self._identities, habits_for(target)), target, security, done)

    def _target(self, address: _Address, way: int, retries: int) -> Target:
        wanted = self._wanted
        return Target(address.host, self._ways[way].credential, wanted.port, wanted.timeout_s, retries)


def _little(said: Said) -> Who:
    """Return what is known of a device that said something and then nothing more."""
    return Who(said, NOTHING, {}, (), "")


def as_json(found: Found) -> dict[str, object]:
    """Return a device as ``--json`` tells it."""
    told: dict[str, object] = {
        "address": found.address,
        "credential": found.credential,
        "snmp_version": found.version,
        "refused": found.refused,
    }
    one = found.who
    if one is None:
        return told
    object_id, descr = (said_text(one.said, oid) for oid in ASKED[:2])
    kind, platform = kind_of(one.recognised.family, one.labels.get("model", ""), descr)
    if not one.recognised.family and kind == OTHER:
        kind = one.standard or OTHER
    uptime = one.said.get(UPTIME)
    return {
        **told,
        "name": said_text(one.said, NAME),
        "kind": kind,
        "platform": platform,
        "family": one.recognised.family or "unknown",
        "family_why": one.recognised.why,
        **{label: one.labels.get(label, "") for label in LABELS},
        "macs": list(one.macs),
        "descr": descr,
        "object_id": object_id,
        "uptime_s": uptime.data // TICKS_A_S if uptime is not None and isinstance(uptime.data, int) else None,
    }


__all__ = ["Discovery", "Found", "Named", "Wanted", "as_json"]
