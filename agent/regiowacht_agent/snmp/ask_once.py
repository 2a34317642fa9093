"""Asks every device of the configuration once, for a person who checks it, and says what that came to."""

from __future__ import annotations

import time
from contextlib import closing
from typing import TYPE_CHECKING

from regiowacht_agent.snmp.asked import FAST, PYSNMP, Asked, Latest
from regiowacht_agent.snmp.by_session import find, read
from regiowacht_agent.snmp.failure import SnmpFailed
from regiowacht_agent.snmp.loop import Loop
from regiowacht_agent.snmp.meaning import known
from regiowacht_agent.snmp.pysnmp_engine.worker_session import PysnmpWorker
from regiowacht_agent.snmp.session import Effort
from regiowacht_agent.snmp.usm.store import Store
from regiowacht_contract.texts import say, say_count

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from regiowacht_agent.config import Config
    from regiowacht_agent.snmp.talk import Ended
    from regiowacht_contract.texts import Lang

AT_ONCE = 16
WITHIN_S = 120.0
"""What a device has at most, as in the running agent."""


def ask_all(config: Config, within_s: float = WITHIN_S) -> list[tuple[Asked, Latest]]:
    """Return what each device comes to, in the order of the configuration; by the fast engine where pysnmp is not set.

    Args:
        config: which devices, and how.
        within_s: seconds that one of them has.
    """
    if not config.device:
        return []
    book, metrics = known.book(), known.metrics()
    gemeente = config.asset.gemeente
    asked = [Asked(one, config.snmp, gemeente, book, metrics, time.monotonic) for one in config.device]
    round_ = _Round(Store(""))
    try:
        round_.ask([one for one in asked if one.engine == FAST], within_s)
    finally:
        round_.close()
    for one in asked:
        if one.engine == PYSNMP:
            one.latest = _by_pysnmp(one)
    return [(one, one.latest or _failed(SnmpFailed("timeout", f"not done in {within_s:.0f} s"), FAST)) for one in asked]


class _Round:
    """One round of the fast engine past devices.

    Args:
        store: where engines of SNMP 3 are known; none, so that what a person tries leaves nothing behind.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._loop = Loop()
        self._until: dict[Asked, float] = {}

    def ask(self, devices: Sequence[Asked], within_s: float) -> None:
        """Ask these, some beside each other; each has its result in ``latest``, or took too long."""
        left = list(reversed(devices))
        while left or self._until:
            while left and len(self._until) < AT_ONCE:
                self._begin(left.pop(), within_s)
            if self._until:
                self._loop.turn(1.0)
            now = time.monotonic()
            for one in [one for one, until in self._until.items() if until < now]:
                del self._until[one]

    def close(self) -> None:
        """Let go of sockets, and of what is still under way."""
        self._loop.close()

    def _begin(self, one: Asked, within_s: float) -> None:
        try:
            target, security = one.way(self._store)
        except SnmpFailed as failed:
            one.latest = _failed(failed, FAST)
            return
        assert one.polling is not None  # noqa: S101 - for the type checker: it came with the way
        self._until[one] = time.monotonic() + within_s
        self._loop.add(one.polling.poll(), target, security, self._taker(one, time.monotonic()))

    def _taker(self, one: Asked, begun: float) -> Callable[[Ended], None]:
        def take(end: Ended) -> None:
            self._until.pop(one, None)
            now = time.monotonic()
            one.latest = Latest(end.told, end.failed, end.effort, time.time(), now, now - begun, FAST)

        return take


def _by_pysnmp(one: Asked) -> Latest:
    begun = time.monotonic()
    try:
        target, _security = one.way(Store(""))
        with closing(PysnmpWorker().session(target)) as session:
            took = read(session, find(session, known.book()), one.asset, known.metrics(), one.wanted)
    except SnmpFailed as failed:
        return _failed(failed, PYSNMP)
    now = time.monotonic()
    return Latest(took, None, Effort(), time.time(), now, now - begun, PYSNMP)


def _failed(failed: SnmpFailed, engine: str) -> Latest:
    return Latest(None, failed, Effort(), time.time(), time.monotonic(), 0.0, engine)


def lines(told: Sequence[tuple[Asked, Latest]], lang: Lang) -> Iterator[str]:
    """Yield one line for each device, and one before them that counts them; nothing when there are none."""
    if not told:
        return
    yield say("agent.check-devices", lang, count=len(told))
    width = max(len(asked.asset.instance) for asked, _ in told)
    for asked, latest in told:
        name, (host, port) = f"{asked.asset.instance:<{width}}", asked.place
        came = _told(asked, latest, lang)
        yield say("agent.check-asset", lang, asset=name, kind="snmp", target=f"{host} {port}/udp", told=came)


def as_json(told: Sequence[tuple[Asked, Latest]]) -> list[dict[str, object]]:
    """Return what ``--json`` prints."""
    return [
        {
            "instance": asked.asset.instance,
            "site": asked.asset.site,
            "host": asked.place[0],
            "port": asked.place[1],
            "engine": latest.engine,
            "up": latest.failed is None,
            "reason": latest.failed.reason if latest.failed else "",
            "detail": latest.failed.detail if latest.failed else "",
            "samples": _size(latest),
            "missing": sorted({trouble.reason for trouble in latest.took.troubles}) if latest.took else [],
            "duration_seconds": round(latest.duration_s, 6),
        }
        for asked, latest in told
    ]


def _told(asked: Asked, latest: Latest, lang: Lang) -> str:
    if latest.failed is not None:
        host, port = asked.place
        return say(f"snmp.failed-{latest.failed.reason}", lang, host=host, port=port, detail=latest.failed.detail)
    values = say_count("agent.values-", lang, _size(latest))
    fine = say("agent.poll-ok", lang, values=values, duration=round(latest.duration_s * 1000, 1))
    troubles = latest.took.troubles if latest.took else ()
    what = ", ".join(dict.fromkeys(say(f"snmp.missing-{trouble.reason}", lang) for trouble in troubles))
    return say("agent.check-device-lacks", lang, fine=fine, what=what) if what else fine


def _size(latest: Latest) -> int:
    return latest.took.sheet.size if latest.took and latest.took.sheet else 0
