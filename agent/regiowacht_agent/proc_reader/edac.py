"""Errors of the memory that its controllers found, from /sys/devices/system/edac."""

from __future__ import annotations

import os
import re

from regiowacht_agent.block import EMPTY, Block, Kept
from regiowacht_agent.devices import Devices
from regiowacht_agent.family import NoData

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_agent.block import Series
    from regiowacht_agent.config import Config
    from regiowacht_agent.family import Family, Metrics
    from regiowacht_agent.files import Files
    from regiowacht_agent.host import Host

CONTROLLER = re.compile(r"mc(\d+)")
ROW = re.compile(r"csrow(\d+)")
CHANNEL = re.compile(r"ch(\d+)_([cu]e)_count")


class Edac:
    """``node_edac_*_errors_total``: of controllers, of rows of chips and of the channels of a row."""

    def __init__(self, config: Config, metrics: Metrics) -> None:
        folder = f"{config.paths.sysfs}/devices/system/edac/mc"
        self._controllers = Devices(folder, lambda name: CONTROLLER.fullmatch(name) is not None)
        self._metrics = {
            (of, kind): metrics[f"node_edac_{of}{word}_errors_total"]
            for of in ("", "csrow_", "channel_")
            for kind, word in (("ce", "correctable"), ("ue", "uncorrectable"))
        }
        self._names: tuple[str, ...] = ()
        self._counters: dict[str, list[tuple[str, Series]]] = {}
        self._paths: list[str] = []
        self._series: list[Series] = []
        self._kept = Kept()

    def read(self, host: Host) -> Block:
        """Return the counters, raw; which there are is looked up when a controller is due (edac.rst of the kernel).

        Nothing is told, which is no failure, where the memory or its driver knows no errors.
        """
        files = host.files
        try:
            due = self._controllers.look(files)
        except NoData:
            return EMPTY
        names = self._controllers.names
        if due:
            self._counters = {name: self._counters.get(name, []) for name in names}
            for name in due:
                self._counters[name] = list(self._found(files, name))
            counters = [counter for name in names for counter in self._counters[name]]
            self._paths = [path for path, _series in counters]
            self._series = [series for _path, series in counters]
        told = [text.decode("ascii", "replace").strip() for text in files.attributes(self._paths)]
        series = [one for one, text in zip(self._series, told, strict=True) if text.isdecimal()]
        return Block(self._kept.layout(series, lambda: series), [text for text in told if text.isdecimal()])

    def _found(self, files: Files, name: str) -> Iterator[tuple[str, Series]]:
        """Yield path and series of every counter of a controller."""
        path = self._controllers.path(name)
        controller = name.removeprefix("mc")
        for kind in ("ce", "ue"):
            yield f"{path}/{kind}_count", (self._metrics["", kind], (controller,))
            yield f"{path}/{kind}_noinfo_count", (self._metrics["csrow_", kind], (controller, "unknown"))
        for row in _listed(path):
            if match := ROW.fullmatch(row):
                yield from self._of_row(files, f"{path}/{row}", controller, match[1])

    def _of_row(self, files: Files, path: str, controller: str, row: str) -> Iterator[tuple[str, Series]]:
        for kind in ("ce", "ue"):
            yield f"{path}/{kind}_count", (self._metrics["csrow_", kind], (controller, row))
        for name in _listed(path):
            if match := CHANNEL.fullmatch(name):
                labels = (controller, row, match[1], _label(files, f"{path}/ch{match[1]}_dimm_label"))
                yield f"{path}/{name}", (self._metrics["channel_", match[2]], labels)


def _label(files: Files, path: str) -> str:
    """Return what the board calls a memory module, with the words of it set apart as node_exporter does."""
    raw = files.attributes((path,), keep=False)[0].decode("utf-8", "surrogateescape").strip()
    return raw.replace("#", "").replace("csrow", "_csrow").replace("channel", "_channel") or "unknown"


def _listed(folder: str) -> list[str]:
    try:
        return sorted(os.listdir(folder))  # noqa: PTH208 - names alone are wanted
    except OSError:
        return []  # gone since it was listed


def make(config: Config, metrics: Metrics) -> Family:
    """Return the family."""
    return Edac(config, metrics)
