"""What Windows this is, from the registry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_agent.family import NoData, Sample

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_agent.config import Config
    from regiowacht_agent.family import Metrics, SampleFamily
    from regiowacht_agent.host import Host

CURRENT = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion"
NETWORK = r"SYSTEM\CurrentControlSet\Services\Tcpip\Parameters"
WINDOWS_11 = 22_000
"""The first build of it; the registry calls it 10 still."""


class WindowsOs:
    """``windows_os_info`` and ``windows_os_hostname``."""

    def __init__(self, metrics: Metrics) -> None:
        self._info = metrics["windows_os_info"]
        self._name = metrics["windows_os_hostname"]
        self._installed = metrics["windows_os_install_time_timestamp_seconds"]

    def read(self, host: Host) -> Iterator[Sample]:
        """Yield product, version and name.

        Raises:
            NoData: the registry does not tell.
        """

        def value(name: str, key: str = CURRENT) -> str:
            return str(host.registry(key, name))

        build = value("CurrentBuildNumber")
        if not build:
            raise NoData("the registry tells no version")
        major, minor = value("CurrentMajorVersionNumber"), value("CurrentMinorVersionNumber")
        product = value("ProductName").strip()
        if build.isdecimal() and int(build) >= WINDOWS_11 and value("InstallationType") == "Client":
            product = product.replace(" 10 ", " 11 ", 1)
        version = f"{major}.{minor}.{build}"
        labels = (product, version, major, minor, build, value("UBR") or "0", value("InstallationType"))
        yield Sample(self._info, labels, 1)
        hostname, domain = value("Hostname", NETWORK), value("Domain", NETWORK)
        yield Sample(self._name, (domain, f"{hostname}.{domain}" if domain else hostname, hostname), 1)
        if (installed := value("InstallDate")).isdecimal():
            yield Sample(self._installed, (), int(installed))


def make(_config: Config, metrics: Metrics) -> SampleFamily:
    """Return the family."""
    return WindowsOs(metrics)
