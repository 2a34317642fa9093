"""Who is scraped: one file of targets a gemeente."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from regiowacht_contract.defaults import AGENT_PORT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from regiowacht_collector.options import Options
    from regiowacht_inventory import Asset, Region


def target_files(region: Region, options: Options) -> dict[str, bytes]:
    """Return ``targets/GEMEENTE.json`` for every gemeente, also where it has no target.

    Only servers with an agent (job ``node``) whose address is known are scraped; devices and probes are asked by the
    agents of their site. See "file_sd_config" in Prometheus' documentation.
    """
    by_gemeente: dict[str, list[Asset]] = {gemeente.gemeente: [] for gemeente in region.gemeenten}
    for asset in region.assets:
        by_gemeente[asset.gemeente].append(asset)
    return {f"targets/{gemeente}.json": _file(assets, options) for gemeente, assets in by_gemeente.items()}


def _file(assets: Iterable[Asset], options: Options) -> bytes:
    groups = [
        {"targets": [address], "labels": asset.target_labels}
        for asset in assets
        if (address := _address(asset, options))
    ]
    return (json.dumps(groups, indent=1, ensure_ascii=False) + "\n").encode()


def _address(asset: Asset, options: Options) -> str:
    """Return ``host:port`` to scrape, or "" where this asset is not to be scraped."""
    if asset.job != "node" or (options.only is not None and asset.key not in options.only):
        return ""
    if asset.key in options.addresses:
        return options.addresses[asset.key]
    host = f"[{asset.address}]" if ":" in asset.address else asset.address
    return f"{host}:{AGENT_PORT}" if host else ""
