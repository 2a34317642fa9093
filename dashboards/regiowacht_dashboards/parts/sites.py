"""Sites and what stands there: who cannot be reached, by which line, and since when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_contract.promql import regex
from regiowacht_contract.states import AssetState
from regiowacht_dashboards import leads, links
from regiowacht_dashboards.column import Column
from regiowacht_dashboards.panels import StateTimeline, Table
from regiowacht_dashboards.queries import aggregate, in_state, value
from regiowacht_dashboards.query import Query
from regiowacht_dashboards.style import GREEN, ORANGE, RED, from_contract, if_any, no_value, plain, state_mapping

if TYPE_CHECKING:
    from regiowacht_dashboards.words import Words

STATE = "regiowacht:asset_state"
NEARBY, FAR = "[3h:1m]", "[7d:30m]"
"""How far back, and how finely, the last good moment is looked for: to the minute first, then to the half hour."""

NETWORK = "router|switch|firewall|modem|wifi_controller|access_point"
"""Kinds of devices that others reach the network through."""


def cut_off() -> str:
    """Return the number of sites where something is neer and nothing answers.

    A site that is stil alone is not cut off: nobody can tell, since whoever asks its assets is silent.
    """
    good = in_state(AssetState.GOED, "gemeente", "site")
    down = in_state(AssetState.NEER, "gemeente", "site")
    return f"sum(({down} > bool 0) * ({good} == bool 0))"


def reached() -> str:
    """Return the share of assets that answer among those that ever did."""
    state = value(STATE)
    return f"sum({state} == bool 0) / count({state} < {int(AssetState.NOG_NIET_AANGESLOTEN)})"


def kinds_in(state: AssetState, kinds: str) -> str:
    """Return how many chosen assets of these kinds (RE2) are in a state; zero where there are others of them."""
    return aggregate("sum", f"{value(STATE, kind=regex(kinds))} == bool {int(state)}")


def since(*by: str, **matches: str) -> str:
    """Return for how many seconds nothing was goed, for each value of ``by``; small where something is."""
    good = f"timestamp({value(STATE, **matches)} == 0)"
    latest, earlier = (aggregate("max", f"max_over_time({good}{back})", *by) for back in (NEARBY, FAR))
    return f"time() - ({latest} or {earlier})"


def table(words: Words) -> Table:
    """Return every site with what is wrong there, cut off ones first, and since when."""
    none = no_value(words.shared("none-now"))
    here = f'${{__data.fields["{words.shared("column-site")}"]}}'
    onward = links.to("rw-site", words, gemeente="${gemeente}", site=here)
    key = ("gemeente", "site")
    good = in_state(AssetState.GOED, *key)
    cut = f"({good} == 0) and on ({', '.join(key)}) ({in_state(AssetState.NEER, *key)} > 0)"
    return Table(
        key="sites",
        queries=(
            Query(in_state(AssetState.NEER, *key)),
            Query(in_state(AssetState.STIL, *key)),
            Query(good),
            Query(f"({since(*key)}) and on ({', '.join(key)}) ({cut})"),
        ),
        columns=(
            Column(source="site", title="site", links=(onward,)),
            Column(source="Value #A", title="neer", width=75, unit="short", decimals=0, steps=if_any(RED)),
            Column(source="Value #B", title="stil", width=65, unit="short", decimals=0, steps=if_any(ORANGE)),
            Column(source="Value #C", title="goed", width=65, unit="short", decimals=0, steps=if_any(GREEN)),
            Column(
                source="Value #D",
                title="cut-off-for",
                width=150,
                unit="s",
                decimals=0,
                steps=plain(RED),
                mappings=(none,),
            ),
        ),
        hidden=("gemeente",),
        order=(("neer", True), ("stil", True), ("site", False)),
    )


def lines(words: Words) -> Table:
    """Return every line with its state, who supplies it, for how long it has been away, and how fast it answers."""
    none = no_value(words.shared("none-now"))
    key = ("gemeente", "instance")
    on = ", ".join(key)
    state = value(STATE, kind="link")
    told = value("regiowacht_asset_info", kind="link")
    rtt = aggregate("max", value("probe_icmp_duration_seconds", phase="rtt"), *key)
    shown = ("gemeente", "site", "instance", "kind", "leverancier")
    return Table(
        key="lines",
        queries=(
            Query(leads.labelled(aggregate("max", f"{state} + on ({on}) group_left (leverancier) 0 * {told}", *shown))),
            Query(_beside(f"({since(*key, kind='link')}) and on ({on}) {state} > 0", told, shown)),
            Query(_beside(f"{rtt} and on ({on}) {state}", told, shown)),
        ),
        columns=(
            Column(source="Value #A", title="state", width=150, mappings=(state_mapping(words.lang),)),
            Column(source="instance", title="line"),
            Column(source="site", title="site"),
            Column(source="leverancier", title="leverancier"),
            Column(
                source="Value #B", title="away-for", width=110, unit="s", decimals=0, steps=plain(RED), mappings=(none,)
            ),
            Column(
                source="Value #C",
                title="rtt",
                width=130,
                unit="s",
                decimals=1,
                steps=from_contract("line_latency"),
                mappings=(none,),
            ),
        ),
        hidden=("gemeente", "kind", "dashboard"),
        order=(("state", True), ("site", False)),
    )


def _beside(expr: str, told: object, shown: tuple[str, ...]) -> str:
    """Return values by (gemeente, instance) with the labels of the rows that they stand in."""
    joined = aggregate("max", f"0 * {told} + on (gemeente, instance) group_left () ({expr})", *shown)
    return leads.labelled(joined)


def timeline(words: Words) -> StateTimeline:
    """Return the worst state of each site over time: neer, else stil, else the best there is."""
    return StateTimeline(
        key="sites-over-time",
        queries=(Query(worst("gemeente", "site"), legend="{{site}}"),),
        mappings=(state_mapping(words.lang),),
    )


def worst(*by: str) -> str:
    """Return the worst state for each value of ``by``: neer, else stil, else the best there is."""
    state = value(STATE)
    return " or ".join(
        [aggregate("max", f"{state} == {int(s)}", *by) for s in (AssetState.NEER, AssetState.STIL)]
        + [aggregate("min", state, *by)]
    )
