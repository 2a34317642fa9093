"""Bounds how often one address may come with a wrong code: a code is read over the telephone, not guessed."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

from regiowacht_collector.gateway.joining.refused import Refused

if TYPE_CHECKING:
    from collections.abc import Callable

FAILED_MAX = 20
WITHIN_S = 600.0
ADDRESSES_MAX = 10_000


class Attempts:
    """Counts wrong codes of each address, over ``WITHIN_S`` from the first."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._failed: dict[str, tuple[float, int]] = {}

    def check(self, address: str) -> None:
        """Let an address try.

        Raises:
            Refused: it has been wrong ``FAILED_MAX`` times.
        """
        since, count = self._failed.get(address, (0.0, 0))
        left_s = since + WITHIN_S - self._now()
        if count >= FAILED_MAX and left_s > 0:
            raise Refused("too-many-attempts", seconds=math.ceil(left_s))

    def failed(self, address: str) -> None:
        """Count a wrong code."""
        now = self._now()
        since, count = self._failed.get(address, (now, 0))
        if since + WITHIN_S <= now:
            since, count = now, 0
        self._failed[address] = (since, count + 1)
        if len(self._failed) > ADDRESSES_MAX:
            self._failed = {one: told for one, told in self._failed.items() if told[0] + WITHIN_S > now}
        while len(self._failed) > ADDRESSES_MAX:
            del self._failed[next(iter(self._failed))]
