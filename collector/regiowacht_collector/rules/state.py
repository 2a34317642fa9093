"""The state of every declared asset: the one place where it is decided.

An asset is known by (gemeente, instance, job); ``up`` may come from a scrape or from a push, with other labels beside.

``regiowacht:asset_seen`` carries itself on: it looks back at its own last sample, at most five minutes old, as every
instant selector does. What is older than that (the collector was off, the machine slept) comes from
``regiowacht_asset_remembered``: the collector asks the storage's index which assets it holds an ``asset_seen`` of.

What is told of devices is scraped once a minute, from the agent that asks them. When another agent begins to ask, the
series end on one page and go on on the other, some seconds or a minute later: so long the latest ``up`` holds.

Where ``up`` is scraped, the engine itself says within an interval that a target is silent. Where it is pushed nobody
does: the last one would be seen for five minutes on. So it counts no longer than half a minute and its interval (or
three quarters of a minute) allow, which leaves a rule's own interval until the silence is recorded.
"""

from __future__ import annotations

from regiowacht_collector.rules.rule import Group, Rule
from regiowacht_contract.promql import gauge
from regiowacht_contract.states import AssetState

KEY = "gemeente, instance, job"
TARGET = "gemeente, scope, site, instance, job"
"""What an asset carries today: one that moves to another site is seen under both for five minutes, hence ``max by``."""

DECLARED = gauge("regiowacht_asset_info")
REMEMBERED = gauge("regiowacht_asset_remembered")
SEEN = gauge("regiowacht:asset_seen")
HELD = "150s"
"""Two scrapes of devices at their longest interval, and two evaluations."""

SHORTEST_S, GRACE_S = 30, 15
"""Word that is pushed every 15 s may come 30 s late, every 30 s or more 15 s late; then there is silence."""

TOLD = f"({gauge('up')} or {gauge('up', job='snmp').over_time('last', HELD)})"
PUSHED = gauge("regiowacht_asset_push_interval_seconds")
LATE = f"""\
(
      time() - max by ({KEY}) (timestamp({gauge("up")}))
      > on ({KEY}) clamp_min(max by ({KEY}) ({PUSHED}), {SHORTEST_S}) + {GRACE_S}
    )"""
UP = f"({TOLD} unless on ({KEY}) {LATE})"

SEEN_EXPR = f"""\
group by ({TARGET}) (
  {DECLARED} and on ({KEY}) ({TOLD} > 0 or {SEEN} or {REMEMBERED})
)"""

STATE_EXPR = f"""\
max by (gemeente, scope, site, instance, job, kind, laag) (
    {DECLARED} * on ({KEY}) group_left () (
        # answering: {AssetState.GOED:d} goed; not answering, but it once did: {AssetState.NEER:d} neer
        (max by ({KEY}) ({UP}) == bool 0) and on ({KEY}) {SEEN}
      or
        # nobody tells, but it once was up: {AssetState.STIL:d} stil
        {AssetState.STIL:d} * max by ({KEY}) ({SEEN})
    )
  or
    # never up: {AssetState.NOG_NIET_AANGESLOTEN:d} nog niet aangesloten
    {AssetState.NOG_NIET_AANGESLOTEN:d} * ({DECLARED} unless on ({KEY}) {SEEN})
)"""

GROUP = Group(
    name="state",
    purpose="Says of every asset in the region folder whether it is goed, neer, stil or nog niet aangesloten.",
    rules=(Rule("regiowacht:asset_seen", SEEN_EXPR), Rule("regiowacht:asset_state", STATE_EXPR)),
)
