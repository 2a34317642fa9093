"""The distribution, from os-release(5)."""

from __future__ import annotations

import os

from regiowacht_agent.block import EMPTY, Block, Layout, Still
from regiowacht_agent.family import NoData
from regiowacht_agent.os_release import FILES, parse, support_end, version

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_agent.block import Series, Value
    from regiowacht_agent.config import Config
    from regiowacht_agent.family import Family, Metrics
    from regiowacht_agent.host import Host

Stamp = tuple[str, int, int, int]
"""Path, device, inode and time of change: another one means another text."""


class Os:
    """``node_os_info``, ``node_os_version`` and the end of support where the distribution tells it."""

    def __init__(self, config: Config, metrics: Metrics) -> None:
        self._paths = tuple(os.path.join(config.paths.rootfs, file) for file in FILES)  # noqa: PTH118 - asked each time
        self._info = metrics["node_os_info"]
        self._version = metrics["node_os_version"]
        self._support_end = metrics["node_os_support_end_timestamp_seconds"]
        self._stamp: Stamp | None = None
        self._block = EMPTY

    def read(self, host: Host) -> Block:
        """Return what the first os-release file says; it is read again only when it is another one.

        Raises:
            NoData: the distribution has none.
        """
        stamp = next(filter(None, map(_stamp, self._paths)), None)
        if stamp is None:
            raise NoData("no os-release file")
        if stamp != self._stamp:
            told = list(self._told(parse(host.text(stamp[0]))))
            self._block = Still(Layout(series for series, _value in told), [value for _series, value in told])
            self._stamp = stamp
        return self._block

    def _told(self, told: dict[str, str]) -> Iterator[tuple[Series, Value]]:
        yield (self._info, tuple(told.get(label.upper(), "") for label in self._info.labels)), 1
        if number := version(told):
            yield (self._version, (told.get("ID", ""), told.get("ID_LIKE", ""), told.get("NAME", ""))), number
        end = support_end(told)
        if end is not None:
            yield (self._support_end, ()), end


def _stamp(path: str) -> Stamp | None:
    try:
        found = os.stat(path)  # noqa: PTH116 - a third of the cost of a Path's
    except OSError:
        return None
    return path, found.st_dev, found.st_ino, found.st_mtime_ns


def make(config: Config, metrics: Metrics) -> Family:
    """Return the family."""
    return Os(config, metrics)
