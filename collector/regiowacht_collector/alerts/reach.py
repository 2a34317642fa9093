"""When a server is gone, a site out of reach, or the collector deaf: expressions that several alerts share.

What is pushed is silent after three quarters of a minute (``rules/state.py``); what is scraped is seen to be down at
once. Told of at the same speed, neither is told of for a restart that takes a minute and a half.
"""

from __future__ import annotations

from regiowacht_contract.promql import gauge, unlike
from regiowacht_contract.states import AssetState

STATE = gauge("regiowacht:asset_state")
SERVERS = gauge("regiowacht:asset_state", job="node")
AGAIN = "45s"
"""How long ago a server must have been down already: as long as it takes until one that pushes counts as silent."""

UNSEEN = f"> {AssetState.GOED:d} < {AssetState.NOG_NIET_AANGESLOTEN:d}"
DEAF_SHARE, DEAF_GEMEENTEN = 0.75, 3
"""More than this share of all servers, in so many gemeenten, silent at once: it is the collector that hears nothing."""

DEAF_AFTER = "2m"
"""How long it may take until all are heard again: agents wait up to a minute before they try once more."""


def gone() -> str:
    """Return the servers from which nothing comes for three quarters of a minute, however they are asked."""
    down = f"{SERVERS} == {AssetState.NEER:d} and {SERVERS} offset {AGAIN} {UNSEEN}"
    return f"{SERVERS} == {AssetState.STIL:d} or {down}"


def site(servers: str) -> str:
    """Return how many servers a site has (gemeente, scope, site), where all of several are among ``servers``.

    A line that is seen to be down has an alert of its own.
    """
    return f"""\
(count by (gemeente, scope, site) ({servers}) >= 2)
  == on (gemeente, scope, site)
  count by (gemeente, scope, site) ({SERVERS} < {AssetState.NOG_NIET_AANGESLOTEN:d})
  unless on (gemeente, site) {STATE.where(kind="link")} == {AssetState.NEER:d}"""


def pollers() -> str:
    """Return how many things each server asks (gemeente, instance), of those that ask any."""
    asked = f"count by (gemeente, poller) ({gauge('regiowacht_asset_info', poller=unlike(''))})"
    return f'sum by (gemeente, instance) (label_replace({asked}, "instance", "$1", "poller", "(.+)"))'


def silence() -> str:
    """Return the share of servers that are silent, where it is so large that the collector must be deaf."""
    silent = f"{SERVERS} == {AssetState.STIL:d}"
    share = f"count({silent}) / count({SERVERS} < {AssetState.NOG_NIET_AANGESLOTEN:d})"
    return f"{share} > {DEAF_SHARE} and count(count by (gemeente) ({silent})) >= {DEAF_GEMEENTEN}"


def deaf() -> str:
    """Return that share where it was so large a moment ago: not all are heard again at once."""
    return f"max_over_time(({silence()})[{DEAF_AFTER}:15s])"


def held() -> str:
    """Return what is told of together: all at a site that is out of reach, all silence where nothing is heard."""
    return f"""\
  {STATE} and on (gemeente, site) ({site(f"{SERVERS} {UNSEEN}")})
  or
  {STATE} == {AssetState.STIL:d} and on () {deaf()}"""


SHARED = {"gone": gone, "site": lambda: site(gone()), "pollers": pollers, "silence": silence, "deaf": deaf}
"""Expressions for ``{reach.NAME}`` in an alert's file."""
