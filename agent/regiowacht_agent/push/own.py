"""The agent's metrics of its push and its spool."""

from __future__ import annotations

from regiowacht_agent.family import Metrics, Sample
from regiowacht_agent.push.counts import LANES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from regiowacht_agent.push.clock import Clock
    from regiowacht_agent.push.counts import Totals
    from regiowacht_agent.spool.status import Status

PUSH, SPOOL = "regiowacht_agent_push_", "regiowacht_agent_spool_"


class PushMetrics:
    """Tells them from the counts."""

    def __init__(self) -> None:
        self._of = Metrics.of("push")

    def samples(self, totals: Totals, failing: str, clock: Clock, spool: Status) -> Iterator[Sample]:
        """Yield everything about push and spool.

        Args:
            totals: what became of what was sent.
            failing: why nothing gets through now, in a word, or "".
            clock: the time of readings.
            spool: what the spool holds.
        """
        of = self._of
        for (lane, outcome), count in sorted(totals.writes.items()):
            yield Sample(of[f"{PUSH}writes_total"], (lane, outcome), count)
        yield self._one(f"{PUSH}sent_bytes_total", totals.sent_bytes)
        for lane in LANES:
            yield Sample(of[f"{PUSH}samples_total"], (lane,), totals.samples[lane])
        yield from self._by_reason(f"{PUSH}refused_samples_total", totals.refused)
        yield self._one(f"{PUSH}lost_samples_total", totals.lost)
        yield self._one(f"{PUSH}last_success_timestamp_seconds", round(totals.success, 3))
        if failing:
            yield Sample(of[f"{PUSH}failed"], (failing,), 1)
        if clock.offset_s is not None:
            yield self._one(f"{PUSH}clock_offset_seconds", round(clock.offset_s, 1))
        yield self._one(f"{PUSH}clock_steps_total", clock.steps)
        yield from self._spool(spool)

    def _spool(self, spool: Status) -> Iterator[Sample]:
        yield self._one(f"{SPOOL}size_bytes", spool.size_bytes)
        yield self._one(f"{SPOOL}size_max_bytes", spool.size_max_bytes)
        yield self._one(f"{SPOOL}waiting_samples", spool.waiting)
        if spool.oldest_ms is not None:
            yield self._one(f"{SPOOL}oldest_timestamp_seconds", spool.oldest_ms / 1000)
        if spool.holds_s is not None:
            yield self._one(f"{SPOOL}holds_seconds", round(spool.holds_s))
        yield from self._by_reason(f"{SPOOL}dropped_samples_total", spool.dropped)
        yield self._one(f"{SPOOL}thinned_samples_total", spool.thinned)
        yield from self._by_reason(f"{SPOOL}not_kept_samples_total", spool.not_kept)
        yield self._one(f"{SPOOL}damaged_readings_total", spool.damaged)
        yield self._one(f"{SPOOL}in_trouble", int(bool(spool.trouble)))

    def _one(self, name: str, value: float) -> Sample:
        return Sample(self._of[name], (), value)

    def _by_reason(self, name: str, counts: Mapping[str, int]) -> Iterator[Sample]:
        for reason, count in sorted(counts.items()):
            yield Sample(self._of[name], (reason,), count)
