"""What network interfaces are, from /sys/class/net.

A server can have sixty interfaces of two dozen attributes. What can change at any time is read at every reading; the
rest when any of that has changed, and when the interface is due.
"""

from __future__ import annotations

from regiowacht_agent.block import EMPTY, Block, Kept, Still
from regiowacht_agent.device_filter import DeviceFilter
from regiowacht_agent.devices import Devices

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Set as AbstractSet

    from regiowacht_agent.block import Series, Value
    from regiowacht_agent.config import Config
    from regiowacht_agent.family import Family, Metrics
    from regiowacht_agent.files import Files
    from regiowacht_agent.host import Host
    from regiowacht_contract.catalogue import Metric

OFTEN = ("operstate", "carrier_changes", "flags", "mtu")
"""Attributes that change by themselves or at a stroke.

A link that comes or goes shows in ``carrier_changes``, and one that agrees on another duplex does so too.
"""

SPEED = "speed"
"""The speed of a bond changes without any of them, so that it is read often as well.

But an interface that cannot be asked for its speed (EINVAL), as the loopback, can be only once it is switched on,
which ``flags`` shows; then it is read as seldom as the rest.
"""

SELDOM = (
    SPEED,
    *("addr_assign_type", "address", "broadcast", "carrier", "carrier_down_count", "carrier_up_count", "dev_id"),
    *("dormant", "duplex", "ifalias", "ifindex", "iflink", "link_mode", "name_assign_type", "netdev_group"),
    *("tx_queue_len", "type"),
)
"""Attributes that somebody sets, or that change only together with one above."""

NUMBERS = {
    "addr_assign_type": "node_network_address_assign_type",
    "carrier": "node_network_carrier",
    "carrier_changes": "node_network_carrier_changes_total",
    "carrier_down_count": "node_network_carrier_down_changes_total",
    "carrier_up_count": "node_network_carrier_up_changes_total",
    "dev_id": "node_network_device_id",
    "dormant": "node_network_dormant",
    "flags": "node_network_flags",
    "ifindex": "node_network_iface_id",
    "iflink": "node_network_iface_link",
    "link_mode": "node_network_iface_link_mode",
    "mtu": "node_network_mtu_bytes",
    "name_assign_type": "node_network_name_assign_type",
    "netdev_group": "node_network_net_dev_group",
    "tx_queue_len": "node_network_transmit_queue_length",
    "type": "node_network_protocol_type",
}
"""Metric of each attribute that is a number and told as it is."""

BYTES_PER_MEGABIT = 125_000
IFF_UP = 1


class Netclass:
    """``node_network_up``, ``_info`` and the ``node_network_*`` of single attributes."""

    def __init__(self, config: Config, metrics: Metrics) -> None:
        takes = DeviceFilter.of(config.netclass.ignored_devices).takes
        self._devices = Devices(f"{config.paths.sysfs}/class/net", takes)
        self._invalid_speed = not config.netclass.ignore_invalid_speed
        self._up = metrics["node_network_up"]
        self._info = metrics["node_network_info"]
        self._speed = metrics["node_network_speed_bytes"]
        self._numbers = tuple((attribute, metrics[name]) for attribute, name in NUMBERS.items())
        self._names: tuple[str, ...] = ()
        self._fast: tuple[str, ...] = ()
        self._often: tuple[str, ...] = ()
        self._told: list[bytes] = []
        self._seldom: dict[str, list[bytes]] = {}
        self._kept = Kept()
        self._block = EMPTY

    def read(self, host: Host) -> Block:
        """Return what is known of every interface; an attribute that one does not have is left out.

        Raises:
            NoData: the kernel has no network.
        """
        files = host.files
        due = self._devices.look(files)
        names = self._devices.names
        if self._names is not names:
            self._names = names
            self._told, self._seldom = [], {}
            self._arrange()
        told = files.attributes(self._often)
        changed = set(due) if told == self._told else self._changed(told) | due
        if self._read_seldom(files, changed) or told != self._told:
            self._told = told
            self._block = self._tell(names, told)
            self._arrange()
        return self._block

    def _arrange(self) -> None:
        """Put together what is read each time; where that is something else than before, all is looked at again."""
        fast = tuple(name for name in self._names if self._seldom.get(name, (b"",))[0])
        path = self._devices.path
        often = tuple(f"{path(name)}/{attribute}" for name in self._names for attribute in OFTEN)
        often += tuple(f"{path(name)}/{SPEED}" for name in fast)
        if often != self._often:
            self._fast, self._often, self._told = fast, often, []

    def _changed(self, told: list[bytes]) -> set[str]:
        """Return the interfaces of which anything that is read at every turn is another than before."""
        if not self._told:
            return set(self._names)
        of_each = (*(name for name in self._names for _attribute in OFTEN), *self._fast)
        return {name for name, now, before in zip(of_each, told, self._told, strict=True) if now != before}

    def _read_seldom(self, files: Files, names: AbstractSet[str]) -> bool:
        """Read the other attributes of these interfaces; return whether one differs."""
        differs = False
        for name in names:
            path = self._devices.path(name)
            now = files.attributes([f"{path}/{attribute}" for attribute in SELDOM], keep=False)
            differs = differs or now != self._seldom.get(name)
            self._seldom[name] = now
        return differs

    def _tell(self, names: tuple[str, ...], told: list[bytes]) -> Block:
        series: list[Series] = []
        values: list[Value] = []
        step = len(OFTEN)
        speeds = dict(zip(self._fast, told[len(names) * step :], strict=True))
        for at, name in enumerate(names):
            speed, *seldom = self._seldom[name]
            raw = [*told[at * step : at * step + step], speeds.get(name, speed), *seldom]
            texts = [text.decode("utf-8", "surrogateescape").strip() for text in raw]
            for metric, labels, value in self._interface(name, dict(zip((*OFTEN, *SELDOM), texts, strict=True))):
                series.append((metric, labels))
                values.append(value)
        return Still(self._kept.layout(series, lambda: series), values)

    def _interface(self, name: str, texts: dict[str, str]) -> Iterator[tuple[Metric, tuple[str, ...], Value]]:
        """Yield the series of one interface; none of one that went away meanwhile."""
        if not any(texts.values()):
            return
        state = texts["operstate"]
        flags = _number(texts["flags"])
        admin = "unknown" if flags is None else "up" if int(flags) & IFF_UP else "down"
        identity = (name, texts["address"], texts["broadcast"], texts["duplex"], state, admin, texts["ifalias"])
        yield self._up, (name,), int(state == "up")
        yield self._info, identity, 1
        for attribute, metric in self._numbers:
            number = _number(texts[attribute])
            if number is not None:
                yield metric, (name,), number
        speed = _number(texts["speed"])
        if speed is not None and (self._invalid_speed or int(speed) >= 0):
            yield self._speed, (name,), int(speed) * BYTES_PER_MEGABIT


def _number(text: str) -> str | None:
    """Return a whole number, which the kernel may write with 0x before it, in decimals; None where it is none."""
    if text.isdecimal():
        return text
    try:
        return str(int(text, 16) if text.startswith("0x") else int(text))
    except ValueError:
        return None


def make(config: Config, metrics: Metrics) -> Family:
    """Return the family."""
    return Netclass(config, metrics)
