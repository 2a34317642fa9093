"""What is looked back on for months: each hour in one figure, so that 90 days are 2,160 samples, not 518,400.

The figure of an hour is what 95 % of it stayed under, as bandwidth is settled: a minute of rush is no reason to buy.
Of a file system, which only fills, it is the average. These are recorded once an hour: ask for them over a range, as
an instant selector sees them for five minutes only.
"""

from __future__ import annotations

from regiowacht_collector.rules.rule import TARGET, Group, Rule
from regiowacht_contract.promql import Counter, counter, gauge, unlike

HOUR = "1h"
BUSY_SHARE = 0.95
LINE_STEP, LINE_WINDOW = "5m", "5m"
ENDS = "gemeente, device, port"
PORT = "gemeente, instance, ifName"

LINES = gauge("regiowacht_link_bandwidth_bits_per_second", port=unlike(""))
"""Lines of which it is known on which port they end."""


def _p95(record: str, of: str) -> Rule:
    return Rule(record, f"quantile_over_time({BUSY_SHARE}, {gauge(of)}[{HOUR}])")


def _labelled(expr: object, **labels: str) -> str:
    """Return series with labels copied: the new one by the old one's name."""
    text = str(expr)
    for source, target in labels.items():
        text = f'label_replace({text}, "{target}", "$1", "{source}", "(.+)")'
    return text


def _of_ends(octets: Counter, direction: str) -> str:
    """Return the rate of those ports alone that a line ends on: there are few."""
    ends = _labelled(LINES, device="instance", port="ifName")
    rate = f"{octets.rate(LINE_WINDOW)} and on ({PORT}) {ends}"
    return f'label_replace({rate}, "direction", "{direction}", "", "")'


def _line_usage() -> str:
    """Return the share of its bandwidth that goes over each line, in the fuller direction."""
    ways = (
        _of_ends(counter(f"if{wide}{direction}Octets"), direction) for direction in ("In", "Out") for wide in ("HC", "")
    )
    by_port = _labelled(f"({' or '.join(ways)})", instance="device", ifName="port")
    usage = f"8 * max by ({ENDS}) ({by_port}) / on ({ENDS}) group_right () ({LINES} > 0)"
    return f"max by ({TARGET}) ({usage})"


def _fill(record: str, of: str) -> Rule:
    return Rule(record, gauge(of).over_time("avg", HOUR))


GROUP = Group(
    name="trend",
    purpose="Says each hour in one figure, for whoever looks back over months: how busy, how full.",
    rules=(
        _p95("instance:node_cpu_usage:p95_ratio_1h", "instance:node_cpu_usage:ratio_rate5m"),
        _p95("instance:node_memory_usage:p95_ratio_1h", "instance:node_memory_usage:ratio"),
        _p95("instance:node_disk_busy:p95_ratio_1h", "instance:node_disk_busy:max_ratio_rate5m"),
        _fill("instance:node_filesystem_usage:avg_ratio_1h", "instance:node_filesystem_usage:max_ratio"),
        Rule(
            "instance:regiowacht_line_usage:p95_ratio_1h",
            f"quantile_over_time({BUSY_SHARE}, ({_line_usage()})[{HOUR}:{LINE_STEP}])",
        ),
    ),
    every=HOUR,
)
