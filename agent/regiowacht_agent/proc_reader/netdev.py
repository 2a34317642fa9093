"""Traffic of network interfaces, from /proc/net/dev."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_agent.block import Block, Kept
from regiowacht_agent.device_filter import DeviceFilter
from regiowacht_agent.family import NoData

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_agent.block import Series, Value
    from regiowacht_agent.config import Config
    from regiowacht_agent.family import Family, Metrics
    from regiowacht_agent.host import Host

FIELDS = (
    *("receive_bytes", "receive_packets", "receive_errs", "receive_drop", "receive_fifo", "receive_frame"),
    *("receive_compressed", "receive_multicast"),
    *("transmit_bytes", "transmit_packets", "transmit_errs", "transmit_drop", "transmit_fifo", "transmit_colls"),
    *("transmit_carrier", "transmit_compressed"),
)
"""The columns of /proc/net/dev in their order (proc_pid_net(5))."""


class Netdev:
    """``node_network_receive_*`` and ``node_network_transmit_*``."""

    def __init__(self, config: Config, metrics: Metrics) -> None:
        self._path = f"{config.paths.procfs}/net/dev"
        self._takes = DeviceFilter.of(config.netdev.device_exclude, config.netdev.device_include).takes
        self._metrics = tuple(metrics[f"node_network_{field}_total"] for field in FIELDS)
        self._kept = Kept()

    def read(self, host: Host) -> Block:
        """Return the counters of every interface, raw: a counter that wraps is Prometheus's to handle.

        Raises:
            NoData: the machine has no interface at all, not even the loopback.
        """
        rows = host.files.read(self._path).splitlines()[2:]
        devices: list[str] = []
        values: list[Value] = []
        for row in rows:
            name, _, counters = row.rpartition(":")
            device = name.strip()
            if self._takes(device):
                devices.append(device)
                values += counters.split()
        if not rows:
            raise NoData("no network interfaces")
        layout = self._kept.layout(devices, lambda: self._series(devices))
        return Block(layout, values)

    def _series(self, devices: list[str]) -> Iterator[Series]:
        return ((metric, (device,)) for device in devices for metric in self._metrics)


def make(config: Config, metrics: Metrics) -> Family:
    """Return the family."""
    return Netdev(config, metrics)
