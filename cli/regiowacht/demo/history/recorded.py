"""What the collector would have recorded of the made-up region: states, counts, and servers in a few figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht.demo.history.chance import seeded
from regiowacht.demo.history.curves import Flat, Mean, Steps, Swing
from regiowacht.demo.history.effects import while_goed
from regiowacht.demo.history.pollers import pollers
from regiowacht.demo.history.series import Series, series
from regiowacht.demo.history.server import RECORDED
from regiowacht_contract.labels import LAGEN, REGIO_GEMEENTE, REGIO_MINIMUM, scope
from regiowacht_contract.states import AssetState

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from regiowacht.demo.history.curves import Curve
    from regiowacht.demo.history.world import World
    from regiowacht_contract.labels import Laag

AVERAGES = {
    "regio:node_cpu_usage:avg_ratio_rate5m": "instance:node_cpu_usage:ratio_rate5m",
    "regio:node_memory_usage:avg_ratio": "instance:node_memory_usage:ratio",
}
COUNT, REACHED = "regiowacht_assets:count", "regiowacht_assets:reached_ratio"
HOURLY = "_1h"
"""What the names of hours in one figure end with."""

LINE_USAGE = "instance:regiowacht_line_usage:p95_ratio_1h"
NEW = AssetState.NOG_NIET_AANGESLOTEN


def recorded(world: World) -> Iterator[Series]:
    """Yield every recorded series, by the names of the catalogue."""
    for asset in world.region.assets:
        own = {**asset.target_labels, "kind": asset.kind, "laag": asset.laag}
        if asset.key not in world.never:
            yield series("regiowacht:asset_seen", asset.target_labels, Flat(1), "rare")
        yield series("regiowacht:asset_state", own, world.states[asset.key], "state")
    yield from pollers(world)
    for laag in LAGEN:
        yield from _counts(world, laag)
    yield from _servers(world)
    yield from _lines(world)


def _lines(world: World) -> Iterator[Series]:
    """Yield how full each line was; some of them grow towards their bandwidth."""
    for asset in world.region.assets:
        if asset.kind == "link" and asset.key not in world.never:
            random = seeded(world.seed, LINE_USAGE, *asset.key)
            high, growth = random.uniform(0.35, 0.8), random.uniform(0.1, 0.4)
            used = Swing(world.wave_of(asset), 0.03, high, growth, world.end_s, is_smooth=True)
            yield series(LINE_USAGE, asset.target_labels, while_goed(used, world.states[asset.key]), "hourly")


def _servers(world: World) -> Iterator[Series]:
    by_name: dict[str, list[Curve]] = {}
    gemeenten = {gemeente for gemeente, _ in world.servers}
    for asset in world.region.assets:
        if asset.key in world.servers:
            for name, figure in RECORDED.items():
                curve = while_goed(figure(world.servers[asset.key]), world.states[asset.key])
                by_name.setdefault(name, []).append(curve)
                yield series(name, asset.target_labels, curve, "hourly" if name.endswith(HOURLY) else "server")
    if len(gemeenten) >= REGIO_MINIMUM:
        own = {"gemeente": REGIO_GEMEENTE, "scope": scope(REGIO_GEMEENTE, "infrastructuur")}
        for name, of in AVERAGES.items():
            yield series(name, own, Mean(tuple(by_name[of])), "total")


def _counts(world: World, laag: Laag) -> Iterator[Series]:
    by_gemeente: dict[str, list[Steps]] = {}
    for asset in world.region.assets:
        if asset.laag == laag:
            by_gemeente.setdefault(asset.gemeente, []).append(world.states[asset.key])
    for gemeente, states in by_gemeente.items():
        own = {"gemeente": gemeente, "scope": scope(gemeente, laag), "laag": laag}
        counted = {state: _count(states, state) for state in AssetState}
        yield from _by_state("gemeente", own, counted)
        for state, steps in counted.items():
            value = {**own, "state": f"{state:d}"}
            yield series("gemeente:regiowacht_assets:count_by_value", value, _unless_none(steps), "state")
    if len(by_gemeente) >= REGIO_MINIMUM:
        own = {"gemeente": REGIO_GEMEENTE, "scope": scope(REGIO_GEMEENTE, laag), "laag": laag}
        everywhere = [steps for states in by_gemeente.values() for steps in states]
        yield from _by_state("regio", own, {state: _count(everywhere, state) for state in AssetState})


def _by_state(level: str, own: Mapping[str, str], counted: Mapping[AssetState, Steps]) -> Iterator[Series]:
    for state, steps in counted.items():
        name = state.name.lower().replace("_", "-")
        yield series(f"{level}:{COUNT}", {**own, "state": name}, steps, "total")
    if any(steps.values[0] for state, steps in counted.items() if state != NEW):
        yield series(f"{level}:{REACHED}", own, _reached(counted), "total")


def _count(states: Sequence[Steps], wanted: AssetState) -> Steps:
    """Return how many are in that state, over time."""
    change: dict[float, int] = {}
    now = 0
    for steps in states:
        now += steps.values[0] == wanted
        for moment, before, after in zip(steps.moments, steps.values, steps.values[1:], strict=False):
            change[moment] = change.get(moment, 0) + (after == wanted) - (before == wanted)
    values: list[float | None] = [now]
    for moment in sorted(change):
        now += change[moment]
        values.append(now)
    return Steps(tuple(sorted(change)), tuple(values))


def _unless_none(steps: Steps) -> Steps:
    return Steps(steps.moments, tuple(value or None for value in steps.values))


def _reached(counted: Mapping[AssetState, Steps]) -> Steps:
    """Return the share of what was ever connected that is goed."""
    moments = sorted({moment for steps in counted.values() for moment in steps.moments})
    return Steps(tuple(moments), tuple(_share(counted, moment) for moment in (float("-inf"), *moments)))


def _share(counted: Mapping[AssetState, Steps], moment: float) -> float:
    now = {state: steps.at(moment) or 0 for state, steps in counted.items()}
    return now[AssetState.GOED] / _seen(now.items())


def _seen(now: Iterable[tuple[AssetState, float]]) -> float:
    return sum(number for state, number in now if state != NEW)
