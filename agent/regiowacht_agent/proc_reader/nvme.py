"""NVMe controllers and their namespaces, from /sys/class/nvme."""

from __future__ import annotations

import os
import re

from regiowacht_agent.block import Block, Kept
from regiowacht_agent.devices import Devices

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_agent.block import Series, Value
    from regiowacht_agent.config import Config
    from regiowacht_agent.family import Family, Metrics
    from regiowacht_agent.files import Files
    from regiowacht_agent.host import Host
    from regiowacht_contract.catalogue import Metric

ABOUT = ("firmware_rev", "model", "serial", "state", "cntlid")
NAMESPACE = re.compile(r"nvme\d+(?:c\d+)?n(\d+)")
"""A namespace below its controller; with a second path to it the number of the controller stands in between."""

OF_NAMESPACE = ("ana_state", "size", "nuse", "queue/logical_block_size")


class Nvme:
    """``node_nvme_info`` and ``node_nvme_namespace_*``."""

    def __init__(self, config: Config, metrics: Metrics) -> None:
        self._controllers = Devices(f"{config.paths.sysfs}/class/nvme")
        self._info = metrics["node_nvme_info"]
        self._about = metrics["node_nvme_namespace_info"]
        self._sizes = tuple(
            metrics[f"node_nvme_namespace_{what}_bytes"] for what in ("capacity", "size", "used", "logical_block_size")
        )
        self._namespaces: dict[str, list[tuple[str, str]]] = {}
        self._kept = Kept()

    def read(self, host: Host) -> Block:
        """Return who the controllers are and how large their namespaces; these are listed when one is due.

        Sizes are the kernel's numbers times the size of a logical block, as node_exporter computes them.

        Raises:
            NoData: the kernel knows none.
        """
        files = host.files
        due = self._controllers.look(files)
        series: list[Series] = []
        values: list[Value] = []
        for name in self._controllers.names:
            path = self._controllers.path(name)
            if name in due:
                self._namespaces[name] = list(_namespaces(path))
            about = _texts(files, path, ABOUT)
            if any(about):
                series.append((self._info, (name, *about)))
                values.append(1)
            for number, below in self._namespaces[name]:
                for metric, labels, value in self._namespace(files, name, number, below):
                    series.append((metric, labels))
                    values.append(value)
        return Block(self._kept.layout(series, lambda: series), values)

    def _namespace(
        self, files: Files, device: str, number: str, path: str
    ) -> Iterator[tuple[Metric, tuple[str, ...], Value]]:
        """Yield the series of one namespace; none of one that went away or tells no sizes."""
        state, *numbers = _texts(files, path, OF_NAMESPACE)
        if not all(text.isdecimal() for text in numbers):
            return
        blocks, used, block_bytes = map(int, numbers)
        yield self._about, (device, number, state or "unknown"), 1
        sizes = (blocks * block_bytes, blocks * block_bytes, used * block_bytes, block_bytes)
        for metric, value in zip(self._sizes, sizes, strict=True):
            yield metric, (device, number), value


def _namespaces(controller: str) -> Iterator[tuple[str, str]]:
    """Yield number and path of the namespaces of a controller."""
    try:
        names = sorted(os.listdir(controller))  # noqa: PTH208 - names alone are wanted
    except OSError:
        return  # gone since it was listed
    for name in names:
        if match := NAMESPACE.fullmatch(name):
            yield match[1], f"{controller}/{name}"


def _texts(files: Files, path: str, names: tuple[str, ...]) -> list[str]:
    told = files.attributes([f"{path}/{name}" for name in names])
    return [text.decode("utf-8", "surrogateescape").strip() for text in told]


def make(config: Config, metrics: Metrics) -> Family:
    """Return the family."""
    return Nvme(config, metrics)
