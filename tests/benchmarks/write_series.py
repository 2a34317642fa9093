"""Series of a server as its agent sends them, for what encodes and checks them; and turns that are fair to all."""

from __future__ import annotations

import gc
import itertools
import statistics
import time
from array import array
from typing import TYPE_CHECKING

from regiowacht_contract.catalogue import catalogue
from regiowacht_contract.wire.encode import head

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Mapping

SERIES = 1500
ZEROS = 0.25
"""Share of the values of a server that are zero, about."""

NOW_MS = 1_795_000_000_000
OWN = {"gemeente": "zandbeke", "scope": "zandbeke/infrastructuur"}
TARGET = {"site": "stadhuis", "instance": "srv-zb-files-01", "job": "node"}
TURNS, WARM = 200, 12


def labels(count: int = SERIES, *, own: bool = True) -> list[dict[str, str]]:
    """Return labels of so many series: metrics of the catalogue, each with some values of its own labels.

    Args:
        count: how many.
        own: with gemeente and scope, as an agent sends them; other clients send neither.
    """
    known = catalogue().values()
    metrics = [one for one in known if one.name.startswith("node_") and one.laag == "infrastructuur"]
    metrics = [one for one in metrics if not set(one.labels) & {*OWN, *TARGET}]
    told = []
    for number, metric in zip(range(count), itertools.cycle(metrics), strict=False):
        more = {name: f"{name}-{number // len(metrics)}" for name in metric.labels}
        told.append({"__name__": metric.name, **(OWN if own else {}), **TARGET, **(more or {"n": str(number)})})
    return told


def heads(count: int = SERIES, *, own: bool = True) -> tuple[bytes, ...]:
    """Return the same, encoded."""
    return tuple(head(one.items()) for one in labels(count, own=own))


def values(dice: random.Random, count: int = SERIES) -> array[float]:
    """Return a value for each."""
    return array("d", (0.0 if dice.random() < ZEROS else dice.random() * 1e9 for _ in range(count)))


def turns(sides: Mapping[str, Callable[[int], object]], count: int = TURNS) -> dict[str, list[float]]:
    """Return the milliseconds of processor time of every turn of each side; the sides take turns."""
    found: dict[str, list[float]] = {name: [] for name in sides}
    gc.collect()
    for turn in range(WARM + count):
        for name, side in sides.items():
            begin = time.thread_time()
            side(turn)
            took_ms = (time.thread_time() - begin) * 1000
            if turn >= WARM:
                found[name].append(took_ms)
    return found


def row(name: str, took_ms: list[float], than: list[float]) -> str:
    """Return a row of a table: median, the lowest and highest twentieth, and the ratio of the medians."""
    middle = statistics.median(took_ms)
    ordered = sorted(took_ms)
    low, high = ordered[len(ordered) // 20], ordered[-1 - len(ordered) // 20]
    return f"| {name} | **{middle:.3f}** | {low:.3f}-{high:.3f} | {middle / statistics.median(than):.2f} |"
