"""Writes half an hour of the example region as OpenMetrics, from the catalogue, the same at every run."""

from __future__ import annotations

import itertools
from collections import Counter
from typing import TYPE_CHECKING

from regiowacht_contract.catalogue import Metric, family, metric
from regiowacht_contract.labels import scope
from regiowacht_contract.states import AssetState

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from regiowacht_inventory import Asset, Region

START = 1_768_478_400
"""2026-01-15 12:00 UTC."""
STEPS = 31
STEP_S = 60
END = START + (STEPS - 1) * STEP_S

HOST_FAMILIES = (
    "agent", "cpu", "diskstats", "filesystem", "loadavg", "meminfo", "netdev", "os", "scrape", "stat", "time", "uname",
)  # fmt: skip

LABELS: Mapping[str, tuple[str, ...]] = {
    "cpu": ("0", "1"),
    "mode": ("user", "system", "idle", "iowait"),
    "mountpoint": ("/", "/srv"),
    "fstype": ("ext4",),
    "collector": ("cpu", "meminfo", "netdev"),
    "device": ("sda",),
}

LEVELS: Mapping[str, float] = {
    "node_filesystem_readonly": 0.0,
    "regiowacht_agent_family_failing": 0.0,
    "node_memory_MemTotal_bytes": 16e9,
    "node_memory_MemAvailable_bytes": 6e9,
    "node_memory_MemFree_bytes": 2e9,
    "node_memory_SwapTotal_bytes": 4e9,
    "node_memory_SwapFree_bytes": 3e9,
    "node_filesystem_size_bytes": 1e12,
    "node_filesystem_free_bytes": 3.7e11,
    "node_filesystem_avail_bytes": 2.7e11,
    "node_filesystem_files": 1e6,
    "node_filesystem_files_free": 7e5,
    "node_boot_time_seconds": START - 86_400,
    "node_time_seconds": END,
}

RECORDED = (
    "instance:node_cpu_usage:ratio_rate5m",
    "instance:node_memory_usage:ratio",
    "instance:node_filesystem_usage:max_ratio",
)


def state(index: int) -> AssetState:
    """Every state occurs; the first asset of the region is goed."""
    return AssetState(index % len(AssetState))


def waiting(region: Region) -> dict[Asset, list[Asset]]:
    """What is stil, by the server that asks it, where that one is not goed."""
    states = {asset.key: state(index) for index, asset in enumerate(region.assets)}
    servers = {asset.key: asset for asset in region.assets if asset.job == "node"}
    found: dict[Asset, list[Asset]] = {}
    for asset in region.assets:
        server = servers.get((asset.gemeente, asset.poller))
        if server and states[asset.key] == AssetState.STIL and states[server.key] != AssetState.GOED:
            found.setdefault(server, []).append(asset)
    return found


def openmetrics(region: Region) -> str:
    by_name: dict[str, list[str]] = {}
    for name, labels, values in _series(region):
        written = ",".join(f'{label}="{value}"' for label, value in labels.items())
        by_name.setdefault(name, []).extend(
            f"{name}{{{written}}} {value} {START + step * STEP_S}" for step, value in enumerate(values)
        )
    lines = [line for name, samples in by_name.items() for line in (f"# TYPE {name} unknown", *samples)]
    return "\n".join([*lines, "# EOF", ""])


Series = tuple[str, dict[str, str], list[float]]


def _series(region: Region) -> Iterator[Series]:
    for gemeente in region.gemeenten:
        own = {"gemeente": gemeente.gemeente, "scope": scope(gemeente.gemeente, "overig")}
        told = {"regio": region.regio, "id": str(gemeente.id), "country": gemeente.country, "code": gemeente.code}
        yield metric("regiowacht_gemeente_info").name, {**own, **told}, [1.0] * STEPS
    for index, asset in enumerate(region.assets):
        target = asset.target_labels
        kind = {"kind": asset.kind, "laag": asset.laag}
        hung = {"leverancier": asset.leverancier, "uplink": asset.uplink, "poller": asset.poller}
        yield metric("regiowacht_asset_info").name, {**target, **kind, **hung}, [1.0] * STEPS
        yield metric("regiowacht:asset_state").name, {**target, **kind}, [float(state(index))] * STEPS
        if asset.job == "node":
            yield from _host(target, index)
            yield from _alert({**target, **kind, "leverancier": asset.leverancier})
    for server, assets in waiting(region).items():
        for asset in assets:
            kind = {"kind": asset.kind, "laag": asset.laag, "poller": server.name}
            yield metric("regiowacht:asset_waiting").name, {**asset.target_labels, **kind}, [1.0] * STEPS
        for laag, count in Counter(asset.laag for asset in assets).items():
            about = {**server.target_labels, "scope": scope(server.gemeente, laag), "kind": server.kind, "laag": laag}
            yield metric("regiowacht:poller_silent").name, about, [float(count)] * STEPS


def _alert(about: dict[str, str]) -> Iterator[Series]:
    """Yield an alert that has been firing for ten minutes."""
    labels = {"alertname": "SchijfBijnaVol", "severity": "warning", **about}
    yield metric("ALERTS").name, {**labels, "alertstate": "firing"}, [1.0] * STEPS
    yield metric("ALERTS_FOR_STATE").name, labels, [END - 600.0] * STEPS


def _host(target: dict[str, str], index: int) -> Iterator[Series]:
    for found in (one for name in HOST_FAMILIES for one in family(name)):
        for values in itertools.product(*(LABELS.get(label, ("x",)) for label in found.labels)):
            yield found.name, {**target, **dict(zip(found.labels, values, strict=True))}, _values(found, index)
    for name in RECORDED:
        yield metric(name).name, target, [0.3 + index / 100] * STEPS


def _values(found: Metric, index: int) -> list[float]:
    if found.monotonic:
        return [1000.0 + (0.2 + index / 1000) * STEP_S * step for step in range(STEPS)]
    return [LEVELS.get(found.name, 1.0)] * STEPS
