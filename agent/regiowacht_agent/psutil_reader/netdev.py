"""Traffic of network interfaces, from psutil.net_io_counters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_agent.device_filter import DeviceFilter
from regiowacht_agent.family import NoData, Sample

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_agent.config import Config
    from regiowacht_agent.family import Metrics, SampleFamily
    from regiowacht_agent.host import Host

FIELDS = {
    "node_network_receive_bytes_total": "bytes_recv",
    "node_network_receive_packets_total": "packets_recv",
    "node_network_receive_errs_total": "errin",
    "node_network_receive_drop_total": "dropin",
    "node_network_transmit_bytes_total": "bytes_sent",
    "node_network_transmit_packets_total": "packets_sent",
    "node_network_transmit_errs_total": "errout",
    "node_network_transmit_drop_total": "dropout",
}


class Netdev:
    """``node_network_receive_*`` and ``node_network_transmit_*``."""

    def __init__(self, config: Config, metrics: Metrics) -> None:
        self._fields = tuple((metrics[name], field) for name, field in FIELDS.items())
        self._filter = DeviceFilter.of(config.netdev.device_exclude, config.netdev.device_include)

    def read(self, host: Host) -> Iterator[Sample]:
        """Yield the counters of every interface, raw: a counter that wraps is Prometheus's to handle.

        Raises:
            NoData: the machine has no interface at all, not even the loopback.
        """
        interfaces = host.psutil.net_io_counters(pernic=True, nowrap=False)
        if not interfaces:
            raise NoData("no network interfaces")
        for device, told in interfaces.items():
            if self._filter.takes(device):
                for metric, field in self._fields:
                    yield Sample(metric, (device,), getattr(told, field))


def make(config: Config, metrics: Metrics) -> SampleFamily:
    """Return the family."""
    return Netdev(config, metrics)
