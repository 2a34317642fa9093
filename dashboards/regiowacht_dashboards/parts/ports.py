"""Ports of network devices: PromQL of what goes over them, and the graphs of it.

Every function takes label matches of the ports, as ``ifName=regex("$port")``; without any all ports are meant.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_dashboards.panels import StateTimeline, TimeSeries
from regiowacht_dashboards.queries import ASSET, aggregate, total, value
from regiowacht_dashboards.query import POLLED, Query
from regiowacht_dashboards.style import GREEN, GREY, ORANGE, RED, from_contract, value_mapping

if TYPE_CHECKING:
    from typing import Any

    from regiowacht_contract.promql import Match
    from regiowacht_dashboards.words import Words

    Matches = str | Match

PORT = (*ASSET, "ifName")
"""Labels that together name one port."""

IN_32_BITS = 4_294_967_295
"""What ``ifSpeed`` says where the speed does not fit."""

UP, DOWN = 1, 2


def bits(direction: str, **ports: Matches) -> str:
    """Return bits a second, ``In`` or ``Out``; devices that do not count in 64 bits count in 32."""
    wide, narrow = total(f"ifHC{direction}Octets", **ports), total(f"if{direction}Octets", **ports)
    return f"8 * {aggregate('max', f'{wide.rate()} or {narrow.rate()}', *PORT)}"


def speed(**ports: Matches) -> str:
    """Return the speed of each port in bits a second; a port that tells none has none."""
    fast, slow = value("ifHighSpeed", **ports), value("ifSpeed", **ports)
    return aggregate("max", f"1e6 * ({fast} > 0) or ({slow} > 0 < {IN_32_BITS})", *PORT)


def usage(direction: str, **ports: Matches) -> str:
    """Return the share of each port's speed that is in use, ``In`` or ``Out``."""
    return f"{bits(direction, **ports)} / {speed(**ports)}"


def packets(*names: str, **ports: Matches) -> str:
    """Return packets a second of these counters together, as ``ifInErrors`` and ``ifOutErrors``."""
    return " + ".join(aggregate("max", total(name, **ports).rate(), *PORT) for name in names)


def errors(**ports: Matches) -> str:
    """Return packets a second with an error, both ways."""
    return packets("ifInErrors", "ifOutErrors", **ports)


def drops(**ports: Matches) -> str:
    """Return packets a second that were thrown away, both ways."""
    return packets("ifInDiscards", "ifOutDiscards", **ports)


def changes(**ports: Matches) -> str:
    """Return how often each port went up or down in the last half hour."""
    return aggregate("max", f"changes({value('ifOperStatus', **ports)}[30m])", *PORT)


def state(**ports: Matches) -> str:
    """Return what each port does (``ifOperStatus``); 0 where it is set not to."""
    off = aggregate("max", f"{value('ifAdminStatus', **ports)} == {DOWN}", *PORT)
    return f"0 * {off} or {aggregate('max', value('ifOperStatus', **ports), *PORT)}"


def state_mapping(words: Words) -> dict[str, Any]:
    """Return the words of ``state``: a port that nothing is plugged into is no fault."""
    return value_mapping(
        {
            0: (words.shared("port-off"), GREY),
            1: (words.shared("port-up"), GREEN),
            2: (words.shared("port-down"), GREY),
            3: (words.shared("port-testing"), ORANGE),
            4: (words.shared("port-unknown"), GREY),
            5: (words.shared("port-dormant"), GREY),
            6: (words.shared("port-absent"), GREY),
            7: (words.shared("port-lower-down"), RED),
        }
    )


def traffic(words: Words, **ports: Matches) -> TimeSeries:
    """Return the traffic of each port, in above zero and out below."""
    return TimeSeries(
        key="traffic",
        queries=(
            Query(bits("In", **ports), legend=_legend(words, "in"), every=POLLED),
            Query(bits("Out", **ports), legend=_legend(words, "out"), mirrored=True, every=POLLED),
        ),
        unit="bps",
        centred=True,
        table_legend=True,
    )


def usage_over_time(words: Words, **ports: Matches) -> TimeSeries:
    """Return how full each port is over time, both ways, against the limits."""
    return TimeSeries(
        key="usage",
        queries=(
            Query(usage("In", **ports), legend=_legend(words, "in"), every=POLLED),
            Query(usage("Out", **ports), legend=_legend(words, "out"), every=POLLED),
        ),
        unit="percentunit",
        minimum=0,
        shows_limits=True,
        steps=from_contract("link_usage"),
        table_legend=True,
    )


def errors_over_time(words: Words, **ports: Matches) -> TimeSeries:
    """Return packets with an error over time."""
    return _faults("errors", "port_errors", {"errors-in": "ifInErrors", "errors-out": "ifOutErrors"}, words, **ports)


def drops_over_time(words: Words, **ports: Matches) -> TimeSeries:
    """Return packets that were thrown away over time."""
    return _faults("drops", "port_discards", {"drops-in": "ifInDiscards", "drops-out": "ifOutDiscards"}, words, **ports)


def states_over_time(words: Words, **ports: Matches) -> StateTimeline:
    """Return what each port did over time."""
    return StateTimeline(
        key="port-states",
        queries=(Query(state(**ports), legend="{{ifName}}", every=POLLED),),
        mappings=(state_mapping(words),),
    )


def _faults(key: str, limit: str, counters: dict[str, str], words: Words, **ports: Matches) -> TimeSeries:
    return TimeSeries(
        key=key,
        queries=tuple(
            Query(packets(name, **ports), legend=_legend(words, what), every=POLLED) for what, name in counters.items()
        ),
        unit="pps",
        minimum=0,
        shows_limits=True,
        steps=from_contract(limit),
    )


def _legend(words: Words, what: str) -> str:
    return "{{ifName}} " + words.shared(f"legend-{what}")
