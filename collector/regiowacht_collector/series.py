"""What the region declares, as info series in the text exposition format."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import Metric as Family
from prometheus_client.registry import Collector

from regiowacht_collector.alerts.behind import hangs_on
from regiowacht_collector.pushed import push_intervals
from regiowacht_contract.catalogue import metric
from regiowacht_contract.labels import OVERIG, scope

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from regiowacht_inventory import Asset, Region, Traject

Sample = tuple[dict[str, str], float]


def family(name: str, samples: Iterable[Sample]) -> Family:
    """Return a family of that name with its type and help from the catalogue.

    Raises:
        CatalogueError: the catalogue has no metric of that name.
    """
    declared = metric(name)
    made = Family(name.removesuffix("_total"), declared.help, declared.exposition_type)
    for labels, value in samples:
        made.add_sample(name, labels, value)
    return made


def expose(families: Iterable[Family]) -> bytes:
    """Return the families in text format 0.0.4."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Fixed(families))
    return generate_latest(registry)


def region_families(region: Region) -> Iterator[Family]:
    """Return one family a kind of fact: assets, what they hang on, how often they are told of, links, gemeenten."""
    yield family("regiowacht_asset_info", ((_asset(asset), 1) for asset in region.assets))
    yield family("regiowacht_asset_hangs_on", _hangs_on(region))
    yield family("regiowacht_link_bandwidth_bits_per_second", _bandwidths(region))
    yield family(
        "regiowacht_asset_push_interval_seconds",
        ((asset.target_labels, interval_s) for asset, interval_s in push_intervals(region)),
    )
    yield family(
        "regiowacht_gemeente_info",
        (
            (
                {
                    "gemeente": gemeente.gemeente,
                    "scope": scope(gemeente.gemeente, OVERIG),
                    "regio": region.regio,
                    "id": str(gemeente.id),
                    "country": gemeente.country,
                    "code": gemeente.code,
                },
                1,
            )
            for gemeente in region.gemeenten
        ),
    )
    yield family(
        "regiowacht_gemeente_inhabitants",
        (
            ({"gemeente": gemeente.gemeente, "scope": scope(gemeente.gemeente, OVERIG)}, gemeente.inhabitants)
            for gemeente in region.gemeenten
            if gemeente.inhabitants is not None
        ),
    )
    yield family("regiowacht_traject_info", (sample for traject in region.trajecten for sample in _traject(traject)))


def remembered_family(region: Region, remembered: Iterable[tuple[str, str, str]]) -> Family:
    """Return ``regiowacht_asset_remembered`` for the declared assets among ``remembered`` (gemeente, instance, job)."""
    seen = frozenset(remembered)
    return family(
        "regiowacht_asset_remembered",
        ((asset.target_labels, 1) for asset in region.assets if (asset.gemeente, asset.name, asset.job) in seen),
    )


class _Fixed(Collector):
    """Families that are already made."""

    def __init__(self, families: Iterable[Family]) -> None:
        self._families = tuple(families)

    def collect(self) -> Iterable[Family]:
        return self._families


def _asset(asset: Asset) -> dict[str, str]:
    return {
        **asset.target_labels,
        "kind": asset.kind,
        "laag": asset.laag,
        "leverancier": asset.leverancier,
        "uplink": asset.uplink,
        "poller": asset.poller,
    }


def _hangs_on(region: Region) -> Iterator[Sample]:
    above = hangs_on(region)
    for asset in region.assets:
        for parent in sorted(above.get(asset.key, ())):
            yield {**asset.target_labels, "parent": parent}, 1


def _bandwidths(region: Region) -> Iterator[Sample]:
    declared = {
        (gemeente.gemeente, link.name): link
        for gemeente in region.gemeenten
        for site in gemeente.sites.values()
        for link in site.uplinks
    }
    for asset in region.assets:
        link = declared.get(asset.key)
        if link is not None and link.bandwidth_bps is not None:
            ends = {"device": link.device or "", "port": link.port or ""}
            yield {**asset.target_labels, **ends}, link.bandwidth_bps


def _traject(traject: Traject) -> Iterator[Sample]:
    for role, gemeenten in (("trekker", traject.trekkers), ("volger", traject.volgers)):
        for gemeente in gemeenten:
            labels = {"traject": traject.name, "laag": traject.laag, "gemeente": gemeente}
            yield {**labels, "scope": scope(gemeente, traject.laag), "role": role}, 1
