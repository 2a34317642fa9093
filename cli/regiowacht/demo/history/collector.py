"""What the collector of the made-up region told of itself: its own targets, its rules, and who wrote to its gateway."""

from __future__ import annotations

import functools
import tomllib
from importlib import resources
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from regiowacht.demo.history.chance import seeded
from regiowacht.demo.history.curves import Flat, Patch, Patched, Ramp, Total
from regiowacht.demo.history.series import Series, series
from regiowacht_contract.catalogue import metric
from regiowacht_contract.labels import OVERIG, REGIO_GEMEENTE, scope
from regiowacht_contract.states import AssetState

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht.demo.history.curves import Curve
    from regiowacht.demo.history.series import Pace
    from regiowacht.demo.history.world import World
    from regiowacht_inventory import Asset

OWN, ENGINE = "collector", "engine"
"""Instances of the collector's two own targets."""

QUIET_PER_S, BUSY_PER_S = 60.0, 85.0
"""Samples that a server writes for itself and for what it asks."""

WRITES_PER_S = 1 / 15
FEWEST, MOST = 9_000, 31_000
"""Active series of a gemeente."""

DAY_S = 86_400
EARLIER_S = 3 * DAY_S
"""So long before its series begin the collector had been counting."""


def collector(world: World) -> Iterator[Series]:
    """Yield what stood on the collector's own page and on the engine's; what agents tell stands elsewhere."""
    for instance in (OWN, ENGINE):
        yield series("up", _labels(REGIO_GEMEENTE, instance), Flat(1), "still")
        yield from _listed(world, instance)
    for asset in world.region.assets:
        if asset.job == "node" and asset.key not in world.never:
            yield from _writer(world, asset)
    for gemeente in world.region.gemeenten:
        active = Flat(seeded(world.seed, "active series", gemeente.gemeente).randrange(FEWEST, MOST))
        yield series("regiowacht_gateway_active_series", _labels(gemeente.gemeente, OWN), active, "still")


@functools.cache
def _table() -> dict[str, Any]:
    return tomllib.loads((resources.files(__package__) / "collector.toml").read_text(encoding="utf-8"))


def _labels(gemeente: str, instance: str, **own: str) -> dict[str, str]:
    return {"gemeente": gemeente, "scope": scope(gemeente, OVERIG), "instance": instance, "job": "regiowacht", **own}


def _listed(world: World, instance: str) -> Iterator[Series]:
    """Yield what ``collector.toml`` lists for one of the two targets."""
    for name, rows in _table()[instance].items():
        for row in rows:
            own = {label: str(value) for label, value in row.items() if label != "value"}
            if name == "regiowacht_collector_info":
                own["version"] = version("regiowacht")
            yield _series(world, name, _labels(REGIO_GEMEENTE, instance, **own), row["value"])


def _series(world: World, name: str, labels: dict[str, str], value: float) -> Series:
    """Return a series of what grows so much a second, of a moment so many days before the end, else of a value."""
    found = metric(name)
    curve: Curve = Flat(world.end_s - value * DAY_S if found.unit == "timestamp" else value)
    pace: Pace = "still"
    if found.monotonic:
        curve, pace = _growing(world, value, value), "measured"
    return series(name, labels, curve, pace)


def _growing(world: World, quiet: float, busy: float) -> Total:
    return Total(world.waves[0], round(quiet * EARLIER_S), world.anchor_s, quiet, busy - quiet)


def _writer(world: World, asset: Asset) -> Iterator[Series]:
    """Yield what the gateway counted of one server; while that is silent nothing comes, and afterwards all of it."""
    refused = {"reason": "too-old"}
    told: tuple[tuple[str, dict[str, str], Curve], ...] = (
        ("accepted_samples_total", {}, _growing(world, QUIET_PER_S, BUSY_PER_S)),
        ("writes_total", {"result": "accepted"}, _growing(world, WRITES_PER_S, WRITES_PER_S)),
        ("refused_samples_total", refused, Flat(0)),
        ("last_write_timestamp_seconds", {}, Ramp(0, 0, 1, 1)),
        ("newest_sample_timestamp_seconds", {}, Ramp(0, -1, 1, 0)),
    )
    for name, own, curve in told:
        labels = _labels(asset.gemeente, OWN, server=asset.name, **own)
        yield series(f"regiowacht_gateway_{name}", labels, _as_it_came(world, asset, curve), "measured")


def _as_it_came(world: World, asset: Asset, curve: Curve) -> Curve:
    state = world.states[asset.key]
    begins = (float("-inf"), *state.moments)
    ends = (*state.moments, float("inf"))
    kept = tuple(
        Patch(begin, end, Flat(curve.at(begin)))
        for begin, end, value in zip(begins, ends, state.values, strict=True)
        if value != AssetState.GOED
    )
    return Patched(curve, kept) if kept else curve
