"""One direction of a wire: decides which frame arrives, and when."""

from __future__ import annotations

from collections import deque
from random import Random

HELD_LIMIT_BYTES = 32 * 1024 * 1024
"""What one direction holds at most, however long its delay; more is dropped as a full queue drops."""
FRAME_COST_BYTES = 200
"""What a held frame takes in memory beside its own bytes, about."""

DEFAULTS: dict[str, float] = {"delay_ms": 0, "jitter_ms": 0, "loss": 0, "rate_bps": 0, "queue_bytes": 131_072}


class Line:
    """A queue that drains at the line's rate, then loss, then delay.

    Frames never overtake each other, as on a real line of one path: jitter changes how long a frame takes, and one that
    would come before its predecessor comes right behind it. A lost frame has used the line's rate.

    The fate of the n-th frame depends on the seed, on n and on the line's properties alone. Times are seconds of one
    monotonic clock, given by the caller.

    Attributes:
        delivered: frames handed out, and their bytes in ``delivered_bytes``.
        lost: frames lost by chance (``loss``).
        overflowed: frames for which the queue had no room.
        cut_off: frames that were under way, or sent, while the wire was cut.
        refused: frames that the interface at the far end did not take, because it was down.
    """

    __slots__ = (
        "_flight",
        "_free_at",
        "_held_bytes",
        "_last_at",
        "_random",
        "cut_off",
        "delay_s",
        "delivered",
        "delivered_bytes",
        "jitter_s",
        "loss",
        "lost",
        "overflowed",
        "queue_bytes",
        "rate_bps",
        "refused",
    )

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)
        self._flight: deque[tuple[float, float, bytes]] = deque()  # arrives at, has left the queue at, frame
        self._held_bytes = 0
        self._free_at = 0.0
        self._last_at = 0.0
        self.delivered = self.delivered_bytes = self.lost = self.overflowed = self.cut_off = self.refused = 0
        self.delay_s = self.jitter_s = self.loss = self.rate_bps = self.queue_bytes = 0.0
        self.reshape(DEFAULTS, 0.0)

    def accept(self, frame: bytes, now: float) -> bool:
        """Take a frame; return whether it is at the far end at once, so that the caller delivers it."""
        size = len(frame)
        chance, swing = self._random.random(), self._random.random()
        left_at = now
        if self.rate_bps:
            starts_at = max(now, self._free_at)
            if (starts_at - now) * self.rate_bps / 8 + size > self.queue_bytes:
                self.overflowed += 1
                return False
            self._free_at = left_at = starts_at + size * 8 / self.rate_bps
        if chance < self.loss:
            self.lost += 1
            return False
        at = max(left_at, left_at + self.delay_s + self.jitter_s * (2 * swing - 1), self._last_at)
        if at <= now and not self._flight:
            return True
        if self._held_bytes + size + FRAME_COST_BYTES > HELD_LIMIT_BYTES:
            self.overflowed += 1
            return False
        self._last_at = at
        self._held_bytes += size + FRAME_COST_BYTES
        self._flight.append((at, left_at, frame))
        return False

    def next_at(self) -> float | None:
        """Return when the next frame arrives, None when nothing is under way."""
        return self._flight[0][0] if self._flight else None

    def pop_due(self, now: float) -> bytes | None:
        """Return the next frame that has arrived, None when there is none."""
        if not self._flight or self._flight[0][0] > now:
            return None
        frame = self._flight.popleft()[2]
        self._held_bytes -= len(frame) + FRAME_COST_BYTES
        return frame

    def count_delivery(self, frame: bytes) -> None:
        """Count a frame that the interface at the far end took."""
        self.delivered += 1
        self.delivered_bytes += len(frame)

    def discard(self) -> None:
        """Lose everything under way, as a cut does."""
        self.cut_off += len(self._flight)
        self._flight.clear()
        self._held_bytes = 0
        self._free_at = self._last_at = 0.0

    def reshape(self, values: dict[str, float], now: float) -> None:
        """Change properties; what is queued leaves at the new rate, what is under way is not later than new frames."""
        shape = {**self.shape(), **values}
        self.delay_s, self.jitter_s = shape["delay_ms"] / 1000, shape["jitter_ms"] / 1000
        self.loss, self.rate_bps, self.queue_bytes = shape["loss"], shape["rate_bps"], shape["queue_bytes"]
        longest_s = self.delay_s + self.jitter_s
        self._free_at = self._last_at = now
        again: deque[tuple[float, float, bytes]] = deque()
        for at, left_at, frame in self._flight:
            if left_at > now:
                self._free_at += len(frame) * 8 / self.rate_bps if self.rate_bps else 0
                moved = (self._free_at + self.delay_s, self._free_at, frame)
            else:
                moved = (min(at, now + longest_s), left_at, frame)
            self._last_at = max(moved[0], self._last_at)
            again.append((self._last_at, *moved[1:]))
        self._flight = again

    def shape(self) -> dict[str, float]:
        """Return its properties as they are."""
        return {
            "delay_ms": self.delay_s * 1000,
            "jitter_ms": self.jitter_s * 1000,
            "loss": self.loss,
            "rate_bps": self.rate_bps,
            "queue_bytes": self.queue_bytes,
        }

    def counts(self) -> dict[str, int]:
        """Return what happened to its frames so far; ``held`` are under way."""
        return {
            "frames": self.delivered,
            "bytes": self.delivered_bytes,
            "lost": self.lost,
            "overflowed": self.overflowed,
            "cut_off": self.cut_off,
            "refused": self.refused,
            "held": len(self._flight),
        }
