"""Counters of IP, ICMP, TCP and UDP, from /proc/net/netstat, /proc/net/snmp and /proc/net/snmp6."""

from __future__ import annotations

import re

from regiowacht_agent.block import Block, Kept
from regiowacht_agent.family import NoData
from regiowacht_contract.light import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_agent.block import Series, Value
    from regiowacht_agent.config import Config
    from regiowacht_agent.family import Family, Metrics
    from regiowacht_agent.host import Host
    from regiowacht_contract.catalogue import Metric


class _Wanted(NamedTuple):
    """What is wanted of one line: its number, how many words it has, and the places of the words in it."""

    row: int
    width: int
    places: tuple[int, ...]


class Netstat:
    """``node_netstat_PROTOCOL_FIELD``: the wanted fields, untyped as in node_exporter."""

    def __init__(self, config: Config, metrics: Metrics) -> None:
        net = f"{config.paths.procfs}/net"
        self._paths = (f"{net}/netstat", f"{net}/snmp")
        self._path6 = f"{net}/snmp6"
        self._takes = re.compile(config.netstat.fields).search
        self._metrics = metrics
        self._kept = Kept()
        self._wanted: list[_Wanted] = []
        self._wanted6: list[int] = []
        self._size6 = 0

    def read(self, host: Host) -> Block:
        """Return the values as the kernel writes them (proc_pid_net(5); RFC 4022 and others name the fields).

        Raises:
            NoData: the kernel has none of the files.
            ValueError: a line of values has another number of words than its line of names.
        """
        rows = b"".join([host.files.raw_piece(path, b"") for path in self._paths]).split(b"\n")[:-1]
        raw6 = host.files.raw_piece(self._path6, b"")
        rows6 = raw6.split(b"\n")
        if not rows and not raw6:
            raise NoData("no counters of protocols")
        if len(rows) % 2:
            raise ValueError("a line of names without its values")
        heads = rows[::2]
        if len(rows6) != self._size6:
            self._learn6(rows6)
        pairs6 = [_pair(rows6[at]) for at in self._wanted6]
        names6 = [name for name, _value in pairs6]
        layout = self._kept.layout((heads, names6), lambda: self._series(heads, names6))
        values: list[Value] = []
        for at, width, places in self._wanted:
            words = rows[2 * at + 1].decode("utf-8", "surrogateescape").split()
            if len(words) != width:
                raise ValueError(f"{words[0]} {len(words)} values for {width} names")
            values += [words[place] for place in places]
        values += [value for _name, value in pairs6]
        # What is no plain digits is looked at one by one by whoever passes it on.
        return Block(layout, [-1 if value == "-1" else value for value in values] if "-1" in values else values)

    def _learn6(self, rows6: list[bytes]) -> None:
        """Note on which lines of snmp6 the wanted fields stand: a kernel only ever adds lines."""
        self._wanted6 = [at for at, row in enumerate(rows6) if row and self._takes(_key6(_pair(row)[0]))]
        self._size6 = len(rows6)

    def _series(self, heads: list[bytes], names6: list[str]) -> Iterator[Series]:
        """Yield the wanted series, and note where the values of netstat and snmp stand.

        A line of names begins with the protocol and a colon.
        """
        self._wanted = []
        for row, head in enumerate(heads):
            protocol, *names = head.decode("utf-8", "surrogateescape").replace(":", "", 1).split()
            keys = {place: f"{protocol}_{name}" for place, name in enumerate(names, 1)}
            wanted = {place: key for place, key in keys.items() if self._takes(key)}
            if wanted:
                self._wanted.append(_Wanted(row, len(names) + 1, tuple(wanted)))
            yield from ((self._metric(key), ()) for key in wanted.values())
        yield from ((self._metric(_key6(name)), ()) for name in names6)

    def _metric(self, key: str) -> Metric:
        return self._metrics.or_other(f"node_netstat_{key}", "untyped", f"Statistic {key} of the kernel.")


def _key6(name: str) -> str:
    """Return what a field of snmp6 is called: its protocol, which ends with the first 6, and the rest."""
    protocol, six, field = name.partition("6")
    return f"{protocol}6_{field}" if six else ""


def _pair(row: bytes) -> tuple[str, str]:
    """Return the two words of a line of /proc/net/snmp6.

    Raises:
        ValueError: it has more or fewer.
    """
    name, value = row.decode("utf-8", "surrogateescape").split()
    return name, value


def make(config: Config, metrics: Metrics) -> Family:
    """Return the family."""
    return Netstat(config, metrics)
