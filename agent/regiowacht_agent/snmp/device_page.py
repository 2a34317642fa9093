"""The page of everything that this agent asked of devices, with the labels that its series keep."""

from __future__ import annotations

from regiowacht_agent.family import Metrics, Sample
from regiowacht_agent.http.packed import Ready, Same, packed_head
from regiowacht_agent.polls.lines import tell
from regiowacht_agent.snmp.asked import FAST
from regiowacht_agent.snmp.failure import OUR_OWN
from regiowacht_agent.snmp.poll.health import health
from regiowacht_contract.defaults import DEVICES_SERIES_MAX, DEVICES_SIZE_MAX_BYTES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from regiowacht_agent.http.packed import Piece
    from regiowacht_agent.polls.outcome import Told
    from regiowacht_agent.snmp.asked import Asked, Latest
    from regiowacht_agent.snmp.poll.sheet import Sheet

HEALTH_SERIES = 40
LINE_BYTES = 330
"""A series with its labels, for what a page may come to; most are shorter."""


def chunks(told: Iterable[tuple[Asked, Latest]], *, packs: bool = False) -> Iterator[Piece]:
    """Yield the page in pieces, the series of one name together whatever device they are about.

    What was compressed for an earlier page, and is still the same, comes as it is if ``packs``. The collector refuses a
    page that is too large whole; a device that would make it so tells its health alone.
    """
    devices = list(told)
    health_lines: dict[str, list[str]] = {}
    heads: dict[str, str] = {}
    sheets: list[tuple[Asked, Sheet]] = []
    room = min(DEVICES_SERIES_MAX, DEVICES_SIZE_MAX_BYTES // LINE_BYTES) - HEALTH_SERIES * len(devices)
    for asked, latest in devices:
        sheet = sheet_of(asked, latest)
        is_full = sheet is not None and sheet.size > room
        if sheet is not None and not is_full:
            room -= sheet.size
            sheets.append((asked, sheet))
        for name, head, lines in _health(asked, latest, is_full=is_full):
            heads.setdefault(name, head)
            health_lines.setdefault(name, []).append(lines)
    for name in sorted({*health_lines, *(name for _asked, sheet in sheets for name in sheet.names)}):
        yield from _metric(name, heads, health_lines.get(name, ()), sheets, packs=packs)


def _metric(
    name: str, heads: dict[str, str], lines: Iterable[str], sheets: Iterable[tuple[Asked, Sheet]], *, packs: bool
) -> Iterator[Piece]:
    is_headed = name in heads
    if is_headed:
        yield (heads[name] + "".join(lines)).encode()
    for asked, sheet in sheets:
        if asked.polling is None:
            found = _piece(sheet, name, is_headed=is_headed, packs=packs)
        else:
            with asked.polling.lock:
                found = _piece(sheet, name, is_headed=is_headed, packs=packs)
        if found is not None:
            is_headed = True
            yield found


def _piece(sheet: Sheet, name: str, *, is_headed: bool, packs: bool) -> Piece | None:
    """Return the lines of one metric of a device, compressed for an earlier page where they are still the same."""
    packed = sheet.packed(name, is_headed=is_headed) if packs else None
    if packed is not None:
        return packed
    written = sheet.metric(name, is_headed=is_headed, packs=packs)
    if written is None:
        return None
    if written.packed is not None:
        if is_headed:
            return Ready((written.lines,), written.packed)
        return Ready((written.head.encode(), written.lines), packed_head(written.head) + written.packed)
    told = written.lines if is_headed else written.head.encode() + written.lines
    return Same(told, written.shelf) if packs and written.shelf is not None else told


def sheet_of(asked: Asked, latest: Latest) -> Sheet | None:
    """Return a device's series where they may be told: not those of an engine that is yet to be proven."""
    if latest.took is None or (latest.engine == FAST and not asked.is_proven):
        return None
    return latest.took.sheet


def _health(asked: Asked, latest: Latest, *, is_full: bool) -> tuple[Told, ...]:
    return tell(asked.asset, samples_of(asked, latest, is_full=is_full))


def samples_of(asked: Asked, latest: Latest, *, is_full: bool = False) -> Iterator[Sample]:
    """Yield what Prometheus says of a target, and how the poll went."""
    of = Metrics.of("prometheus")
    polls = Metrics.of("polls")
    failed = latest.failed
    reason = failed.reason if failed else "limit" if is_full else ""
    if failed is None or failed.reason not in OUR_OWN:
        yield Sample(of["up"], (), int(failed is None))
    yield Sample(of["scrape_duration_seconds"], (), round(latest.duration_s, 6))
    sheet = sheet_of(asked, latest)
    yield Sample(of["scrape_samples_scraped"], (), 0 if sheet is None or is_full else sheet.size)
    yield Sample(polls["regiowacht_agent_poll_timestamp_seconds"], (), round(latest.at, 3))
    if reason:
        yield Sample(polls["regiowacht_agent_poll_failed"], ("snmp", reason), 1)
    relearns = asked.polling.relearns if asked.polling else 0
    duration_s = latest.duration_s
    yield from health(
        latest.took, failed, latest.effort, duration_s, duration_s, latest.engine, relearns, asked.check, asked.differs
    )
