"""The metric catalogue: the one source of names, types, units, help, labels and laag.

A family is one file, ``families/FAMILY.toml``; adding a metric touches no code. Agents emit, rules compute, dashboards
ask and the documentation lists by these names, so a name that changes here alone breaks what uses the old one.
"""

from __future__ import annotations

import functools
import tomllib
from importlib import resources
from typing import TYPE_CHECKING, Any

from regiowacht_contract.errors import CatalogueError
from regiowacht_contract.labels import JOBS
from regiowacht_contract.metric import Metric
from regiowacht_contract.nearest import nearest

if TYPE_CHECKING:
    from regiowacht_contract.metric import Kind as Kind  # noqa: PLC0414 - told on

__all__ = ["KINDS", "METRIC_LAGEN", "UNITS", "Metric", "catalogue", "families", "family", "metric"]

KINDS: tuple[Kind, ...] = ("counter", "gauge", "info", "untyped")

UNITS = (
    "", "seconds", "bytes", "bytes/second", "ratio", "celsius", "hertz", "rpm", "volts", "amperes", "watts", "joules",
    "packets", "operations", "timestamp", "state",
)  # fmt: skip
METRIC_LAGEN = ("connectiviteit", "infrastructuur", "asset", "overig")


@functools.cache
def family(name: str) -> tuple[Metric, ...]:
    """Return the metrics of one family in the order of its file.

    Raises:
        CatalogueError: no such family, or its file breaks the rules of the catalogue.
    """
    path = resources.files(__package__) / "families" / f"{name}.toml"
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CatalogueError("catalogue.no-family", name=name) from None
    return tuple(_metric(name, raw, entry) for entry in raw["metric"])


@functools.cache
def families() -> tuple[str, ...]:
    """Return the names of all families, sorted."""
    folder = resources.files(__package__) / "families"
    return tuple(sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml")))


@functools.cache
def catalogue() -> dict[str, Metric]:
    """Return every metric by its name.

    Raises:
        CatalogueError: a name stands in two families, or a file breaks the rules of the catalogue.
    """
    found: dict[str, Metric] = {}
    for metric in (metric for name in families() for metric in family(name)):
        if metric.name in found:
            raise CatalogueError(
                "catalogue.twice", name=metric.name, family=metric.family, other=found[metric.name].family
            )
        found[metric.name] = metric
    return found


def metric(name: str) -> Metric:
    """Return the metric of that name.

    Raises:
        CatalogueError: the catalogue has no such name; the error names the nearest one.
    """
    known = catalogue()
    if name not in known:
        raise CatalogueError("catalogue.no-metric", name=name, nearest=nearest(name, known) or "-")
    return known[name]


def _metric(family_name: str, raw: dict[str, Any], entry: dict[str, Any]) -> Metric:
    """Read one ``[[metric]]`` table, with the family's own ``laag`` and ``labels`` as defaults.

    ``jobs`` and ``planned`` are said of the family as a whole.
    """
    unknown = set(entry) - {"name", "type", "unit", "help", "labels", "laag", "monotonic"}
    kind = entry.get("type", "gauge")
    unit = entry.get("unit", "")
    laag = entry.get("laag", raw.get("laag"))
    for what, value, allowed in (("type", kind, KINDS), ("unit", unit, UNITS), ("laag", laag, METRIC_LAGEN)):
        if value not in allowed:
            raise CatalogueError("catalogue.bad-value", family=family_name, name=entry["name"], what=what, value=value)
    for job in raw.get("jobs", ()):
        if job not in JOBS:
            raise CatalogueError("catalogue.bad-value", family=family_name, name=entry["name"], what="jobs", value=job)
    if unknown or not entry.get("help"):
        what = ", ".join(sorted(unknown)) or "help"
        raise CatalogueError("catalogue.bad-value", family=family_name, name=entry["name"], what=what, value="-")
    return Metric(
        name=entry["name"],
        kind=kind,
        unit=unit,
        help=entry["help"],
        labels=tuple(entry.get("labels", raw.get("labels", ()))),
        laag=str(laag),
        family=family_name,
        monotonic=entry.get("monotonic", kind == "counter"),
        jobs=tuple(raw.get("jobs", ())),
        planned=raw.get("planned", False),
    )
