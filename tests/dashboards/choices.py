"""What a watcher has chosen on top of each dashboard, in a made-up past: an asset of which every metric is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_dashboards.parts.trends import SLOWEST

if TYPE_CHECKING:
    from collections.abc import Mapping

    from regiowacht.demo.history import Past
    from regiowacht_inventory import Asset

KINDS: Mapping[str, str] = {
    "rw-server": "server",
    "rw-netdevice": "firewall",
    "rw-poort": "switch",
}
"""The kind of asset that a dashboard is about, where it is about one; those of many show all of the region."""

PORTS: Mapping[str, str] = {"rw-poort": "3"}
"""The port that a dashboard is about."""


ONE_GEMEENTE = ("rw-gemeente",)
"""Dashboards of one whole gemeente."""

ONE_SITE = ("rw-site",)
"""Dashboards of one whole site."""


def choice(uid: str, past: Past) -> dict[str, str]:
    """Return the variables of a dashboard."""
    chosen = {"regio": past.region.regio}
    if uid in KINDS:
        one = measured(past, KINDS[uid])
        chosen |= {"gemeente": one.gemeente, "site": one.site, "instance": one.name}
    if uid in PORTS:
        chosen["port"] = PORTS[uid]
    if uid in ONE_GEMEENTE:
        chosen["gemeente"] = next(iter(past.measured)).gemeente
    if uid in ONE_SITE:
        one = measured(past, "firewall")
        chosen |= {"gemeente": one.gemeente, "site": one.site}
    return chosen


def in_trouble(uid: str, past: Past) -> dict[str, str]:
    """Return the variables for where something is wrong now; elsewhere there are no rows of trouble."""
    chosen = choice(uid, past)
    if uid in ONE_GEMEENTE:
        struck = (one for one in past.incidents if one.kind == "line-down" and one.until_s is None)
        chosen["gemeente"] = next(struck).gemeente
    if uid in ONE_SITE:
        struck = (one for one in past.incidents if one.kind == "line-down" and one.until_s is None)
        line = next(struck).key
        site = next(asset.site for asset in past.region.assets if asset.key == line)
        chosen |= {"gemeente": line[0], "site": site}
    return chosen


def measured(past: Past, kind: str) -> Asset:
    """Return the first asset of a kind of which every metric is told."""
    jobs = {"server": "node"}
    found = (asset for asset in past.measured if asset.kind == kind and asset.job == jobs.get(kind, asset.job))
    return min(found, key=lambda asset: asset.key)


def may_be_empty(expr: str) -> bool:
    """Return whether a past may hold nothing of this: no rules ran in it, and on a Sunday nothing may seem to grow."""
    return "ALERTS" in expr or f"> {SLOWEST}" in expr
