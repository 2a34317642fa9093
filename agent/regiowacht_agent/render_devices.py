"""Turns what a server's agent asks over SNMP into the ``[[device]]`` and ``[[poller]]`` of its configuration.

Like ``render.py`` it knows the region, and no agent at run time imports it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_agent.toml_text import item, text_of
from regiowacht_contract.defaults import AGENT_PORT

if TYPE_CHECKING:
    from regiowacht_inventory import Asset, Credential, Region


def devices(region: Region, server: Asset) -> list[str]:
    """Return the lines for what that server's agent asks: as the poller of a device, or while that one is silent.

    Secrets stay references, which the agent follows on its own server.
    """
    asked = [asset for asset in region.assets if asset.gemeente == server.gemeente and server.name in _askers(asset)]
    if not asked:
        return []
    lines = ["[snmp]", f"interval_s = {text_of(region.snmp.interval_s)}", ""]
    for asset in asked:
        lines += item("device", _device(asset, region.credentials[asset.credential], server.name))
    watched = {asset.poller for asset in asked} - {server.name}
    for other in region.assets:
        if other.gemeente == server.gemeente and other.name in watched:
            lines += item("poller", _poller(other))
    return lines


def _askers(asset: Asset) -> tuple[str, ...]:
    return (asset.poller, asset.standby) if asset.credential else ()


def _device(asset: Asset, credential: Credential, server: str) -> dict[str, object]:
    return {
        "instance": asset.name,
        "site": asset.site,
        "laag": asset.laag,
        "address": asset.address,
        "port": credential.port,
        "version": credential.version,
        "community": credential.community,
        "user": credential.user,
        "auth": credential.auth and credential.auth.protocol,
        "auth_secret": credential.auth and credential.auth.secret,
        "priv": credential.priv and credential.priv.protocol,
        "priv_secret": credential.priv and credential.priv.secret,
        "standby_of": asset.poller if asset.poller != server else "",
    }


def _poller(server: Asset) -> dict[str, object]:
    told: dict[str, object] = {"instance": server.name, "address": server.address, "port": AGENT_PORT}
    return told if server.tls is None else {**told, "tls": True, "ca": server.tls.ca, "name": server.tls.name}
