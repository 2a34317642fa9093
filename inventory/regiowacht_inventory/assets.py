"""Turns what a gemeente declares into assets, one shape for everything that has a state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from regiowacht_contract.labels import scope
from regiowacht_inventory import collector_probe
from regiowacht_inventory.agent_push import push_of
from regiowacht_inventory.agent_tls import tls_of
from regiowacht_inventory.kinds import ASSET_LAAG, DEVICE_LAAG

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from regiowacht_contract.labels import Job, Laag
    from regiowacht_inventory.agent_push import AgentPush
    from regiowacht_inventory.agent_tls import AgentTls
    from regiowacht_inventory.schema import Collector, Gemeente, RegionFile


@dataclass(frozen=True, slots=True)
class Asset:
    """Anything the region folder declares that can be up or down.

    Attributes:
        gemeente: slug of the gemeente.
        site: slug of the site.
        name: the label ``instance``; unique within a gemeente.
        kind: ``server``, ``link``, ``service``, or the device's kind.
        laag: the layer it belongs to.
        job: how it is measured: ``node`` by its own agent, ``relay`` through another's, ``snmp``, or ``probe``.
        leverancier: slug of the supplier, or "".
        uplink: name of the device it hangs on (for a link: the device it ends on), or "".
        poller: name of the server whose agent asks it, or "" where it measures itself.
        address: address, far end of a link, target of a service, or "".
        tls: how its own agent answers over TLS, or None where it does not.
        credential: name of the credential it is asked with over SNMP, or "".
        standby: name of the server whose agent asks it while its poller is silent, or "".
        push: how its own agent sends what it measures, or None where the collector asks for it.
    """

    gemeente: str
    site: str
    name: str
    kind: str
    laag: Laag
    job: Job
    leverancier: str
    uplink: str
    poller: str
    address: str
    tls: AgentTls | None = None
    credential: str = ""
    standby: str = ""
    push: AgentPush | None = None

    @property
    def key(self) -> tuple[str, str]:
        """(gemeente, name): what tells it from every other asset of the region."""
        return self.gemeente, self.name

    @property
    def target_labels(self) -> dict[str, str]:
        """The five labels that every series about it carries, in the order of the contract."""
        return {
            "gemeente": self.gemeente,
            "scope": scope(self.gemeente, self.laag),
            "site": self.site,
            "instance": self.name,
            "job": self.job,
        }


def derive_assets(region: RegionFile, gemeenten: Iterable[Gemeente]) -> tuple[Asset, ...]:
    """Return every asset of the gemeenten, sorted by (gemeente, site, name)."""
    assets = [asset for gemeente in gemeenten for asset in _assets(region, gemeente)]
    return tuple(sorted(assets, key=lambda asset: (asset.gemeente, asset.site, asset.name)))


def _assets(region: RegionFile, gemeente: Gemeente) -> Iterator[Asset]:
    yield from _collector(region.collector, gemeente)
    yield from _links(gemeente)
    yield from _servers(region, gemeente)
    yield from _devices(gemeente)
    yield from _services(gemeente)


def _poller(gemeente: Gemeente, site: str, polled_by: str | None) -> str:
    return polled_by or gemeente.sites[site].poller or ""


def _collector(collector: Collector, gemeente: Gemeente) -> Iterator[Asset]:
    """Yield the collector as each site sees it: whether a building can be reached from there is not its neighbour's."""
    for site, poller in collector_probe.who_asks(collector, gemeente).items():
        yield Asset(
            gemeente=gemeente.gemeente,
            site=site,
            name=collector_probe.name_of(site),
            kind="service",
            laag=collector_probe.LAAG,
            job="probe",
            leverancier="",
            uplink="",
            poller=poller,
            address=collector.url,
        )


def _links(gemeente: Gemeente) -> Iterator[Asset]:
    for site, declared in gemeente.sites.items():
        for link in declared.uplinks:
            yield Asset(
                gemeente=gemeente.gemeente,
                site=site,
                name=link.name,
                kind="link",
                laag=ASSET_LAAG["link"],
                job="probe",
                leverancier=link.leverancier or "",
                uplink=link.device or "",
                poller=declared.poller or "",
                address=link.far_end or "",
            )


def _servers(region: RegionFile, gemeente: Gemeente) -> Iterator[Asset]:
    for server in gemeente.servers:
        yield Asset(
            gemeente=gemeente.gemeente,
            site=server.site,
            name=server.name,
            kind="server",
            laag=ASSET_LAAG["server"],
            job="relay" if server.relay else "node",
            leverancier=server.leverancier or "",
            uplink="",
            poller=_poller(gemeente, server.site, server.polled_by) if server.relay else "",
            address=server.address or "",
            tls=tls_of(region, gemeente, server),
            push=push_of(region, gemeente, server),
        )


def _devices(gemeente: Gemeente) -> Iterator[Asset]:
    for device in gemeente.devices:
        poller = _poller(gemeente, device.site, device.polled_by)
        standby = gemeente.sites[device.site].standby or ""
        yield Asset(
            gemeente=gemeente.gemeente,
            site=device.site,
            name=device.name,
            kind=device.kind,
            laag=DEVICE_LAAG[device.kind],
            job="snmp",
            leverancier=device.leverancier or "",
            uplink=device.uplink or "",
            poller=poller,
            address=device.address,
            credential=device.snmp or "",
            standby=standby if standby != poller else "",
        )


def _services(gemeente: Gemeente) -> Iterator[Asset]:
    for service in gemeente.services:
        yield Asset(
            gemeente=gemeente.gemeente,
            site=service.site,
            name=service.name,
            kind="service",
            laag=service.laag,
            job="probe",
            leverancier=service.leverancier or "",
            uplink="",
            poller=_poller(gemeente, service.site, service.polled_by),
            address=service.target,
        )
