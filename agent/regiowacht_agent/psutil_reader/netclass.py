"""What network interfaces are, from psutil.net_if_stats and psutil.net_if_addrs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from regiowacht_agent.device_filter import DeviceFilter
from regiowacht_agent.family import NoData, Sample

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from regiowacht_agent.config import Config
    from regiowacht_agent.family import Metrics, SampleFamily
    from regiowacht_agent.host import Host

BYTES_PER_MEGABIT = 125_000


class Netclass:
    """``node_network_up``, ``_info``, ``_mtu_bytes`` and ``_speed_bytes``."""

    def __init__(self, config: Config, metrics: Metrics) -> None:
        self._up = metrics["node_network_up"]
        self._info = metrics["node_network_info"]
        self._mtu = metrics["node_network_mtu_bytes"]
        self._speed = metrics["node_network_speed_bytes"]
        self._filter = DeviceFilter.of(config.netclass.ignored_devices)

    def read(self, host: Host) -> Iterator[Sample]:
        """Yield what is known of every interface; the speed only where the link has one.

        Raises:
            NoData: the machine has no interface at all, not even the loopback.
        """
        interfaces = host.psutil.net_if_stats()
        if not interfaces:
            raise NoData("no network interfaces")
        hardware = _hardware(host)
        for device, told in interfaces.items():
            if self._filter.takes(device):
                state = _operational_state(host, device, told)
                yield Sample(self._up, (device,), int(state == "up"))
                yield Sample(self._info, self._identity(host, device, told, state, hardware.get(device, ("", ""))), 1)
                yield Sample(self._mtu, (device,), told.mtu)
                if told.speed:
                    yield Sample(self._speed, (device,), told.speed * BYTES_PER_MEGABIT)

    def _identity(self, host: Host, device: str, told: Any, state: str, hardware: tuple[str, str]) -> tuple[str, ...]:
        flags = told.flags.split(",")
        duplex = host.text(f"{host.sysfs}/class/net/{device}/duplex", "")
        alias = host.text(f"{host.sysfs}/class/net/{device}/ifalias", "")
        return (device, *hardware, duplex, state, "up" if "up" in flags else "down", alias)


def _operational_state(host: Host, device: str, told: Any) -> str:
    """Return the state by RFC 2863, which /sys/class/net knows; psutil tells only whether the link runs."""
    flags = told.flags.split(",")
    guess = "unknown" if "loopback" in flags else ("up" if told.isup else "down")
    return host.text(f"{host.sysfs}/class/net/{device}/operstate", guess)


def _hardware(host: Host) -> Mapping[str, tuple[str, str]]:
    """Return the hardware address and the broadcast address of every interface that has them."""
    link = host.psutil.AF_LINK
    return {
        device: (address.address, address.broadcast or address.address)
        for device, addresses in host.psutil.net_if_addrs().items()
        for address in addresses
        if address.family == link
    }


def make(config: Config, metrics: Metrics) -> SampleFamily:
    """Return the family."""
    return Netclass(config, metrics)
