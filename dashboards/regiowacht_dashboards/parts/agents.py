"""All agents of a region: who is heard of, which version, what waits in spools, what cannot be measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_contract.promql import unlike
from regiowacht_dashboards import leads
from regiowacht_dashboards.column import Column
from regiowacht_dashboards.panels import BarGauge, StateTimeline, Table, TimeSeries
from regiowacht_dashboards.queries import aggregate, wide
from regiowacht_dashboards.query import Query
from regiowacht_dashboards.style import ORANGE, RED, Steps, from_contract, if_any, no_value, plain, state_mapping

if TYPE_CHECKING:
    from regiowacht_dashboards.words import Words

KEY = ("gemeente", "site", "instance")
MOST = 10


def spool_usage() -> str:
    """Return how full each agent's spool is."""
    return f"{wide('regiowacht_agent_spool_size_bytes')} / {wide('regiowacht_agent_spool_size_max_bytes')}"


def _minor(selector: object) -> str:
    return f'label_replace({selector}, "minor", "$1", "version", "(\\\\d+\\\\.\\\\d+).*")'


def other_version() -> str:
    """Return how many agents run another version (major and minor) than the collector; no value without a collector."""
    agents, collector = wide("regiowacht_agent_info"), wide("regiowacht_collector_info")
    others = f"{_minor(agents)} unless on (minor) {_minor(collector)}"
    return f"(count({others}) or 0 * count({agents})) and on () {collector}"


def table(words: Words) -> Table:
    """Return every server with an agent: its state first, then what it cannot measure and what it could not send."""
    key = ("gemeente", "site", "instance", "kind")
    state = aggregate("max", wide("regiowacht:asset_state", job="node"), *key)
    none = no_value(words.shared("none-now"))

    def beside(expr: str, *more: str) -> Query:
        told = aggregate("max", f"0 * {wide('regiowacht:asset_state', job='node')}", *key)
        joined = f"{told} + on (gemeente, instance) group_left ({', '.join(more)}) {expr}"
        return Query(leads.labelled(joined))

    pushed = f"time() - {wide('regiowacht_agent_push_last_success_timestamp_seconds')} > 0"
    return Table(
        key="agents",
        queries=(
            Query(leads.labelled(state)),
            beside(aggregate("sum", wide("regiowacht_agent_family_failing"), "gemeente", "instance")),
            beside(aggregate("max", spool_usage(), "gemeente", "instance")),
            beside(aggregate("max", wide("regiowacht_agent_spool_waiting_samples"), "gemeente", "instance")),
            beside(aggregate("max", pushed, "gemeente", "instance")),
        ),
        columns=(
            Column(source="Value #A", title="state", width=170, mappings=(state_mapping(words.lang),)),
            Column(source="instance", title="instance"),
            Column(source="gemeente", title="gemeente"),
            Column(source="site", title="site"),
            _number("B", "failing", 90, none, steps=if_any(ORANGE)),
            Column(
                source="Value #C",
                title="spool",
                width=95,
                unit="percentunit",
                decimals=0,
                steps=from_contract("spool_usage"),
                mappings=(none,),
            ),
            _number("D", "waiting-samples", 130, none),
            Column(source="Value #E", title="pushed-ago", width=130, unit="s", decimals=0, mappings=(none,)),
            leads.column(words),
        ),
        hidden=("kind",),
        order=(("state", True), ("failing", True), ("gemeente", False)),
    )


def _number(ref_id: str, title: str, width: int, none: dict[str, object], steps: Steps | None = None) -> Column:
    return Column(
        source=f"Value #{ref_id}", title=title, width=width, unit="short", decimals=0, steps=steps, mappings=(none,)
    )


def pollers(words: Words) -> Table:
    """Return the servers that ask others and are silent, with how many wait for them."""
    silent = aggregate("sum", wide("regiowacht:poller_silent"), *KEY, "kind")
    return Table(
        key="pollers",
        queries=(Query(leads.labelled(silent)),),
        columns=(
            Column(source="Value", title="waiting", width=110, unit="short", decimals=0, steps=plain(RED)),
            Column(source="instance", title="instance"),
            Column(source="gemeente", title="gemeente"),
            Column(source="site", title="site"),
        ),
        hidden=("kind", leads.LABEL),
        order=(("waiting", True),),
        nothing="nobody-waits",
    )


def families() -> Table:
    """Return what agents cannot measure, with on how many servers: one right or program is often missing on all."""
    failing = aggregate("sum", wide("regiowacht_agent_family_failing"), "collector")
    return Table(
        key="families",
        queries=(Query(f"sort_desc({failing})"),),
        columns=(
            Column(source="collector", title="family"),
            Column(source="Value", title="failing", width=110, unit="short", decimals=0, steps=if_any(ORANGE)),
        ),
        order=(("failing", True), ("family", False)),
    )


def polls(words: Words) -> StateTimeline:
    """Return the state over time of every server that asks others."""
    state = wide("regiowacht:asset_state", job="node")
    asks = aggregate("count", wide("regiowacht_asset_info", poller=unlike("")), "gemeente", "poller")
    asked = f'label_replace({asks}, "instance", "$1", "poller", "(.+)")'
    return StateTimeline(
        key="pollers-over-time",
        queries=(Query(f"{state} and on (gemeente, instance) {asked}", legend="{{instance}} · {{gemeente}}"),),
        mappings=(state_mapping(words.lang),),
    )


def spools(words: Words) -> BarGauge:
    """Return the fullest spools."""
    return BarGauge(
        key="spools",
        queries=(Query(f"topk({MOST}, {spool_usage()})", legend="{{instance}} · {{gemeente}}"),),
        unit="percentunit",
        decimals=0,
        minimum=0,
        maximum=1,
        steps=from_contract("spool_usage"),
        mappings=(no_value(words.shared("not-measured")),),
        nothing="not-measured",
    )


def failing_polls() -> TimeSeries:
    """Return how many of what agents ask answers, fails or is silent, over time."""
    return TimeSeries(
        key="polls",
        queries=(Query(aggregate("sum", wide("regiowacht_agent_polls"), "state"), legend="{{state}}"),),
        decimals=0,
        minimum=0,
        stacked=True,
        table_legend=True,
        nothing="not-measured",
    )
