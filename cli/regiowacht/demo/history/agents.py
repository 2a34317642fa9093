"""What the agents of the made-up region tell: ``up`` of everything, and more of what is measured."""

from __future__ import annotations

import functools
import re
from dataclasses import replace
from importlib.metadata import version
from typing import TYPE_CHECKING

from regiowacht.demo.history.chance import seeded
from regiowacht.demo.history.curves import Flat, Latest, Scaled, Swing, Total
from regiowacht.demo.history.effects import heard, while_goed
from regiowacht.demo.history.look import has_metric, is_there, label_rows, limits, table
from regiowacht.demo.history.series import Series, series
from regiowacht.demo.history.server import FIGURES
from regiowacht.demo.history.trouble import troubled
from regiowacht_collector.rules import GROUPS
from regiowacht_contract.catalogue import Metric, catalogue, family
from regiowacht_contract.labels import scope

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from regiowacht.demo.history.curves import Curve
    from regiowacht.demo.history.series import Pace
    from regiowacht.demo.history.waves import Wave
    from regiowacht.demo.history.world import World
    from regiowacht_contract.labels import Job
    from regiowacht_inventory import Asset

UP = "up"
VERSION = version("regiowacht")
DAY_S = 86_400
STAYS_UP_S = 23 * DAY_S
AUDITED = "firewall"
"""Kind of devices of which every one is audited, wherever it stands."""

KEPT_FAMILIES = ("ups", "audit")
"""Of these all 90 days are kept, so that a past power failure or audit can be looked up."""


def told(world: World) -> Iterator[Series]:
    """Yield every series that an agent would tell, or an audit would write."""
    for asset in world.region.assets:
        if asset.key not in world.never:
            yield series(UP, asset.target_labels, heard(world.states[asset.key]), "still")
            yield from _figures(world, asset)


def _figures(world: World, asset: Asset) -> Iterator[Series]:
    if asset in world.measured:
        for found in catalogue().values():
            job = _job(found, asset)
            if job and found.name != UP and is_there(found):
                yield from _series(world, asset, found, job)
    elif asset.job == "node":
        for name in needed_by_rules():
            # Rules make these into the figures that the history has; it does not need them itself.
            for one in _series(world, asset, catalogue()[name], "node"):
                yield replace(one, pace="live")
    elif asset.kind == AUDITED:
        yield from _audit(world, asset)


def _audit(world: World, asset: Asset) -> Iterator[Series]:
    """Yield what an audit of a device says that is not measured otherwise; every gemeente has a score of its own."""
    share = seeded(world.seed, "audit", *asset.key).uniform(0.9, 1.03)
    for found in family("audit"):
        for one in _series(world, asset, found, "audit"):
            is_score = found.unit == "ratio"
            yield replace(one, curve=Scaled(one.curve, share)) if is_score else one


def _job(found: Metric, asset: Asset) -> Job | None:
    """Return the job under which an asset has this metric, or None where it has not."""
    if not has_metric(asset.kind, found):
        return None
    if asset.job in found.jobs:
        return asset.job
    return "audit" if "audit" in found.jobs and asset.job == "snmp" else None


@functools.cache
def needed_by_rules() -> tuple[str, ...]:
    """Return the metrics of a server's agent that recording rules ask for."""
    words = {word for group in GROUPS for rule in group.rules for word in re.findall(r"[a-zA-Z_:][\w:]*", rule.expr)}
    return tuple(name for name, found in catalogue().items() if name in words and "node" in found.jobs and name != UP)


def _series(world: World, asset: Asset, found: Metric, job: Job) -> Iterator[Series]:
    target = {**asset.target_labels, "job": job}
    if found.laag != "asset":
        target["scope"] = scope(asset.gemeente, found.laag)
    for row in label_rows(found, asset.kind):
        own = {label: value.replace("{name}", asset.name).replace("{version}", VERSION) for label, value in row.items()}
        curve = troubled(_curve(world, asset, found, own), found, own, world.incidents_of(asset))
        if job != "audit":
            curve = while_goed(curve, world.states[asset.key])
        yield series(found.name, {**target, **own}, curve, _pace(found, curve))


def _pace(found: Metric, curve: Curve) -> Pace:
    if found.family in KEPT_FAMILIES:
        return "kept"
    if isinstance(curve, Flat):
        return "still"
    return "measured" if found.monotonic else "level"


def _curve(world: World, asset: Asset, found: Metric, own: Mapping[str, str]) -> Curve:
    """Return how such a series moves: from the server's figures, or by its unit."""
    server = world.servers.get(asset.key)
    if server and found.name in FIGURES:
        return FIGURES[found.name](server, own)
    memory = table("memory").get(found.name)
    if memory and server:
        return _memory(world.wave_of(asset), memory[0] * server.memory_bytes, memory[1] * server.memory_bytes)
    if found.unit == "timestamp" or found.name in table("days_ago"):
        return _moment(world, found)
    return _by_unit(world, asset, found, own)


def _memory(wave: Wave, quiet: float, busiest: float) -> Curve:
    return Flat(quiet) if quiet == busiest else Swing(wave, quiet, busiest, is_smooth=True)


def _by_unit(world: World, asset: Asset, found: Metric, own: Mapping[str, str]) -> Curve:
    wave = world.wave_of(asset)
    low, high = limits(found, own)
    if found.monotonic:
        scale = _scale(world, asset, found, own)
        start = round((low + high) / 3 * scale * STAYS_UP_S)
        return Total(wave, start, world.anchor_s, low * scale, (high - low) * scale)
    if low == high:
        return Flat(low)
    return Swing(wave, low, low + (high - low) * _scale(world, asset, found, own))


def _moment(world: World, found: Metric) -> Curve:
    if found.name in table("daily"):
        return Latest(DAY_S, table("daily")[found.name])
    return Flat(world.end_s - table("days_ago").get(found.name, 1) * DAY_S)


def _scale(world: World, asset: Asset, found: Metric, own: Mapping[str, str]) -> float:
    """Return a factor of its own for each series, so that no two are alike."""
    return seeded(world.seed, *asset.key, found.name, *own.values()).uniform(0.4, 1.0)
