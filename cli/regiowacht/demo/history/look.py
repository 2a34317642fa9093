"""What series of the catalogue look like (``values.toml``): which labels they have, and between what they move."""

from __future__ import annotations

import functools
import itertools
import re
import tomllib
from importlib import resources
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from regiowacht_contract.catalogue import Metric


@functools.cache
def table(section: str) -> Any:
    """Return one section of ``values.toml``."""
    text = (resources.files(__package__) / "values.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)[section]


def has_metric(kind: str, metric: Metric) -> bool:
    """Return whether assets of that kind have the metric, if their job emits it."""
    return all(kind in table("kinds").get(name, (kind,)) for name in (metric.family, metric.name))


def is_there(metric: Metric) -> bool:
    """Return whether the metric has series while nothing is wrong."""
    return not re.search(table("absent")["match"], metric.name)


def label_rows(metric: Metric, kind: str) -> Iterator[dict[str, str]]:
    """Yield the own labels of each series of a metric, for an asset of that kind."""
    rows = table("rows")
    seen: set[tuple[str, ...]] = set()
    names = (f"{metric.name}/{kind}", metric.name, f"{metric.family}/{kind}", metric.family)
    found: Sequence[Mapping[str, str]] = next((rows[name] for name in names if name in rows), [{}])
    for row in found:
        for values in itertools.product(*(_values(metric, label, row) for label in metric.labels)):
            if values not in seen:
                seen.add(values)
                yield dict(zip(metric.labels, values, strict=True))


def limits(metric: Metric, own: Mapping[str, str] | None = None) -> tuple[float, float]:
    """Return the value when it is quiet and when it is busiest; the same twice where it stays.

    Of what only grows it is the growth per second. ``own`` are the labels of one series, where they matter.
    """
    by_unit = table("growing" if metric.monotonic else "gauge")
    found = [1, 1] if metric.kind == "info" else by_unit.get(metric.unit, by_unit[""])
    named = table("metric")
    special = [named[key] for value in (own or {}).values() if (key := f"{metric.name}.{value}") in named]
    found = (special[0] if special else named.get(metric.name)) or _by_pattern(metric, found)
    return float(found[0]), float(found[-1])


def _by_pattern(metric: Metric, otherwise: Sequence[float]) -> Sequence[float]:
    """Return what the first pattern says that a name holds, if there is one."""
    for pattern in table("pattern"):
        fits = metric.kind != "info" and re.search(pattern["match"], metric.name)
        if fits and "value" in pattern:
            value: list[float] = pattern["value"]
            return value
        if fits and not metric.monotonic:
            return otherwise[:1] if pattern["stays"] == "quiet" else otherwise[-1:]
    return otherwise


def _values(metric: Metric, label: str, row: Mapping[str, str]) -> list[str]:
    labels = table("labels")
    if label in row:
        return [row[label]]
    found: list[str] = labels.get(f"{metric.name}.{label}", labels.get(label, [f"{label}-1"]))
    return found
