"""Assets that are stil because the server that asks them is: one fact a server instead of a row for each asset.

Who asks an asset is what the region folder says (``poller``). A standby that asks in its place makes the asset answer,
so that it is not stil and waits for nobody.
"""

from __future__ import annotations

from regiowacht_collector.rules.rule import Group, Rule
from regiowacht_collector.rules.state import KEY
from regiowacht_contract.promql import gauge, unlike
from regiowacht_contract.states import AssetState

STATE = gauge("regiowacht:asset_state")
ASKED = gauge("regiowacht_asset_info", poller=unlike(""))
SERVER = gauge("regiowacht_asset_info", job="node")
WAITING = gauge("regiowacht:asset_waiting")


def _asked(comparison: str) -> str:
    """Return the assets in some states that somebody asks, with the label ``poller``; a set, since joins cost more."""
    return f"({ASKED} and on ({KEY}) {STATE} {comparison})"


STIL = _asked(f"== {AssetState.STIL:d}")

WAITING_EXPR = f"""\
group by (gemeente, scope, site, instance, job, kind, laag, poller) (
    # of all that this server asks in that way it tells nothing
    {STIL} unless on (gemeente, poller, job) {_asked(f"< {AssetState.STIL:d}")}
  or
    # that server is not goed itself; what its standby tells of is not stil
    {STIL} and on (gemeente, poller)
      label_replace({STATE.where(job="node")} > {AssetState.GOED:d}, "poller", "$1", "instance", "(.+)")
)"""

SILENT_EXPR = f"""\
sum by (gemeente, scope, site, instance, job, kind, laag) (
    label_replace(count by (gemeente, scope, laag, poller) ({WAITING}), "instance", "$1", "poller", "(.+)")
  * on (gemeente, instance) group_left (site, job, kind)
    {SERVER}
)"""

GROUP = Group(
    name="poller",
    purpose="Says which assets are stil because the server that asks them is silent, and of each such server how many.",
    rules=(Rule("regiowacht:asset_waiting", WAITING_EXPR), Rule("regiowacht:poller_silent", SILENT_EXPR)),
)
