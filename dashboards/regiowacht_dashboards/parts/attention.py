"""What is not goed, with who stands in for what waits, as several dashboards show it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_contract.states import AssetState
from regiowacht_dashboards import leads
from regiowacht_dashboards.column import Column
from regiowacht_dashboards.panels import Table
from regiowacht_dashboards.queries import aggregate, value
from regiowacht_dashboards.query import Query
from regiowacht_dashboards.style import state_mapping

if TYPE_CHECKING:
    from regiowacht_dashboards.words import Words

STATE = "regiowacht:asset_state"
HIDDEN = ("scope", "job", "laag", "__name__")


def described(states: object) -> str:
    """Return the state of assets with their leverancier, and a label that says where a click leads."""
    return _joined(states, f"0 * {value('regiowacht_asset_info')}", "leverancier")


def wanting() -> str:
    """Return what is not goed, with a silent poller in place of the assets that wait for it, their number beside it.

    An asset is left out only where the row of its poller is shown: one of another site or gemeente may not be chosen.
    """
    state, info = value(STATE), f"0 * {value('regiowacht_asset_info')}"
    silent = value("regiowacht:poller_silent")
    poller = f"{state} and on (gemeente, instance, job) {silent}"
    shown = f'label_replace({poller}, "poller", "$1", "instance", "(.+)")'
    waiting = f"{value('regiowacht:asset_waiting')} and on (gemeente, poller) {shown}"
    rows = f"{state} > {int(AssetState.GOED)} unless on (gemeente, instance, job) ({waiting}) or ({poller})"
    behind = f'count_values by (gemeente, instance) ("waiting", {aggregate("sum", silent, "gemeente", "instance")})'
    told = f"{info} + on (gemeente, instance) group_left (waiting) 0 * {behind} or on (gemeente, instance) {info}"
    return _joined(rows, told, "leverancier", "waiting")


def columns(words: Words) -> tuple[Column, ...]:
    """Return the columns of a table of assets with their state."""
    return (
        Column(source="Value", title="state", width=190, mappings=(state_mapping(words.lang),)),
        Column(source="instance", title="instance"),
        Column(source="gemeente", title="gemeente"),
        Column(source="site", title="site"),
        Column(source="kind", title="kind", width=125, named=words.kinds()),
        Column(source="leverancier", title="leverancier"),
        leads.column(words, width=160),
    )


def table(words: Words) -> Table:
    """Return every asset that is not goed: first neer, then stil, then what is not connected yet."""
    listed = columns(words)
    return Table(
        key="attention",
        queries=(Query(wanting()),),
        columns=(listed[0], Column(source="waiting", title="waiting", width=110), *listed[1:]),
        hidden=HIDDEN,
        order=(("state", False), ("gemeente", False)),
        nothing="no-rows",
    )


def _joined(states: object, told: str, *labels: str) -> str:
    return leads.labelled(f"({states}) + on (gemeente, instance) group_left ({', '.join(labels)}) ({told})")
