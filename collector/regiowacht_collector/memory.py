"""Which assets the storage remembers as seen up, however long ago.

The rule ``regiowacht:asset_seen`` carries itself on for as long as it is evaluated. After a pause of more than five
minutes its own last sample is out of its sight; the storage's index still lists the series. Asking the index costs no
sample to be read, so this scales with the number of assets, not with time.
"""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

from regiowacht_contract.errors import RegiowachtError

if TYPE_CHECKING:
    from collections.abc import Callable

    from regiowacht_collector.client import Client

SEEN = "regiowacht:asset_seen"
REFRESH_S = 60.0
DAY_S = 86_400

Remembered = frozenset[tuple[str, str, str]]
"""(gemeente, instance, job) of each."""

log = logging.getLogger(__name__)


def ask_storage(client: Client, days: int, now_s: float) -> Remembered:
    """Return what the index lists of the last ``days`` days.

    Raises:
        Found, Unreachable: the engine refuses, or does not answer.
    """
    found = client.series(SEEN, now_s - days * DAY_S)
    return frozenset((s.get("gemeente", ""), s.get("instance", ""), s.get("job", "")) for s in found)


class Memory:
    """Asks at most once a minute, when someone wants to know, and keeps the last answer."""

    def __init__(self, ask: Callable[[], Remembered], clock: Callable[[], float] = time.monotonic) -> None:
        self._ask = ask
        self._clock = clock
        self._busy = threading.Lock()
        self._next = clock()
        self.remembered: Remembered = frozenset()
        self.is_fresh = False

    def refresh(self) -> None:
        """Ask again if it is time; someone else who is asking is not waited for."""
        if self._clock() < self._next or not self._busy.acquire(blocking=False):
            return
        try:
            self.remembered = self._ask()
            self.is_fresh = True
            self._next = self._clock() + REFRESH_S
        except RegiowachtError as error:
            self.is_fresh = False
            log.warning("memory=stale reason=%s", error)
        finally:
            self._busy.release()
