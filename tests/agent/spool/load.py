"""Readings as a server gives them, the same for the same seed."""

from __future__ import annotations

import random
from array import array
from typing import TYPE_CHECKING

from regiowacht_agent.push.scrape import Scrape, Shape
from regiowacht_contract.wire.encode import head

if TYPE_CHECKING:
    from collections.abc import Iterator

BEGIN_MS = 1_764_000_000_000
STEP_MS = 15_000


def shape(count: int, source: str = "node") -> Shape:
    """Return so many series of a source."""
    heads = [head((("__name__", f"node_{at % 40}_total"), ("device", f"{source}-{at}"))) for at in range(count)]
    return Shape(source, tuple(heads))


def values(count: int, seed: int) -> Iterator[array[float]]:
    """Yield reading after reading: half of the values never change, a fifth counts, some have digits, few are rough."""
    chance = random.Random(seed)
    now = array("d", [float(chance.randrange(10 ** chance.randrange(1, 12))) for _at in range(count)])
    while True:
        for at in range(count):
            kind = at % 20
            if kind < 4 and chance.random() < 0.7:
                now[at] += chance.randrange(1, 200)
            elif kind == 4:
                now[at] = round(now[at] + chance.uniform(0, 15), 2)
            elif kind == 5:
                now[at] = float(int(chance.gauss(4e9, 1e6)) // 4096 * 4096)
            elif at % 100 == 6:
                now[at] = chance.random()
        yield now[:]


def scrapes(count: int, of: Shape, seed: int = 1, begin_ms: int = BEGIN_MS, step_ms: int = STEP_MS) -> list[Scrape]:
    """Return so many readings of a source."""
    told = values(len(of.heads), seed)
    return [Scrape(begin_ms + at * step_ms, of, next(told)) for at in range(count)]


def plain(scrape: Scrape) -> tuple[int, str, tuple[bytes, ...], bytes]:
    """Return what a reading says, to the bit."""
    return scrape.at_ms, scrape.shape.source, tuple(scrape.shape.heads), scrape.values.tobytes()
