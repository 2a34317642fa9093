"""Writes three hours of a small region's past, the same at every run, as OpenMetrics text."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

START = 1_772_434_800
"""2026-03-02 07:00 UTC, 08:00 in Brussels."""
END = START + 3 * 3600
STEP_S = 30
NASTY = '<img src=x onerror="document.title=666">'
"""A label value that would run if it were ever read as HTML."""

REGION = (
    ("zandbeke", "stadhuis", "srv-files", "server", 0),
    ("zandbeke", "stadhuis", "srv-dc", "server", 0),
    ("zandbeke", "stadhuis", "sw-1", "switch", 0),
    ("zandbeke", "bibliotheek", "ap-1", "access-point", 2),
    ("oosthove", "gemeentehuis", "srv-oost", "server", 1),
    ("oosthove", "gemeentehuis", "rt-oost", "router", 3),
    ("lindevoorde", "werf", "ups-werf", "ups", 3),
    ("meerdonk", NASTY, "srv-meer", "server", 0),
)
"""gemeente, site, instance, kind, state at the end (0 goed, 1 neer, 2 stil, 3 nog niet aangesloten)."""


@dataclass(frozen=True, slots=True)
class Series:
    """One series: its name, labels and value at each moment (seconds since START)."""

    name: str
    labels: dict[str, str]
    at: Callable[[float], float]
    step_s: int = STEP_S


def openmetrics() -> str:
    """Return the whole past, families together as OpenMetrics wants them."""
    families: dict[str, list[Series]] = {}
    for series in [*_trial(), *_region(), *_hosts()]:
        families.setdefault(series.name, []).append(series)
    lines: list[str] = []
    for name, members in families.items():
        lines.append(f"# TYPE {name} unknown")
        lines.extend(line for series in members for line in _samples(series))
    return "\n".join([*lines, "# EOF", ""])


def _samples(series: Series) -> Iterator[str]:
    labels = ",".join(f'{key}="{_escape(value)}"' for key, value in series.labels.items())
    for second in range(0, END - START + 1, series.step_s):
        value = series.at(second)
        if not math.isnan(value):
            yield f"{series.name}{{{labels}}} {value!r} {START + second}"


def _escape(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _still(value: float) -> Callable[[float], float]:
    return lambda _second: value


def _wave(low: float, high: float, period_s: float, shift: float = 0.0) -> Callable[[float], float]:
    middle, reach = (low + high) / 2, (high - low) / 2
    return lambda second: middle + reach * math.sin(2 * math.pi * (second / period_s + shift))


def _growing(rate: float, swing: float = 0.0, period_s: float = 2400.0, shift: float = 0.0) -> Callable[[float], float]:
    """Return a counter that grows by ``rate`` a second, more and less around it."""
    turn = 2 * math.pi / period_s
    return lambda second: 1000 + rate * second + swing / turn * (math.cos(shift) - math.cos(turn * second + shift))


def _trial() -> Iterator[Series]:
    """Return series with values that a reader can check by hand."""
    yield Series("proef_value", {"naam": "veel"}, _still(0.97))
    yield Series("proef_value", {"naam": "weinig"}, _still(0.25))
    yield Series("proef_bytes", {"schijf": "a", "gemeente": "zandbeke"}, _still(3 * 1024**3))
    yield Series("proef_bytes", {"schijf": "b", "gemeente": "oosthove"}, _still(1536))
    yield Series("proef_hostile", {"naam": NASTY}, _still(1))
    yield Series("proef_hostile", {"naam": "\"quotes\" & 'more'"}, _still(2))
    yield Series("proef_line", {"richting": "in"}, _wave(1e6, 9e6, 3600))
    yield Series("proef_line", {"richting": "uit"}, _wave(1e6, 4e6, 1800))
    yield Series("proef_hole", {}, lambda s: math.nan if 3000 < s < 7000 else 5)
    yield Series("proef_state", {"naam": "poort 1"}, lambda s: float(4000 < s < 6000))
    yield Series("proef_state", {"naam": "poort 2"}, _still(0))
    yield Series("proef_special", {"naam": "seconds"}, _still(93723))


def _region() -> Iterator[Series]:
    for index, name in enumerate(sorted({row[0] for row in REGION})):
        own = {"gemeente": name, "scope": f"{name}/overig", "regio": "voorbeeld", "id": str(index + 1)}
        yield Series("regiowacht_gemeente_info", own, _still(1))
    for gemeente, site, instance, kind, state in REGION:
        laag = "infrastructuur" if kind in {"server", "ups"} else "connectiviteit"
        job = "node" if kind == "server" else "snmp"
        own = {"gemeente": gemeente, "scope": f"{gemeente}/{laag}", "site": site, "instance": instance, "job": job}
        told = {"kind": kind, "laag": laag}
        poller = "srv-files" if gemeente == "zandbeke" and kind != "server" else ""
        more = {"leverancier": "Telco A" if kind == "router" else "", "poller": poller, "uplink": ""}
        yield Series("regiowacht_asset_info", {**own, **told, **more}, _still(1))
        fell = 6600.0 if state in {1, 2} else 0.0
        yield Series(
            "regiowacht:asset_state",
            {**own, **told},
            lambda s, fell=fell, state=state: 0.0 if s < fell else float(state),  # type: ignore[misc]
        )


def _hosts() -> Iterator[Series]:
    servers = [(g, s, i) for g, s, i, kind, state in REGION if kind == "server" and state == 0]
    for index, (gemeente, site, instance) in enumerate(servers):
        own = {"gemeente": gemeente, "scope": f"{gemeente}/infrastructuur", "site": site, "instance": instance}
        yield from _host({**own, "job": "node"}, index / 3)
        about = {"alertname": "SchijfBijnaVol", "severity": "warning", "kind": "server", "laag": "infrastructuur"}
        yield Series("ALERTS", {**own, "job": "node", **about, "alertstate": "firing"}, _still(1))
        yield Series("ALERTS_FOR_STATE", {**own, "job": "node", **about}, _still(START + 60.0))


def _host(own: dict[str, str], shift: float) -> Iterator[Series]:
    for cpu in ("0", "1", "2", "3"):
        for mode, rate in (("user", 0.22), ("system", 0.08), ("iowait", 0.03), ("idle", 0.6), ("softirq", 0.01)):
            grow = _growing(rate, 0.7 * rate, 2400.0, shift + int(cpu))
            yield Series("node_cpu_seconds_total", {**own, "cpu": cpu, "mode": mode}, grow)
    yield Series("node_load1", own, _wave(0.4, 2.6, 1800, shift))
    yield Series("node_load5", own, _wave(0.7, 2.0, 3600, shift))
    yield Series("node_load15", own, _wave(0.9, 1.5, 7200, shift))
    yield Series("node_memory_MemTotal_bytes", own, _still(16 * 1024**3))
    yield Series("node_memory_MemAvailable_bytes", own, _wave(4e9, 7e9, 5400, shift))
    yield Series("node_memory_MemFree_bytes", own, _wave(1e9, 2e9, 5400, shift))
    yield Series("node_memory_SwapTotal_bytes", own, _still(2 * 1024**3))
    yield Series("node_memory_SwapFree_bytes", own, _wave(1.6e9, 2.0e9, 5400, shift))
    for mount, size, full in (("/", 50e9, 0.62), ("/srv/data", 2e12, 0.91), ("/var", 100e9, 0.83)):
        disk = {**own, "device": f"/dev/sd{mount[-1]}", "fstype": "ext4", "mountpoint": mount}
        yield Series("node_filesystem_size_bytes", disk, _still(size))
        yield Series("node_filesystem_avail_bytes", disk, _wave(size * (1 - full), size * (1.02 - full), 9000, shift))
        yield Series("node_filesystem_free_bytes", disk, _wave(size * (1 - full), size * (1.02 - full), 9000, shift))
        yield Series("node_filesystem_files", disk, _still(1e6))
        yield Series("node_filesystem_files_free", disk, _still(1e6 * (1 - full / 3)))
    for device, rate in (("sda", 4e5), ("nvme0n1", 6e6)):
        disk = {**own, "device": device}
        yield Series("node_disk_read_bytes_total", disk, _growing(rate, rate * 0.8))
        yield Series("node_disk_written_bytes_total", disk, _growing(rate / 2, rate * 0.3, shift=1))
        yield Series("node_disk_reads_completed_total", disk, _growing(rate / 3e4, rate / 4e4))
        yield Series("node_disk_writes_completed_total", disk, _growing(rate / 5e4, rate / 9e4, shift=2))
        yield Series("node_disk_io_time_seconds_total", disk, _growing(0.2, 0.15))
    for device, rate in (("eth0", 5e6), ("eth1", 1e6)):
        port = {**own, "device": device}
        yield Series("node_network_receive_bytes_total", port, _growing(rate, rate * 0.7))
        yield Series("node_network_transmit_bytes_total", port, _growing(rate / 3, rate * 0.2, shift=1))
        for name in ("receive_errs", "receive_drop", "transmit_errs", "transmit_drop"):
            yield Series(f"node_network_{name}_total", port, _growing(0.02 if name == "receive_drop" else 0.0))
    yield Series("node_time_seconds", own, lambda s: START + s)
    yield Series("node_boot_time_seconds", own, _still(START - 12 * 86400))
    uname = {"nodename": own["instance"], "sysname": "Linux", "release": "6.1.0-18-amd64", "machine": "x86_64"}
    yield Series("node_uname_info", {**own, **uname}, _still(1))
    yield Series("node_os_info", {**own, "pretty_name": "Debian GNU/Linux 12 (bookworm)"}, _still(1))
    yield Series("regiowacht_agent_info", {**own, "version": "0.1.0", "reader": "proc"}, _still(1))
    for family, cost in (("cpu", 0.002), ("filesystem", 0.02), ("netdev", 0.004), ("diskstats", 0.006)):
        yield Series("node_scrape_collector_success", {**own, "collector": family}, _still(float(family != "netdev")))
        yield Series("node_scrape_collector_duration_seconds", {**own, "collector": family}, _still(cost))
        failing = Series(
            "regiowacht_agent_family_failing", {**own, "collector": family}, _still(float(family == "netdev"))
        )
        yield failing
    yield Series("instance:node_cpu_usage:ratio_rate5m", own, _wave(0.3 + shift / 4, 0.6 + shift / 2, 2400))
    yield Series("instance:node_memory_usage:ratio", own, _still(0.66 + shift / 3))
    yield Series("instance:node_filesystem_usage:max_ratio", own, _still(0.9))
