"""How long a device is waited for: its round trip, estimated as TCP does (RFC 6298)."""

from __future__ import annotations

WAIT_MIN_S = 0.25
"""A small processor that answers in 2 ms mostly takes a hundred times that when it has packets to route."""


class Pace:
    """The round trip of one device, learnt from answers to questions that were sent once (Karn's rule)."""

    __slots__ = ("_mean_s", "_spread_s", "_wait_s")

    def __init__(self) -> None:
        self._mean_s = -1.0
        self._spread_s = 0.0
        self._wait_s = 0.0

    def learn(self, took_s: float) -> None:
        """Take the time between a question and its answer in (RFC 6298, 2.2 and 2.3)."""
        if self._mean_s < 0:
            self._mean_s, self._spread_s = took_s, took_s / 2
        else:
            self._spread_s += (abs(self._mean_s - took_s) - self._spread_s) / 4
            self._mean_s += (took_s - self._mean_s) / 8
        wait_s = self._mean_s + 4 * self._spread_s
        self._wait_s = wait_s if wait_s > WAIT_MIN_S else WAIT_MIN_S

    def slow_down(self) -> None:
        """Wait twice as long from now on, until a question is answered at its first sending again (5.5)."""
        self._wait_s *= 2

    def wait_s(self, is_last: bool, timeout_s: float) -> float:
        """Return the seconds that a question waits for its answer.

        Args:
            is_last: whether it is not to be sent again: then it waits as long as it may, for a device that is slow
                only now and then.
            timeout_s: seconds at most.
        """
        wait_s = self._wait_s
        return timeout_s if is_last or not 0 < wait_s < timeout_s else wait_s
