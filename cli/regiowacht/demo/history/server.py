"""One made-up server: how busy and how full it is, from which both its raw and its recorded series follow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from regiowacht.demo.history.chance import seeded
from regiowacht.demo.history.curves import GROWTH_OVER_S, Flat, Patch, Patched, Ramp, Scaled, Swing, Total
from regiowacht.demo.history.look import table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from regiowacht.demo.history.curves import Curve
    from regiowacht.demo.history.incidents import Incident
    from regiowacht.demo.history.waves import Wave
    from regiowacht_inventory import Asset

GIB = 1024**3
CORES = 4
FULLEST = "/srv"
"""The file system that people fill; the others hardly change."""

ROOT_FULL = 0.15
NEARLY_FULL = 0.935
STAYS_FULL = 0.985
UPTIME_S = 23 * 86_400
WRITES_EVERY_S = 15

MODES = {"user": 0.68, "system": 0.22, "softirq": 0.03, "irq": 0.0, "nice": 0.07, "steal": 0.0}
"""How what a processor does is divided."""

IOWAIT = 0.01


@dataclass(frozen=True, slots=True)
class Server:
    """A server's figures.

    Attributes:
        wave: how busy its users keep it.
        quiet: share of the processors at work when nobody is there.
        busy: the same when it is busiest.
        memory_bytes: all its memory.
        memory: share of memory in use.
        full: how full the fullest file system is, as df says.
        disk: share of time that the disk is at work, quiet and busiest.
        receive: bytes a second, quiet and busiest.
        transmit: the same, sent.
        end_s: end of the past.
        anchor_s: from when on its counters are asked for.
    """

    wave: Wave
    quiet: float
    busy: float
    memory_bytes: float
    memory: Curve
    full: Curve
    disk: tuple[float, float]
    receive: tuple[float, float]
    transmit: tuple[float, float]
    end_s: int
    anchor_s: int

    def cpu_usage(self) -> Curve:
        """Return the share of the processors at work, as the rule records it."""
        return Swing(self.wave, self.quiet, self.busy, is_smooth=True)

    def disk_busy(self) -> Curve:
        """Return the share of time that its busiest disk works, as the rule records it."""
        return Swing(self.wave, *self.disk, is_smooth=True)

    def traffic(self, direction: str) -> Curve:
        """Return bytes a second in one direction, as the rule records it."""
        low, high = self.receive if direction == "receive" else self.transmit
        return Swing(self.wave, low, high, is_smooth=True)

    def counter(self, quiet: float, busiest: float) -> Total:
        """Return a counter since the server started."""
        start = round((quiet + (busiest - quiet) * 0.35) * (UPTIME_S - (self.end_s - self.anchor_s)), 2)
        return Total(self.wave, start, self.anchor_s, quiet, busiest - quiet)


def make_server(asset: Asset, wave: Wave, fillings: Sequence[Incident], window: tuple[int, int], seed: int) -> Server:
    """Return the server that ``asset`` is; ``fillings`` are when its disk filled, ``window`` that of its raw series."""
    anchor_s, end_s = window
    random = seeded(seed, "server", *asset.key)
    full = random.uniform(0.32, 0.68)
    grown = random.uniform(0.03, 0.14)
    usual = Ramp(end_s - GROWTH_OVER_S, full - grown, end_s, full, 0.78)
    low = random.uniform(0.28, 0.50)
    network = random.uniform(2e5, 4e6)
    disk = random.uniform(0.08, 0.45)
    return Server(
        wave=wave,
        quiet=random.uniform(0.02, 0.06),
        busy=random.uniform(0.25, 0.75),
        memory_bytes=random.choice((8, 16, 32, 64)) * GIB,
        memory=Swing(wave, low, low + random.uniform(0.06, 0.22), 0.1, end_s, is_smooth=True),
        full=Patched(usual, tuple(_filling(usual, incident, end_s) for incident in fillings)),
        disk=(0.01, disk),
        receive=(network / 40, network),
        transmit=(network / 60, network * random.uniform(0.3, 0.8)),
        end_s=end_s,
        anchor_s=anchor_s,
    )


def _filling(usual: Ramp, incident: Incident, end_s: int) -> Patch:
    """Return how the disk fills up during an incident, past the threshold before it is over or the past ends."""
    full_s = incident.until_s or end_s
    ramp = Ramp(incident.from_s, usual.at(incident.from_s), full_s, NEARLY_FULL, STAYS_FULL)
    return Patch(incident.from_s, incident.ends_s, ramp)


def _cpu(server: Server, labels: Mapping[str, str]) -> Curve:
    mode = labels["mode"]
    if mode == "idle":
        return server.counter(1 - server.quiet - IOWAIT, 1 - server.busy - IOWAIT)
    if mode == "iowait":
        return server.counter(IOWAIT, IOWAIT)
    share = MODES.get(mode, 0.0)
    return server.counter(server.quiet * share, server.busy * share)


def _filesystem(server: Server, labels: Mapping[str, str], what: str) -> Curve:
    mountpoint = labels["mountpoint"]
    known = table("filesystem").get(mountpoint, {"size": 1e9, "reserved": 0.0})
    size, usable = known["size"], known["size"] * (1 - known["reserved"])
    if what == "size":
        return Flat(size)
    share: Curve = server.full if mountpoint == FULLEST else Flat(ROOT_FULL)
    return Scaled(share, -usable, size if what == "free" else usable)


def _load(server: Server, share: float) -> Curve:
    return Swing(server.wave, server.quiet * CORES, server.busy * CORES * 1.2 * share)


def _network(server: Server, labels: Mapping[str, str], direction: str) -> Curve:
    low, high = server.receive if direction == "receive" else server.transmit
    share = {"eth0": 0.9, "eth1": 0.1}.get(labels["device"], 0.01)
    return server.counter(low * share, high * share)


FIGURES: Mapping[str, Callable[[Server, Mapping[str, str]], Curve]] = {
    "node_cpu_seconds_total": _cpu,
    "node_memory_MemAvailable_bytes": lambda server, _: Scaled(
        server.memory, -server.memory_bytes, server.memory_bytes
    ),
    "node_filesystem_size_bytes": lambda server, labels: _filesystem(server, labels, "size"),
    "node_filesystem_free_bytes": lambda server, labels: _filesystem(server, labels, "free"),
    "node_filesystem_avail_bytes": lambda server, labels: _filesystem(server, labels, "avail"),
    "node_load1": lambda server, _: _load(server, 1),
    "node_load5": lambda server, _: _load(server, 0.98),
    "node_load15": lambda server, _: _load(server, 0.96),
    "node_disk_io_time_seconds_total": lambda server, labels: server.counter(
        *(share * (1 if labels["device"] == "sda" else 0.3) for share in server.disk)
    ),
    "node_network_receive_bytes_total": lambda server, labels: _network(server, labels, "receive"),
    "node_network_transmit_bytes_total": lambda server, labels: _network(server, labels, "transmit"),
    "node_time_seconds": lambda server, _: Ramp(0, 0, 1, 1),
    "regiowacht_agent_push_last_success_timestamp_seconds": lambda server, _: Ramp(
        0, -WRITES_EVERY_S, 1, 1 - WRITES_EVERY_S
    ),
}
"""Series that follow from a server's figures, by name."""

RECORDED: Mapping[str, Callable[[Server], Curve]] = {
    "instance:node_cpu_usage:ratio_rate5m": Server.cpu_usage,
    "instance:node_memory_usage:ratio": lambda server: server.memory,
    "instance:node_cpu_usage:p95_ratio_1h": Server.cpu_usage,
    "instance:node_memory_usage:p95_ratio_1h": lambda server: server.memory,
    "instance:node_disk_busy:p95_ratio_1h": Server.disk_busy,
    "instance:node_filesystem_usage:avg_ratio_1h": lambda server: server.full,
    "instance:node_filesystem_usage:max_ratio": lambda server: server.full,
    "instance:node_disk_busy:max_ratio_rate5m": Server.disk_busy,
    "instance:node_network_receive_bytes:rate5m": lambda server: server.traffic("receive"),
    "instance:node_network_transmit_bytes:rate5m": lambda server: server.traffic("transmit"),
}
"""What the rules record of a server, by name."""
