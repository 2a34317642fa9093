"""What is known of a device's engine: its id, and its clock (RFC 3414, 2.2 and 2.3)."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

WINDOW_S = 150
"""How far a message's time may be off."""

BOOTS_MAX = 2**31 - 1
"""An engine that was started as often takes no message any more until it has another id."""


class Engine:
    """A device's engine.

    Attributes:
        id: snmpEngineID.
        boots: how often it was started; 0 while not known.
        is_proven: whether boots and time were in a signed message. Before that they are a guess to ask with.
        zero_s: when its clock stood at zero, on this process' clock.
    """

    __slots__ = ("_clock", "_latest", "boots", "id", "is_proven", "is_timed", "zero_s")

    def __init__(self, engine: bytes, clock: Callable[[], float]) -> None:
        self.id = engine
        self._clock = clock
        self.forget_clock()

    def forget_clock(self) -> None:
        """Know no time any more: messages say zero, which the device answers with its own."""
        self.boots, self.zero_s, self._latest = 0, 0.0, -1
        self.is_timed = self.is_proven = False

    def now(self) -> int:
        """Return the time to send, in whole seconds: the device's as thought here, or 0."""
        return min(max(0, int(self._clock() - self.zero_s)), BOOTS_MAX) if self.is_timed else 0

    def guess(self, boots: int, zero_s: float) -> None:
        """Take a clock that nobody vouches for; it is good enough to ask with."""
        self.boots, self.zero_s, self._latest = boots, zero_s, -1
        self.is_timed, self.is_proven = True, False

    def set(self, boots: int, time: int) -> None:
        """Take the clock of a signed message as it is, also where it goes back."""
        self.boots, self._latest, self.zero_s = boots, time, self._clock() - time
        self.is_timed = self.is_proven = True

    def takes(self, boots: int, time: int) -> bool:
        """Return whether a signed message is of now, and go with its clock (RFC 3414, 3.2, step 7 b)."""
        if not self.is_proven or boots > self.boots or (boots == self.boots and time > self._latest):
            self.set(boots, time)
        return BOOTS_MAX > boots == self.boots and time >= self.now() - WINDOW_S
