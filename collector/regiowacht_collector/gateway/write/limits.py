"""How much a write may hold, and of which times."""

from __future__ import annotations

from dataclasses import dataclass

MINUTE_MS = 60_000
DAY_MS = 24 * 60 * MINUTE_MS


@dataclass(frozen=True, slots=True)
class WriteLimits:
    """Limits of a write; those of a gemeente may differ from another's.

    Attributes:
        decoded_bytes: of a body once unpacked; it is not unpacked where it says more.
        series: of a body.
        samples: of a body, histograms among them.
        fields: of those parts of a body that are not in the usual form, down to the parts of a label: bounds the work
            where no series and no sample is told.
        labels: of a series.
        name_bytes: of a label's or metric's name.
        value_bytes: of a label's value, or of a metric's help.
        future_ms: how far ahead of this machine's clock a sample may be; what is further ahead would make the engine
            refuse all that comes after it.
        fresh_ms: how old a sample may be that goes with the fresh ones; older ones go apart.
        window_ms: how old a sample may be at all: the engine's ``out_of_order_time_window``.
        histograms: whether the engine takes native histograms; one that does not refuses the whole write.
        memory_bytes: what is remembered of a gemeente's series at most, so that they are not checked anew every time.
    """

    decoded_bytes: int = 16 << 20
    series: int = 20_000
    samples: int = 100_000
    fields: int = 200_000
    labels: int = 40
    name_bytes: int = 200
    value_bytes: int = 2048
    future_ms: int = 5 * MINUTE_MS
    fresh_ms: int = 10 * MINUTE_MS
    window_ms: int = 15 * DAY_MS
    histograms: bool = False
    memory_bytes: int = 32 << 20
