"""Network interfaces, from psutil.net_io_counters, psutil.net_if_stats and psutil.net_if_addrs.

``nic`` is the name that Windows shows, as ``Ethernet 2``; windows_exporter has the adapter's description there, and
that name as ``friendly_name``.
"""

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
    "windows_net_bytes_received_total": ("bytes_recv",),
    "windows_net_bytes_sent_total": ("bytes_sent",),
    "windows_net_bytes_total": ("bytes_recv", "bytes_sent"),
    "windows_net_packets_received_total": ("packets_recv",),
    "windows_net_packets_sent_total": ("packets_sent",),
    "windows_net_packets_total": ("packets_recv", "packets_sent"),
    "windows_net_packets_received_errors_total": ("errin",),
    "windows_net_packets_outbound_errors_total": ("errout",),
    "windows_net_packets_received_discarded_total": ("dropin",),
    "windows_net_packets_outbound_discarded_total": ("dropout",),
}
"""Fields of psutil that a metric is the sum of."""

BYTES_PER_MEGABIT = 125_000


class WindowsNet:
    """``windows_net_*``."""

    def __init__(self, config: Config, metrics: Metrics) -> None:
        self._fields = tuple((metrics[name], fields) for name, fields in FIELDS.items())
        self._bandwidth = metrics["windows_net_current_bandwidth_bytes"]
        self._info = metrics["windows_net_nic_info"]
        self._status = metrics["windows_net_nic_operation_status"]
        self._filter = DeviceFilter.of(config.netdev.device_exclude, config.netdev.device_include)

    def read(self, host: Host) -> Iterator[Sample]:
        """Yield counters, speed, address and state of every interface.

        Raises:
            NoData: there is none.
        """
        counters = host.psutil.net_io_counters(pernic=True, nowrap=False)
        if not counters:
            raise NoData("no network interfaces")
        for nic, told in counters.items():
            if self._filter.takes(nic):
                for metric, fields in self._fields:
                    yield Sample(metric, (nic,), sum(getattr(told, field) for field in fields))
        addresses = _hardware(host)
        for nic, told in host.psutil.net_if_stats().items():
            if not self._filter.takes(nic):
                continue
            yield Sample(self._bandwidth, (nic,), told.speed * BYTES_PER_MEGABIT)
            yield Sample(self._info, (nic, nic, addresses.get(nic, "")), 1)
            for status in ("up", "down"):
                yield Sample(self._status, (nic, status), int(told.isup == (status == "up")))


def _hardware(host: Host) -> dict[str, str]:
    """Return the hardware address of each interface as windows_exporter writes it."""
    return {
        nic: address.address.replace("-", ":").upper()
        for nic, addresses in host.psutil.net_if_addrs().items()
        for address in addresses
        if address.family == host.psutil.AF_LINK
    }


def make(config: Config, metrics: Metrics) -> SampleFamily:
    """Return the family."""
    return WindowsNet(config, metrics)
