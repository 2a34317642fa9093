"""Turns what a server's agent asks for others into the ``[[probe]]`` and ``[[relay]]`` of its configuration.

Like ``render.py`` it knows the region, and no agent at run time imports it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_agent.toml_text import item

if TYPE_CHECKING:
    from regiowacht_inventory import Asset, Region
    from regiowacht_inventory.schema import Server, Service

REACHABLE = "200-499"
"""Status codes that only something that works can answer."""


def polls(region: Region, server: Asset) -> list[str]:
    """Return the lines for what that server is the poller of: links with a far end, services, the collector, pages."""
    gemeente = next(one for one in region.gemeenten if one.gemeente == server.gemeente)
    services = {service.name: service for service in gemeente.services}
    pages = {other.name: other for other in gemeente.servers if other.relay}
    lines: list[str] = []
    for asset in region.assets:
        if (asset.gemeente, asset.poller) != server.key:
            continue
        if asset.kind == "link" and asset.address:
            lines += item("probe", {**_about(asset), "kind": "icmp", "target": asset.address})
        elif asset.kind == "service":
            how = _service(services[asset.name]) if asset.name in services else _collector(region)
            lines += item("probe", {**_about(asset), **how})
        elif asset.job == "relay":
            lines += item("relay", {**_about(asset), **_page(pages[asset.name])})
    return lines


def _about(asset: Asset) -> dict[str, object]:
    return {"instance": asset.name, "site": asset.site, "laag": asset.laag}


def _service(service: Service) -> dict[str, object]:
    return {
        "kind": service.probe,
        "target": service.target,
        "contains": service.contains,
        "status": service.status,
        "ca": service.ca,
        "query": service.query,
        "record": service.record,
    }


def _collector(region: Region) -> dict[str, object]:
    """Return how a site asks the collector: what answers there may want a login or know no such page, and is there."""
    return {
        "kind": "http",
        "target": region.collector.url,
        "status": (REACHABLE,),
        "redirects": False,
        "ca": region.collector.ca,
    }


def _page(server: Server) -> dict[str, object]:
    return {
        "url": server.relay,
        "user": server.relay_user,
        "password": server.relay_password,
        "token": server.relay_token,
        "ca": server.relay_ca,
    }
