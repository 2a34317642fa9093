"""When a standby asks the devices of a poller: what it knows of one poller, and what follows from that."""

from __future__ import annotations

SILENT_INTERVALS = 3
"""A poller that asked nobody for so many intervals is silent: its standby asks in its place."""

BACK_INTERVALS = 1.5
"""A poller whose newest asking is no older than this is back."""

ASKS_IN_PLACE = 6
"""Askings an interval while this agent asks in its place, so that both ask for a moment only."""

LATE_INTERVALS = 1.0
"""An asking later than this says that this process stood still: time that nobody watched in is no silence."""


class Watch:
    """What is known of one poller.

    Nothing is concluded but at an asking, and silence counts from the latest sign that it polls, or from the start
    where there was none: two that start together know each other before the standby asks anything.

    Args:
        interval_s: seconds between two askings of a device, the shortest of those that it asks.
        now: monotonic seconds.

    Attributes:
        is_active: whether this agent asks in its place.
        seen: when it last asked a device, by our clock.
        due: when to ask it next.
        changed: when it was last decided otherwise who asks, or the start.
        takeovers: how often this agent began to ask in its place.
    """

    __slots__ = ("changed", "due", "interval_s", "is_active", "seen", "takeovers")

    def __init__(self, interval_s: float, now: float) -> None:
        self.interval_s = interval_s
        self.is_active = False
        self.seen = now
        self.due = now
        self.changed = now
        self.takeovers = 0

    def go_on(self, interval_s: float) -> Watch:
        """Return the same knowledge for a configuration that is read again."""
        other = Watch(interval_s, self.seen)
        other.is_active, other.takeovers = self.is_active, self.takeovers
        other.due, other.changed = self.due, self.changed
        return other

    def take(self, asked: float, age_s: float | None) -> bool:
        """Take what an asking came to, and return whether that changes who asks.

        Args:
            asked: when the asking began, monotonic seconds.
            age_s: seconds since that poller last asked a device; None where it did not say.
        """
        self._leave_out_pause(asked)
        if age_s is not None:
            self.seen = max(self.seen, asked - age_s)
        active = self._decide(asked, age_s)
        changes = active is not self.is_active
        if changes:
            self.takeovers += active
            self.changed = asked  # before what it explains: another thread may look
            self.is_active = active
        self.due = asked + self.interval_s / (ASKS_IN_PLACE if active else 1)
        return changes

    def _decide(self, asked: float, age_s: float | None) -> bool:
        if self.is_active:
            return age_s is None or age_s > BACK_INTERVALS * self.interval_s
        return asked - self.seen >= SILENT_INTERVALS * self.interval_s

    def _leave_out_pause(self, asked: float) -> None:
        """Let the time go in which this process did not run: a machine that slept, a clock that jumped ahead."""
        late = asked - self.due
        if late > LATE_INTERVALS * self.interval_s:
            self.seen += late
