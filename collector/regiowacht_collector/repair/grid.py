"""At which moments the engine evaluates each group of rules.

It spreads groups over the interval by a hash of their names; what they recorded last tells where each of them stands.
"""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING

from regiowacht_collector.repair.inputs import REPAIRED, any_of
from regiowacht_collector.samples import read_rows

if TYPE_CHECKING:
    from collections.abc import Callable

    from regiowacht_collector.client import Client

INTERVALS = 4
"""So many of them are looked back, at least a minute."""


def evaluation_grid(main: Client, interval_ms: int, clock: Callable[[], float] = time.time) -> dict[str, int]:
    """Return the rest of each group's times divided by the interval, milliseconds; a group that records nothing is 0.

    Raises:
        Found, Unreachable: the engine refuses, or does not answer.
    """
    now_ms = int(clock() * 1000)
    from_ms = now_ms - max(INTERVALS * interval_ms, 60_000)
    grid: dict[str, int] = {}
    for group in REPAIRED:
        names = any_of(sorted({rule.record for rule in group.rules}))
        rests: Counter[int] = Counter()
        for row in read_rows(main.read([("__name__", "=~", names)], from_ms, now_ms)).values():
            rests.update(at_ms % interval_ms for at_ms, _ in row)
        grid[group.name] = rests.most_common(1)[0][0] if rests else 0
    return grid
