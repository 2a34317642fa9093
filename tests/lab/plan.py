"""What of a region folder stands where in the lab: addresses of lines, ports of switches, hosts with systemd."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import regiowacht_inventory
from tests.lab.frr import Routing

if TYPE_CHECKING:
    from regiowacht_inventory import Asset, Region

FOLDER = Path(__file__).parent / "region"
COLLECTOR = "col"
COLLECTOR_ASN = 65000
WAN = "wan"
"""The router's interface on its line, as ``port:`` of the uplink says."""

SPARE = "spare"
"""A line between the first two gemeenten that is cut until somebody needs it."""


@dataclass(frozen=True, slots=True)
class Town:
    """One gemeente's part of the lab.

    Attributes:
        gemeente: its slug.
        router: the asset that routes; the lab host has its name.
        switch: the asset that joins the building's hosts.
        server: the site's poller: a server with systemd.
        others: its other servers, Linux hosts with an SSH server.
        line: its line to the collector; the collector's end is the line's far end in the region folder.
        number: 1 for the first gemeente; makes its autonomous system.
    """

    gemeente: str
    router: Asset
    switch: Asset
    server: Asset
    others: tuple[Asset, ...]
    line: Asset
    number: int

    @property
    def asn(self) -> int:
        """Its router's autonomous system."""
        return COLLECTOR_ASN + self.number

    @property
    def lan(self) -> ipaddress.IPv4Network:
        """The building's network."""
        return ipaddress.IPv4Network(f"{self.router.address}/24", strict=False)

    def near(self) -> str:
        """Return the collector's address on its line, with prefix length."""
        return f"{self.line.address}/30"

    def far(self) -> str:
        """Return the router's address on its line, with prefix length."""
        return f"{ipaddress.IPv4Address(self.line.address) + 1}/30"

    def in_lan(self, asset: Asset) -> str:
        """Return an asset's address with the building's prefix length."""
        return f"{asset.address}/{self.lan.prefixlen}"


def read_region() -> Region:
    """Return the lab's region, read by the product from its folder."""
    return regiowacht_inventory.load(FOLDER)


def towns(region: Region) -> list[Town]:
    """Return what each gemeente has in the lab."""
    return [_town(region, one.gemeente, number) for number, one in enumerate(region.gemeenten, start=1)]


def spare(number: int) -> str:
    """Return the spare line's address at the town of that number, with prefix length."""
    return f"10.0.100.{number}/30"


def routing_of(town: Town, all_towns: list[Town]) -> Routing:
    """Return what a town's router is told."""
    peers = {town.near().split("/")[0]: COLLECTOR_ASN}
    if town.number <= 2:
        other = all_towns[2 - town.number]
        address = spare(other.number).split("/")[0]
        return Routing(
            f"10.255.0.{town.number}", town.asn, [WAN, SPARE], {**peers, address: other.asn}, frozenset({address})
        )
    return Routing(f"10.255.0.{town.number}", town.asn, [WAN], peers)


def routing_of_collector(all_towns: list[Town]) -> Routing:
    """Return what the collector's own router is told."""
    peers = {town.far().split("/")[0]: town.asn for town in all_towns}
    return Routing("10.255.0.254", COLLECTOR_ASN, [town.line.name for town in all_towns], peers)


def _town(region: Region, gemeente: str, number: int) -> Town:
    assets = [asset for asset in region.assets if asset.gemeente == gemeente]
    router = next(asset for asset in assets if asset.kind == "router")
    servers = [asset for asset in assets if asset.kind == "server"]
    server = next(asset for asset in servers if asset.name == router.poller)
    return Town(
        gemeente=gemeente,
        router=router,
        switch=next(asset for asset in assets if asset.kind == "switch"),
        server=server,
        others=tuple(asset for asset in servers if asset != server),
        line=next(asset for asset in assets if asset.kind == "link"),
        number=number,
    )
