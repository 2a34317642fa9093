"""Looks at something now and then, in a thread of its own, so that no reading waits for what hangs.

A file on a stale NFS mount, or the command line of a process in the kernel's hands, may not answer for hours.
"""

from __future__ import annotations

import threading

from regiowacht_agent.block import EMPTY, Block, Sampled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from regiowacht_agent.family import Sample
    from regiowacht_agent.host import Host

WAIT_S = 1.0
"""How long a reading waits for a look that it begins."""

STUCK_S = 30.0
"""How long a look may take; from then on the family fails until it ends, and tells nothing."""


class Slowly:
    """A family that looks once an interval, and tells what it saw until it looks again.

    Args:
        look: returns what there is to tell; what it raises, the reading raises.
        interval_s: between the begins of two looks.
        wait_s: how long a reading waits for a look that it begins.
        stuck_s: how long a look may take.
    """

    def __init__(
        self,
        look: Callable[[Host], Iterable[Sample]],
        interval_s: float,
        wait_s: float = WAIT_S,
        stuck_s: float = STUCK_S,
    ) -> None:
        self._look = look
        self._interval_s = interval_s
        self._wait_s = wait_s
        self._stuck_s = stuck_s
        self._sampled = Sampled()
        self._block: Block = EMPTY
        self._failure: Exception | None = None
        self._begun = float("-inf")
        self._running: threading.Event | None = None

    def read(self, host: Host) -> Block:
        """Return what the latest look saw.

        Raises:
            TimeoutError: a look has not come back for too long.
            Exception: what the latest look raised.
        """
        now = host.monotonic()
        if self._running is None and now - self._begun >= self._interval_s:
            self._begun = now
            self._running = done = threading.Event()
            threading.Thread(target=self._run, args=(host, done), name="slowly", daemon=True).start()
            done.wait(self._wait_s)
        if self._running is not None and self._running.is_set():
            self._running = None
        if self._running is not None and now - self._begun > self._stuck_s:
            raise TimeoutError(f"no answer for {now - self._begun:.0f} s")
        if self._failure is not None:
            raise self._failure
        return self._block

    def _run(self, host: Host, done: threading.Event) -> None:
        try:
            self._block = self._sampled.block(self._look(host))
            self._failure = None
        except Exception as error:  # noqa: BLE001 - the reading that comes next raises it, in the room's supervisor
            self._failure = error
        done.set()
