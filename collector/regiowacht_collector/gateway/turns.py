"""Turns at something scarce: what is live goes first, and the rest never holds every place."""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class Turns:
    """A semaphore with two queues, for one event loop.

    Args:
        places: how many at once.
        rest: how many of those at most for what is not live.
    """

    def __init__(self, places: int, rest: int) -> None:
        self._free = places
        self._free_of_rest = rest
        self._live: deque[asyncio.Future[None]] = deque()
        self._rest: deque[asyncio.Future[None]] = deque()

    @asynccontextmanager
    async def turn(self, *, is_live: bool) -> AsyncIterator[None]:
        """Wait for a place and hold it as long as the block lasts."""
        await self._take(is_live=is_live)
        try:
            yield
        finally:
            self._give(is_live=is_live)

    async def _take(self, *, is_live: bool) -> None:
        if self._free and (is_live or self._free_of_rest) and not (self._live if is_live else self._rest):
            self._hold(is_live=is_live)
            return
        waiting = asyncio.get_running_loop().create_future()
        queue = self._live if is_live else self._rest
        queue.append(waiting)
        try:
            await waiting
        except asyncio.CancelledError:
            if waiting.done() and not waiting.cancelled():
                self._give(is_live=is_live)
            elif waiting in queue:
                queue.remove(waiting)
            raise

    def _hold(self, *, is_live: bool) -> None:
        self._free -= 1
        self._free_of_rest -= not is_live

    def _give(self, *, is_live: bool) -> None:
        self._free += 1
        self._free_of_rest += not is_live
        while self._free and self._live:
            self._call(self._live, is_live=True)
        while self._free and self._free_of_rest and self._rest:
            self._call(self._rest, is_live=False)

    def _call(self, queue: deque[asyncio.Future[None]], *, is_live: bool) -> None:
        waiting = queue.popleft()
        if not waiting.done():
            self._hold(is_live=is_live)
            waiting.set_result(None)
