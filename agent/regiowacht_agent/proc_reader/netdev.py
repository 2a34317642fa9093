"""Traffic of network interfaces, from the kernel's routing socket or /proc/net/dev."""

from __future__ import annotations

from regiowacht_agent.block import Block, Kept
from regiowacht_agent.device_filter import DeviceFilter
from regiowacht_agent.family import NoData
from regiowacht_agent.links import COUNTERS, Addresses, Link, Links
from regiowacht_contract.light import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from regiowacht_agent.block import Series, Value
    from regiowacht_agent.config import Config
    from regiowacht_agent.family import Family, Metrics
    from regiowacht_agent.host import Host
    from regiowacht_agent.links import Address
    from regiowacht_contract.catalogue import Metric

FIELDS = (
    *("receive_bytes", "receive_packets", "receive_errs", "receive_drop", "receive_fifo", "receive_frame"),
    *("receive_compressed", "receive_multicast"),
    *("transmit_bytes", "transmit_packets", "transmit_errs", "transmit_drop", "transmit_fifo", "transmit_colls"),
    *("transmit_carrier", "transmit_compressed"),
)
"""The columns of /proc/net/dev in their order (proc_pid_net(5))."""

NOHANDLER = "receive_nohandler"
"""What only the socket tells."""

DETAILS = (
    *("receive_packets", "transmit_packets", "receive_bytes", "transmit_bytes", "receive_errors", "transmit_errors"),
    *("receive_dropped", "transmit_dropped", "multicast", "collisions", "receive_length_errors"),
    *("receive_over_errors", "receive_crc_errors", "receive_frame_errors", "receive_fifo_errors"),
    *("receive_missed_errors", "transmit_aborted_errors", "transmit_carrier_errors", "transmit_fifo_errors"),
    *("transmit_heartbeat_errors", "transmit_window_errors", "receive_compressed", "transmit_compressed", NOHANDLER),
)
"""The kernel's own counters, in the order of rtnl_link_stats64 (linux/if_link.h)."""

Told = list[tuple[Link, "Sequence[Value]"]]


class Netdev:
    """``node_network_receive_*`` and ``node_network_transmit_*``."""

    def __init__(self, config: Config, metrics: Metrics) -> None:
        settings = config.netdev
        self._path = f"{config.paths.procfs}/net/dev"
        self._class = f"{config.paths.sysfs}/class/net"
        self._takes = DeviceFilter.of(settings.device_exclude, settings.device_include).takes
        self._links = Links() if settings.netlink else None
        self._detailed = settings.enable_detailed_metrics
        self._label_alias = settings.label_ifalias
        plain = [metrics[f"node_network_{field}_total"] for field in (*FIELDS, NOHANDLER)]
        details = [replace(plain[0], name=f"node_network_{field}_total", help=_help(field)) for field in DETAILS]
        self._address = metrics["node_network_address_info"]
        self._addresses = Addresses() if settings.address_info else None
        self._metrics = self._labelled(details if self._detailed and settings.netlink else plain)
        self._before: dict[Link, tuple[bytes, Sequence[Value]]] = {}
        self._kept = Kept()

    def read(self, host: Host) -> Block:
        """Return the counters of every interface, raw: a counter that wraps is Prometheus's to handle.

        Raises:
            NoData: the machine has no interface at all, not even the loopback.
        """
        told = self._told(host)
        if not told:
            raise NoData("no network interfaces")
        taken = [one for one in told if self._takes(one[0].name)]
        # The file has one counter fewer than the socket.
        key = [(link, len(numbers)) for link, numbers in taken]
        values = [value for _link, numbers in taken for value in numbers]
        addresses = self._addresses.read() if self._addresses else []
        layout = self._kept.layout((key, addresses), lambda: self._series(key, addresses))
        return Block(layout, values + [1] * len(addresses))

    def _told(self, host: Host) -> Told:
        """Ask the socket; where this process may have none, or the kernel is too old, read the file.

        Raises:
            OSError: details are wanted, which the file does not have.
        """
        if self._links is not None:
            try:
                told = self._links.read()
            except OSError:
                if self._detailed:
                    raise
            else:
                self._before = {link: self._numbers(link, counters) for link, counters in told}
                return [(link, numbers) for link, (_counters, numbers) in self._before.items()]
        rows = (row.rpartition(":") for row in host.files.lines(self._path)[2:])
        lines = ((name.strip(), counters.split()) for name, _, counters in rows)
        # A table of several pages can tell a device twice that moved in it between two of them.
        found = {name: counters for name, counters in lines if len(counters) == len(FIELDS)}
        return [(self._link(host, name), counters) for name, counters in found.items()]

    def _numbers(self, link: Link, counters: bytes) -> tuple[bytes, Sequence[Value]]:
        """Return the counters as they came and as they are told; most interfaces of a server are silent."""
        before = self._before.get(link)
        if before is not None and before[0] == counters:
            return before
        numbers = COUNTERS.unpack(counters)
        return counters, list(map(str, numbers if self._detailed else _plain(numbers)))

    def _link(self, host: Host, name: str) -> Link:
        return Link(name, host.text(f"{self._class}/{name}/ifalias", "") if self._label_alias else "")

    def _labelled(self, metrics: list[Metric]) -> tuple[Metric, ...]:
        if not self._label_alias:
            return tuple(metrics)
        return tuple(replace(metric, labels=(*metric.labels, "ifalias")) for metric in metrics)

    def _series(self, key: list[tuple[Link, int]], addresses: list[Address]) -> Iterator[Series]:
        for link, size in key:
            labels = tuple(link) if self._label_alias else (link.name,)
            yield from ((metric, labels) for metric in self._metrics[:size])
        yield from ((self._address, tuple(address)) for address in addresses)


def _plain(numbers: Sequence[int]) -> tuple[int, ...]:
    """Return the counters as /proc/net/dev sums them up (dev_seq_printf_stats in the kernel), and at last nohandler."""
    (
        rx_packets, tx_packets, rx_bytes, tx_bytes, rx_errors, tx_errors, rx_dropped, tx_dropped, multicast, collisions,
        rx_length, rx_over, rx_crc, rx_frame, rx_fifo, rx_missed, tx_aborted, tx_carrier, tx_fifo, tx_heartbeat,
        tx_window, rx_compressed, tx_compressed, nohandler,
    ) = numbers  # fmt: skip
    return (
        rx_bytes, rx_packets, rx_errors, rx_dropped + rx_missed, rx_fifo, rx_length + rx_over + rx_crc + rx_frame,
        rx_compressed, multicast, tx_bytes, tx_packets, tx_errors, tx_dropped, tx_fifo, collisions,
        tx_carrier + tx_aborted + tx_window + tx_heartbeat, tx_compressed, nohandler,
    )  # fmt: skip


def _help(field: str) -> str:
    return f"The kernel's counter {field} of the interface."


def make(config: Config, metrics: Metrics) -> Family:
    """Return the family."""
    return Netdev(config, metrics)
