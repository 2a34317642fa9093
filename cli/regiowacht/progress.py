"""Says on standard error that something slow is still going on."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType

    from regiowacht.console import Console

FIRST_S = 5.0
EVERY_S = 10.0


class Progress:
    """While the block runs, says a text after a while, and again now and then.

    Args:
        console: where to.
        key: the text's key; its ``{seconds}`` are filled in.
        first_s: seconds before the first time.
        every_s: seconds between two times.
        values: what else fills the text's placeholders.
    """

    def __init__(
        self, console: Console, key: str, /, first_s: float = FIRST_S, every_s: float = EVERY_S, **values: object
    ) -> None:
        self._console, self._key, self._values = console, key, values
        self._first_s, self._every_s = first_s, every_s
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()

    def _work(self) -> None:
        begun = time.monotonic()
        wait_s = self._first_s
        while not self._ended.wait(wait_s):
            self._console.tell(self._key, seconds=round(time.monotonic() - begun), **self._values)
            wait_s = self._every_s
