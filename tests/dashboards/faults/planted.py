"""A healthy past, and one fault a scene: what a test of a dashboard plants, and which panels it waits for."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.dashboards.faults.stage import Samples

ALWAYS = "x60"
HEALTHY = "healthy"

Fault = tuple["Samples", set[str]]
"""What is told instead or besides, and the titles of the panels that turn red, in Dutch."""


def series(metric: str, asset: str, job: str, /, **labels: str) -> str:
    """Return a series of an asset of one site as PromQL writes it."""
    own = {"site": "s", "instance": asset, "job": job, **labels}
    return f"{metric}{{{','.join(f'{label}={_quoted(value)}' for label, value in own.items())}}}"


def always(value: float) -> str:
    """Return a value that stays the whole hour."""
    return f"{value!r}{ALWAYS}"


def declared(asset: str, kind: str, job: str, laag: str = "infrastructuur", state: int = 0) -> Samples:
    """Return what the collector says of an asset: that it is there, and its state."""
    return {
        series("regiowacht_asset_info", asset, job, kind=kind, laag=laag): always(1),
        series("regiowacht:asset_state", asset, job, kind=kind, laag=laag): always(state),
    }


def scenes(healthy: Samples, faults: Mapping[str, Fault]) -> dict[str, Samples]:
    """Return a scene without a fault, and one for each."""
    return {HEALTHY: healthy, **{name: {**healthy, **told} for name, (told, _) in faults.items()}}


def expected(faults: Mapping[str, Fault]) -> list[tuple[str, set[str]]]:
    """Return (scene, titles that are red), for ``parametrize``."""
    return [(HEALTHY, set()), *((name, red) for name, (_, red) in faults.items())]


def _quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
