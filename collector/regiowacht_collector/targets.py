"""Who is scraped, and how: one file of targets a gemeente."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from regiowacht_collector.trust import Trust
from regiowacht_contract.defaults import AGENT_PORT
from regiowacht_contract.labels import OVERIG, scope

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping

    from regiowacht_collector.options import Options
    from regiowacht_inventory import Asset, Region

PAGE, DEVICES = "page", "devices"
"""Label and value of what is told of a page of devices itself; nothing that stands on such a page has it."""


def target_files(region: Region, options: Options) -> dict[str, bytes]:
    """Return ``targets/GEMEENTE.json`` for every gemeente, also where it has no target.

    Only servers with an agent (job ``node``) whose address is known and that do not push are scraped; devices and
    probes are asked by the agents of their site. See "file_sd_config" in Prometheus' documentation.
    """
    by_gemeente: dict[str, list[Asset]] = {gemeente.gemeente: [] for gemeente in region.gemeenten}
    for asset in region.assets:
        by_gemeente[asset.gemeente].append(asset)
    return {f"targets/{gemeente}.json": _file(assets, options) for gemeente, assets in by_gemeente.items()}


def trusts(region: Region, options: Options) -> list[Trust]:
    """Return what certificates of those that are scraped are checked against, each once, the system's own left out."""
    return sorted({_trust(asset) for asset in region.assets if _address(asset, options)} - {Trust()})


Groups = dict[Trust, list[dict[str, object]]]
"""Targets with their labels, by whom they trust."""


def poller_groups(region: Region, gemeente: str, options: Options) -> Groups:
    """Return the servers of a gemeente whose agents ask others: lines, services, servers without an agent.

    The labels are those of the page itself: of its ``up``, and of nothing that stands on it.
    """
    assets = [asset for asset in region.assets if asset.gemeente == gemeente]
    return _groups(assets, {asset.poller for asset in assets if _is_asked(asset)}, {}, options)


def device_groups(region: Region, gemeente: str, options: Options) -> Groups:
    """Return the servers of a gemeente whose agents ask devices, at once or when their poller is silent.

    Likewise; that their ``up`` is another one than that of the page about everything else, a label more says.
    """
    assets = [asset for asset in region.assets if asset.gemeente == gemeente]
    asking = {name for asset in assets if asset.credential for name in (asset.poller, asset.standby)}
    return _groups(assets, asking, {PAGE: DEVICES}, options)


def _groups(assets: Iterable[Asset], asking: Container[str], more: Mapping[str, str], options: Options) -> Groups:
    groups: Groups = {}
    for asset in assets:
        if asset.name in asking and (address := _address(asset, options)):
            of = {"gemeente": asset.gemeente, "scope": scope(asset.gemeente, OVERIG), "job": "regiowacht"}
            told = {**of, "site": asset.site, "instance": asset.name, **more, **_scheme(asset)}
            groups.setdefault(_trust(asset), []).append({"targets": [address], "labels": told})
    return dict(sorted(groups.items()))


def _is_asked(asset: Asset) -> bool:
    return asset.job == "relay" or (asset.job == "probe" and bool(asset.address))


def _file(assets: Iterable[Asset], options: Options) -> bytes:
    groups = [
        {"targets": [address], "labels": {**asset.target_labels, **_scheme(asset), **_trust(asset).label}}
        for asset in assets
        if (address := _address(asset, options))
    ]
    return (json.dumps(groups, indent=1, ensure_ascii=False) + "\n").encode()


def _scheme(asset: Asset) -> dict[str, str]:
    """Return the label that has a target asked over TLS; it goes no further than its scrape."""
    return {} if asset.tls is None else {"__scheme__": "https"}


def _trust(asset: Asset) -> Trust:
    return Trust() if asset.tls is None else Trust(asset.tls.ca, asset.tls.name)


def _address(asset: Asset, options: Options) -> str:
    """Return ``host:port`` to scrape, or "" where this asset is not to be scraped."""
    if asset.job != "node" or (options.only is not None and asset.key not in options.only):
        return ""
    if asset.key in options.addresses:
        return options.addresses[asset.key]
    if asset.push is not None:
        return ""
    host = f"[{asset.address}]" if ":" in asset.address else asset.address
    return f"{host}:{AGENT_PORT}" if host else ""
