"""Has the spool in a thread of its own, so that neither measuring nor sending waits for a disk.

It is the supervisor of the spool: whatever a disk does, readings go on to the live lane.
"""

from __future__ import annotations

import threading
import time

from regiowacht_agent.log import LOGGER, line
from regiowacht_agent.spool.status import Status

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from regiowacht_agent.push.fresh import Fresh
    from regiowacht_agent.push.scrape import Scrape
    from regiowacht_agent.spool.spool import Spool

    Batch = Sequence[tuple[int, Scrape]]

STUCK_S = 10.0
"""A disk that takes longer than that for one reading is passed by, until it answers."""

OPEN_EVERY_S = 60.0
STATUS_EVERY_S, SETTLED_EVERY_S = 5.0, 0.5
"""What the spool holds is looked at more often where something arrived than where something came; each by itself, or
what came a moment before it arrived would be told as waiting."""

LOOK_EVERY_S = 0.5


class Keeper:
    """Puts readings into the spool, and then into the queue of the live lane; settles what became of them.

    Args:
        open_spool: opens it; called in the thread that uses it.
        fresh: where the live lane takes them.
        monotonic: seconds that never jump.

    Attributes:
        status: what the spool holds, as of some seconds ago.
    """

    def __init__(
        self, open_spool: Callable[[], Spool], fresh: Fresh, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._open, self._fresh, self._monotonic = open_spool, fresh, monotonic
        self._changed = threading.Condition()
        self._waiting: list[Scrape] = []
        self._todo: list[Callable[[Spool | None], None]] = []
        self._busy: float | None = None
        self._is_closed = False
        self._spool: Spool | None = None
        self._open_at = monotonic()
        self._looked = {STATUS_EVERY_S: monotonic(), SETTLED_EVERY_S: monotonic()}
        self._broke = ""
        self.status = Status()
        self._thread = threading.Thread(target=self._work, name="spool", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def put(self, scrapes: Iterable[Scrape]) -> None:
        """Keep readings, and have them sent."""
        with self._changed:
            is_stuck = self._busy is not None and self._monotonic() - self._busy > STUCK_S
            self._waiting.extend(scrapes)
            passed_by, self._waiting = (self._waiting, []) if is_stuck else ([], self._waiting)
            self._changed.notify_all()
        for scrape in passed_by:
            self._fresh.put(None, scrape)

    def settle(self, taken: Iterable[int], refused: Mapping[str, Iterable[int]]) -> None:
        """Forget readings that arrived, and those that nobody will take."""

        def settle(spool: Spool | None) -> None:
            if spool is not None:
                spool.acknowledge(taken)
                for reason, numbers in refused.items():
                    spool.set_aside(numbers, reason)

        self._call(settle)

    def unsent(self, most: int, before: Callable[[], int | None], is_over: Callable[[], bool]) -> Sequence[Batch]:
        """Return what is still to be sent, as the spool has it; nothing where it does not answer before ``is_over``.

        Args:
            most: samples at most.
            before: returns the number that it ends before; asked where no reading is on its way to the live lane.
            is_over: whether nobody wants to know any more.
        """
        found: list[Sequence[Batch]] = []
        done = threading.Event()

        def ask(spool: Spool | None) -> None:
            try:
                found.append(spool.unsent(most, before()) if spool is not None else [])
            finally:
                done.set()

        self._call(ask)
        while not done.wait(LOOK_EVERY_S):
            if is_over():
                return []
        return found[0] if found else []

    def flush(self, within_s: float) -> bool:
        """Wait until what came so far is kept; return whether it was in time."""
        done = threading.Event()
        self._call(lambda _: done.set())
        return done.wait(within_s)

    def close(self, within_s: float) -> None:
        """Do what is still to be done, and let go of the spool; a disk that hangs is not waited for any longer."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
        self._thread.join(within_s)

    def _call(self, one: Callable[[Spool | None], None]) -> None:
        with self._changed:
            self._todo.append(one)
            self._changed.notify_all()

    def _work(self) -> None:
        while True:
            with self._changed:
                self._busy = None
                while not (self._todo or self._waiting or self._is_closed):
                    self._changed.wait()
                scrapes, self._waiting = self._waiting, []
                one = self._todo.pop(0) if not scrapes and self._todo else None
                self._busy = self._monotonic()
            if scrapes:
                for number, scrape in zip(self._kept(scrapes), scrapes, strict=True):
                    self._fresh.put(number, scrape)
            elif one is not None:
                self._do(one)
            else:
                self._do(_close)
                return
            self._look(STATUS_EVERY_S if scrapes else SETTLED_EVERY_S)

    def _kept(self, scrapes: Sequence[Scrape]) -> list[int | None]:
        """Return the number that each reading has in the spool, or None where that does not take it."""
        numbers: list[int | None] = []
        self._do(lambda spool: numbers.extend(spool.put_all(scrapes) if spool is not None else ()))
        return numbers or [None] * len(scrapes)

    def _do(self, one: Callable[[Spool | None], None]) -> None:
        """Do something with the spool; what goes wrong is said once, and stops nothing."""
        try:
            if self._spool is None and self._monotonic() >= self._open_at:
                self._open_at = self._monotonic() + OPEN_EVERY_S
                self._spool = self._open()
            one(self._spool)
        except Exception as error:  # noqa: BLE001 - the supervisor of the spool: readings go on without it
            said = f"{type(error).__name__}: {error}"
            if said != self._broke:
                self._broke = said
                LOGGER.error(line("spool-broke", reason=said))

    def _look(self, every_s: float) -> None:
        now = self._monotonic()
        if now - self._looked[every_s] >= every_s:
            self._looked[every_s] = now
            self._do(self._take_status)

    def _take_status(self, spool: Spool | None) -> None:
        if spool is not None:
            self.status = spool.status()


def _close(spool: Spool | None) -> None:
    if spool is not None:
        spool.close()
