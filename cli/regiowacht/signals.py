"""What a person or an init system asked for by a signal, for commands that run until they are told to stop.

A handler runs between two steps of the main thread, perhaps inside ``threading.Event.wait``, which holds a lock;
setting the event there would wait for ever. So these are plain attributes, and whoever waits looks often.
"""

from __future__ import annotations

import signal
import time
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from types import FrameType

LOOK_EVERY_S = 0.1


class Signals:
    """SIGINT and SIGTERM ask to stop, SIGHUP to read the configuration again, for as long as the block lasts.

    Until ``hold`` is called the first request to stop raises KeyboardInterrupt, so that a long set-up is broken off;
    after it, and from the second signal on, nothing is raised and clearing up is never disturbed.

    Attributes:
        stop: someone asked to stop.
        reload: someone asked to read again; whoever does sets it back.
    """

    def __init__(self) -> None:
        self.stop = False
        self.reload = False
        self._breaks_off = True
        self._before: dict[int, Any] = {}

    def hold(self) -> None:
        """From now on requests are noted and break nothing off."""
        self._breaks_off = False

    def pause(self) -> bool:
        """Sleep a moment; return whether to go on."""
        if not self.stop:
            time.sleep(LOOK_EVERY_S)
        return not self.stop

    def __enter__(self) -> Self:
        for number, handler in (
            (signal.SIGINT, self._on_stop),
            (signal.SIGTERM, self._on_stop),
            (signal.SIGHUP, self._on_reload),
        ):
            self._before[number] = signal.signal(number, handler)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _on_stop(self, _number: int, _frame: FrameType | None) -> None:
        first, self.stop = not self.stop, True
        if first and self._breaks_off:
            raise KeyboardInterrupt

    def _on_reload(self, _number: int, _frame: FrameType | None) -> None:
        self.reload = True
