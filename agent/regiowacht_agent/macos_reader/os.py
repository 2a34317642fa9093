"""What macOS this is, from SystemVersion.plist."""

from __future__ import annotations

import plistlib
import re
from typing import TYPE_CHECKING

from regiowacht_agent.family import NoData, Sample

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_agent.config import Config
    from regiowacht_agent.family import Metrics, SampleFamily
    from regiowacht_agent.host import Host

FILE = "System/Library/CoreServices/SystemVersion.plist"


class Os:
    """``node_os_info`` and ``node_os_version``."""

    def __init__(self, metrics: Metrics) -> None:
        self._info = metrics["node_os_info"]
        self._version = metrics["node_os_version"]

    def read(self, host: Host) -> Iterator[Sample]:
        """Yield what the file says.

        Raises:
            NoData: there is no such file.
        """
        text = host.text(f"{host.rootfs}/{FILE}", "")
        if not text:
            raise NoData("no SystemVersion.plist")
        told = plistlib.loads(text.encode())
        name, version = told.get("ProductName", ""), told.get("ProductVersion", "")
        labels = {
            "name": name,
            "version": version,
            "version_id": version,
            "build_id": told.get("ProductBuildVersion", ""),
        }
        yield Sample(self._info, tuple(labels.get(label, "") for label in self._info.labels), 1)
        if number := re.match(r"\d+\.?\d*", version):
            yield Sample(self._version, ("", "", name), float(number[0]))


def make(_config: Config, metrics: Metrics) -> SampleFamily:
    """Return the family."""
    return Os(metrics)
