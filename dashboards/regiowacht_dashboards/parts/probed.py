"""Services as an agent asks them: HTTP, DNS, NTP and TCP; whether they answer, how fast, with what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_dashboards.column import Column
from regiowacht_dashboards.panels import StateTimeline, Table, TimeSeries
from regiowacht_dashboards.parts.components import of_kind
from regiowacht_dashboards.parts.tiles import DAY_S
from regiowacht_dashboards.queries import ASSET, aggregate, value
from regiowacht_dashboards.query import Query
from regiowacht_dashboards.style import GREEN, RED, from_contract, state_mapping, value_mapping

if TYPE_CHECKING:
    from regiowacht_contract.states import AssetState
    from regiowacht_dashboards.words import Words

SERVICE = "service"
STATE = "regiowacht:asset_state"
WHERE = "{{instance}} · {{gemeente}}"

PROTOCOLS = (
    ("http", "probe_http_status_code"),
    ("dns", "probe_dns_query_succeeded"),
    ("ntp", "probe_ntp_stratum"),
    ("tcp", "probe_success"),
)
"""How a service is asked, and a metric that only such a question gives; the first that is there tells."""


def in_state(state: AssetState) -> str:
    """Return how many services are in a state."""
    return aggregate("sum", of_kind(f"{value(STATE)} == bool {int(state)}", SERVICE))


def protocol() -> str:
    """Return one for every service, with the way it is asked in a label ``kind``."""
    ways = (
        f'label_replace(0 * {aggregate("max", value(metric), *ASSET)}, "kind", "{name}", "", "")'
        for name, metric in PROTOCOLS
    )
    first = f" or on ({', '.join(ASSET)}) ".join(ways)
    return of_kind(first, SERVICE)


def days_left() -> str:
    """Return for how many days each service's certificate still holds."""
    expiry = aggregate("min", value("probe_ssl_earliest_cert_expiry"), *ASSET)
    return f"({expiry} - time()) / {DAY_S}"


def services(words: Words) -> Table:
    """Return every service, what is down first, then the slowest."""
    return Table(
        key="services",
        queries=(
            Query(aggregate("max", of_kind(value(STATE), SERVICE), *ASSET)),
            Query(aggregate("max", of_kind(value("probe_duration_seconds"), SERVICE), *ASSET)),
            Query(aggregate("max", of_kind(value("probe_http_status_code"), SERVICE), *ASSET)),
            Query(of_kind(days_left(), SERVICE)),
            Query(protocol()),
        ),
        columns=(
            Column(source="Value #A", title="state", width=150, mappings=(state_mapping(words.lang),)),
            Column(source="kind", title="asked-by", width=115, named={n: n.upper() for n, _ in PROTOCOLS}),
            Column(source="instance", title="instance"),
            Column(source="gemeente", title="gemeente"),
            Column(source="site", title="site"),
            Column(source="Value #B", title="duration", width=100, unit="s", decimals=1, blank=True),
            Column(source="Value #C", title="http-status", width=90, unit="short", decimals=0, blank=True),
            Column(source="Value #D", title="days-valid", width=120, unit="short", decimals=0,
                   steps=from_contract("certificate_left", DAY_S), blank=True),
        ),
        hidden=("Value #E",),
        order=(("state", True), ("duration", True)),
    )  # fmt: skip


def timeline(words: Words) -> StateTimeline:
    """Return when each service was up or down."""
    return StateTimeline(
        key="timeline",
        queries=(Query(of_kind(value(STATE), SERVICE), legend=WHERE),),
        mappings=(state_mapping(words.lang),),
    )


def durations() -> TimeSeries:
    """Return how long each service took to answer."""
    return TimeSeries(
        key="durations",
        queries=(Query(of_kind(value("probe_duration_seconds"), SERVICE), legend=WHERE),),
        unit="s",
        minimum=0,
        table_legend=True,
    )


def phases(key: str, name: str) -> TimeSeries:
    """Return what the time of an answer was spent on, the average of the chosen services."""
    return TimeSeries(
        key=key,
        queries=(Query(aggregate("avg", of_kind(value(name), SERVICE), "phase"), legend="{{phase}}"),),
        unit="s",
        minimum=0,
        stacked=True,
    )


def answers(words: Words) -> StateTimeline:
    """Return when each DNS service gave the answer that was asked for."""
    shown = value_mapping({1: (words.shared("answer-right"), GREEN), 0: (words.shared("answer-wrong"), RED)})
    return StateTimeline(
        key="answers",
        queries=(Query(of_kind(value("probe_dns_query_succeeded"), SERVICE), legend=WHERE),),
        mappings=(shown,),
    )


def wrong_answers() -> str:
    """Return how many services answer, but not what was asked: a failed DNS query, an HTTP status of 400 or more."""
    dns = of_kind(f"{value('probe_dns_query_succeeded')} == bool 0", SERVICE)
    http = of_kind(f"{value('probe_http_status_code')} >= bool 400", SERVICE)
    return aggregate("sum", aggregate("max", f'label_replace({dns}, "reason", "dns", "", "") or {http}', *ASSET))
