"""Lines to the outside and between sites: PromQL of how they answer and how full they are.

A line is probed as an asset of kind ``link``; it ends on a port of a device, which counts what goes over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_contract.promql import RATE_INTERVAL, unlike
from regiowacht_contract.states import AssetState
from regiowacht_dashboards.queries import aggregate, value, wide, wide_total

if TYPE_CHECKING:
    from regiowacht_contract.promql import Counter

LINE = ("gemeente", "site", "instance")
"""Labels that together name a line."""

ENDS = ("gemeente", "device", "port")
"""Labels that together name the port that a line ends on."""

WINDOW = "[15m:15s]"
"""What latency and jitter are taken over, as the alerts take it."""

LOSS_WINDOW = "[1h:15s]"
"""What loss is taken over: a probe that fails altogether is an outage, no loss."""


HOURS = "instance:regiowacht_line_usage:p95_ratio_1h"
"""How full each line was in each hour, as the collector records it."""

WEEK_S = 604_800


def state(*by: str) -> str:
    """Return the state of each line."""
    return aggregate("max", value("regiowacht:asset_state", kind="link"), *(by or LINE))


def in_state(wanted: AssetState, *by: str) -> str:
    """Return how many lines are in a state; zero where there are others."""
    return aggregate("sum", f"{value('regiowacht:asset_state', kind='link')} == bool {int(wanted)}", *by)


def cut_off() -> str:
    """Return how many sites have lines and none of them works."""
    down = in_state(AssetState.NEER, "gemeente", "site")
    known = f"count by (gemeente, site) ({value('regiowacht:asset_state', kind='link')} < 3)"
    return f"sum({down} == bool {known})"


def latency(quantile: float = 0.5) -> str:
    """Return how long a ping over each line takes there and back, in seconds, of those that were answered."""
    rtt = f"{value('probe_icmp_duration_seconds', phase='rtt')} > 0"
    return _of_lines(f"quantile_over_time({quantile}, ({rtt}){WINDOW})")


def jitter() -> str:
    """Return how much that time differs from one ping to the next, in seconds (standard deviation)."""
    rtt = f"{value('probe_icmp_duration_seconds', phase='rtt')} > 0"
    return _of_lines(f"stddev_over_time(({rtt}){WINDOW})")


def loss() -> str:
    """Return the share of pings over each line that were lost while it worked."""
    good, asked = value("probe_success"), value("probe_icmp_requests")
    answered = f"sum_over_time({good}{LOSS_WINDOW})"
    return _of_lines(f"1 - {answered} / (sum_over_time(({asked} * {good}){LOSS_WINDOW}) > 0)")


def _of_lines(expr: str) -> str:
    line = value("regiowacht:asset_state", kind="link")
    return f"{aggregate('max', expr, *LINE)} and on (gemeente, instance) {line}"


def bandwidth(*by: str) -> str:
    """Return the bandwidth that was contracted for each line, in bits a second."""
    return aggregate("max", value("regiowacht_link_bandwidth_bits_per_second"), *(by or LINE))


def traffic(direction: str) -> str:
    """Return what goes over each line in bits a second, ``In`` or ``Out``; only lines whose port is known have it."""
    wide_counter, narrow = (wide_total(f"if{bits}{direction}Octets") for bits in ("HC", ""))
    known = f"{_counted(wide_counter)} or {_counted(narrow)}"
    by_port = aggregate("max", _labelled(known, {"instance": "device", "ifName": "port"}), *ENDS)
    line = f"0 * {value('regiowacht_link_bandwidth_bits_per_second', port=unlike(''))}"
    return aggregate("max", f"{line} + on ({', '.join(ENDS)}) group_left () 8 * {by_port}", *LINE)


def _counted(counter: Counter) -> str:
    """Return the rate of those ports alone that a line ends on: there are few."""
    ends = _labelled(
        str(wide("regiowacht_link_bandwidth_bits_per_second", port=unlike(""))),
        {"device": "instance", "port": "ifName"},
    )
    return f"({counter.rate(RATE_INTERVAL)} and on (gemeente, instance, ifName) {ends})"


def _labelled(expr: str, labels: dict[str, str]) -> str:
    """Return series with labels copied: {from: to}."""
    for source, target in labels.items():
        expr = f'label_replace({expr}, "{target}", "$1", "{source}", "(.+)")'
    return expr


def usage(direction: str) -> str:
    """Return the share of each line's contracted bandwidth that is in use, ``In`` or ``Out``."""
    return f"{traffic(direction)} / ({bandwidth()} > 0)"


def fullest() -> str:
    """Return the same, of the fuller direction."""
    both = (f'label_replace({usage(way)}, "direction", "{way}", "", "")' for way in ("In", "Out"))
    return aggregate("max", " or ".join(both), *LINE)


def p95() -> str:
    """Return the share that the fuller direction stays under for 95 % of the time that is shown.

    Of more than a week that is the share of 95 % of its hours, each of which is recorded in one figure. The engine
    works out both, so the other one looks at no more moments than a graph as wide as the panel would have.
    """
    hours = aggregate("max", f"quantile_over_time(0.95, {value(HOURS)}[$__range])", *LINE)
    moments = f"quantile_over_time(0.95, ({fullest()})[$__range:$__interval])"
    return f"({hours} and on () vector($__range_s) > {WEEK_S}) or {moments}"
