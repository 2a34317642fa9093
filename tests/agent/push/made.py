"""Readings and settings for tests of pushing."""

from __future__ import annotations

from array import array

from regiowacht_agent.push.scrape import Scrape, Shape
from regiowacht_agent.push.settings import Push
from regiowacht_contract.wire.encode import head

NOW_MS = 1_790_000_000_000


def shape(count: int = 3, source: str = "node") -> Shape:
    """Return a shape of so many series, ``made_up{number="0"}`` and on."""
    heads = (head([("__name__", "made_up"), ("number", str(at)), ("source", source)]) for at in range(count))
    return Shape(source, tuple(heads))


def scrape(of: Shape, at_ms: int = NOW_MS, values: list[float] | None = None) -> Scrape:
    """Return a reading; without values, they are 0, 1, 2 and on."""
    return Scrape(at_ms, of, array("d", values if values is not None else map(float, range(len(of.heads)))))


def push(url: str, **settings: object) -> Push:
    """Return settings that send there."""
    told: dict[str, object] = {"state": "/nonexistent", "timeout_s": 10.0, "interval_s": 1.0, **settings}
    return Push(url=url, **told)  # type: ignore[arg-type] # a test knows their types
