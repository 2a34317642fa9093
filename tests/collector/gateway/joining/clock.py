"""A clock that tests move."""

from __future__ import annotations


class Clock:
    """Seconds since 1970, or monotonic ones: whatever a test says."""

    def __init__(self, now: float = 1_700_000_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now
