"""Which writes the gateway notes as late."""

from __future__ import annotations

from regiowacht_collector.gateway.write import Checked, WriteLimits, check
from regiowacht_collector.gateway.writer import Writer
from regiowacht_collector.gateway.writes import LATE_MS, late_spans
from regiowacht_contract.wire.encode import backlog, head
from regiowacht_contract.wire.snappy import compress

NOW_MS = 1_800_000_000_000
WRITER = Writer("c-1", "aa", 1, "srv")
HEADS = [
    head({"__name__": name, "gemeente": "aa", "scope": "aa/infrastructuur", "job": "node", "instance": "srv"}.items())
    for name in ("up", "node_load1")
]
MINUTE_MS = 60_000


def _checked(*ages_ms: int) -> Checked:
    """Return what a write comes to whose two series have a sample of each age."""
    times = [NOW_MS - age_ms for age_ms in sorted(ages_ms, reverse=True)]
    body = backlog(HEADS, [[1.0, 2.0]] * len(times), times)
    return check(compress(body), WRITER, WriteLimits(), NOW_MS)


def test_what_came_when_rules_had_looked_for_it_is_late() -> None:
    for ages_ms, wanted in (
        ((0,), []),
        ((LATE_MS,), []),
        ((LATE_MS + 1,), [(LATE_MS + 1, LATE_MS + 1)]),
        ((0, 5_000, 10_000), []),
        ((5_000, MINUTE_MS, 4 * MINUTE_MS), [(4 * MINUTE_MS, 5_000)]),  # a short cut, sent at once
        ((0, 60 * MINUTE_MS, 90 * MINUTE_MS), [(90 * MINUTE_MS, 60 * MINUTE_MS)]),
        ((2 * MINUTE_MS, 60 * MINUTE_MS), [(60 * MINUTE_MS, 60 * MINUTE_MS), (2 * MINUTE_MS, 2 * MINUTE_MS)]),
    ):
        spans = [(NOW_MS - first, NOW_MS - last) for first, last in late_spans(_checked(*ages_ms), NOW_MS)]
        assert spans == wanted, ages_ms


def test_a_write_of_which_nothing_goes_on_is_not_late() -> None:
    assert late_spans(Checked(), NOW_MS) == []
