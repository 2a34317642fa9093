"""What a line can be asked to be."""

from __future__ import annotations

import math

BOUNDS: dict[str, tuple[float, float]] = {
    "delay_ms": (0, 60_000),
    "jitter_ms": (0, 60_000),
    "loss": (0, 1),
    "rate_bps": (0, 1e12),
    "queue_bytes": (1_514, 64 * 1024 * 1024),
}
"""Lowest and highest of each; a queue holds at least one full Ethernet frame, a rate of 0 is no limit."""

SLOWEST_BPS = 1
"""Below this a frame would be under way for longer than clocks can count."""


def find_fault(values: dict[str, object]) -> str | None:
    """Return the first thing wrong with the given properties of a line as one sentence, or None."""
    for name, value in values.items():
        if name not in BOUNDS:
            return f"a line has no {name[:40]!r}; it has {', '.join(BOUNDS)}"
        lowest, highest = BOUNDS[name]
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            return f"{name} is a number from {lowest:g} to {highest:g}, not {str(value)[:40]!r}"
        if name == "rate_bps" and 0 < value < SLOWEST_BPS:
            return f"rate_bps is 0 for no limit, or {SLOWEST_BPS:g} to {highest:g}, not {value:g}"
        if not lowest <= value <= highest:
            return f"{name} is {lowest:g} to {highest:g}, not {value:g}"
    return None
