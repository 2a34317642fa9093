"""Bonds of network interfaces, from /sys/class/net."""

from __future__ import annotations

from regiowacht_agent.block import Block, Kept
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


class Bonding:
    """``node_bonding_slaves`` and ``node_bonding_active``."""

    def __init__(self, config: Config, metrics: Metrics) -> None:
        self._net = f"{config.paths.sysfs}/class/net"
        self._interfaces = Devices(self._net)
        self._names: tuple[str, ...] = ()
        self._slaves = metrics["node_bonding_slaves"]
        self._active = metrics["node_bonding_active"]
        self._kept = Kept()
        self._without: bytes | None = None

    def read(self, host: Host) -> Block:
        """Return how many interfaces each bond has, and of how many the link works (bonding.rst of the kernel).

        Raises:
            NoData: the kernel has no bonds (its module is not loaded).
            OSError: the list of bonds may not be read.
        """
        files = host.files
        if self._without is not None and self._without == files.events:
            raise NoData("no bonds")
        try:
            masters = files.attribute(f"{self._net}/bonding_masters").split()
        except FileNotFoundError:
            self._without = files.events
            raise NoData("no bonds") from None
        self._forget_renamed(files)
        told: list[str] = []
        values: list[int] = []
        for master in masters:
            try:
                slaves = files.attribute(f"{self._net}/{master}/bonding/slaves").split()
            except OSError:
                continue  # the bond is gone since it was listed
            told.append(master)
            values += (len(slaves), sum(self._is_up(files, f"{self._net}/{master}", slave) for slave in slaves))
        return Block(self._kept.layout(told, lambda: self._series(told)), values)

    def _forget_renamed(self, files: Files) -> None:
        """Let go of what stands below an interface, since it bears the names of other ones."""
        self._interfaces.look(files)
        if self._names is not self._interfaces.names:
            self._names = self._interfaces.names
            files.forget(f"{self._net}/")

    def _is_up(self, files: Files, master: str, slave: str) -> bool:
        # Kernels before 3.13 call the link from the bond to its part slave_NAME.
        for prefix in ("lower", "slave"):
            state = files.attribute_or(f"{master}/{prefix}_{slave}/bonding_slave/mii_status")
            if state:
                return state == "up"
        return False

    def _series(self, masters: list[str]) -> Iterator[Series]:
        return ((metric, (master,)) for master in masters for metric in (self._slaves, self._active))


def make(config: Config, metrics: Metrics) -> Family:
    """Return the family."""
    return Bonding(config, metrics)
