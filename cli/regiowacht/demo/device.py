"""The demo's network gear: a real snmpd on loopback, which plays one device that the region declares."""

from __future__ import annotations

import secrets
import shutil
import socket
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from regiowacht_agent.toml_text import item, text_of
from regiowacht_collector.ports import LOOPBACK
from regiowacht_collector.process import EngineProcess

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from regiowacht_inventory import Asset, Region

PROGRAM = "snmpd"
INTERVAL_S = 5
"""The shortest that an agent takes."""

KIND = "switch"
"""What it plays where the region has one: the pages about network gear begin with ports."""

CONFIGURATION = """agentaddress udp:{host}:{port}
rocommunity {community} {host}
sysName {name}
sysLocation {site}
[snmp] persistentDir {folder}
"""
"""snmpd.conf(5)."""


@dataclass(frozen=True, slots=True)
class Device:
    """A device that snmpd plays.

    Attributes:
        asset: which one of the region's.
        port: UDP port on loopback.
        process: snmpd.
        community: file that holds what it is asked with, which goes with the demo.
    """

    asset: Asset
    port: int
    process: EngineProcess
    community: Path

    def configuration(self) -> str:
        """Return what has the demo's agent ask it."""
        told = {
            "instance": self.asset.name,
            "site": self.asset.site,
            "laag": self.asset.laag,
            "address": LOOPBACK,
            "port": self.port,
            "version": "2c",
            "community": f"file:{self.community}",
            "engine": "fast",
        }
        return "\n".join(["[snmp]", f"interval_s = {text_of(INTERVAL_S)}", "", *item("device", told), ""])


def choose_device(region: Region, machine: Asset) -> Asset | None:
    """Return the device to play: one that the region has this machine ask; None: there is none."""
    asked = [
        asset
        for asset in region.assets
        if asset.credential and asset.gemeente == machine.gemeente and asset.poller == machine.name
    ]
    return max(asked, key=lambda asset: (asset.kind == KIND, asset.site == machine.site), default=None)


def find_program() -> str | None:
    """Return where snmpd is; None: it is not on the PATH."""
    return shutil.which(PROGRAM)


@contextmanager
def running_device(asset: Asset, program: str, home: Path) -> Iterator[Device]:
    """Run snmpd for as long as the block lasts. Call it from a thread that lives as long.

    Args:
        asset: the device that it plays.
        program: where snmpd is.
        home: folder that goes with the demo and is nobody else's.
    """
    folder = home / PROGRAM
    folder.mkdir()
    port, community = _free_udp_port(), secrets.token_hex(16)
    place = folder / "community"
    place.write_text(community, encoding="utf-8")
    settings = folder / "snmpd.conf"
    told = CONFIGURATION.format(
        host=LOOPBACK, port=port, community=community, name=asset.name, site=asset.site, folder=folder
    )
    settings.write_text(told, encoding="utf-8")
    # -C: nothing of this machine's own snmpd is read; smux would listen on a port of its own; -LE 4: warnings alone.
    process = EngineProcess([program, "-f", "-LE", "4", "-C", "-c", str(settings), "-I", "-smux"])
    try:
        yield Device(asset, port, process, place)
    finally:
        process.stop()


def _free_udp_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])
