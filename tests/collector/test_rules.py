"""Recording rules and catalogue agree; figures are what they say they are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from regiowacht_collector.rule_files import rule_files
from regiowacht_collector.rules import GROUPS
from regiowacht_contract.catalogue import catalogue, family
from tests.collector.promtool import check_rules, expect, sample

if TYPE_CHECKING:
    from pathlib import Path

TARGET = 'gemeente="zandbeke",scope="zandbeke/infrastructuur",site="stadhuis",instance="srv",job="node"'
RULES = [rule for group in GROUPS for rule in group.rules]


def test_every_recorded_name_is_recorded_and_every_rule_is_in_the_catalogue() -> None:
    assert {rule.record for rule in RULES} == {metric.name for metric in family("recorded")}


def test_names_say_level_metric_and_operation() -> None:
    for metric in family("recorded"):
        assert re.fullmatch(
            r"((instance|gemeente|regio):[a-z_]+:[a-z0-9_]+|regiowacht:(asset_(state|seen|waiting)|poller_silent))",
            metric.name,
        )


def test_no_rule_asks_for_a_name_that_the_catalogue_lacks() -> None:
    for rule in RULES:
        bare = re.sub(r'"[^"]*"|#.*', "", rule.expr)
        names = re.findall(
            r"\b(?:node|regiowacht|gemeente|regio|instance|up|scrape)[a-zA-Z0-9_]*[:_][a-zA-Z0-9_:]+", bare
        )
        assert names
        assert set(names) <= set(catalogue())


def test_labels_that_a_rule_sets_are_those_of_the_catalogue() -> None:
    for rule in RULES:
        assert set(rule.labels) <= {"gemeente", "scope", *catalogue()[rule.record].labels}


@pytest.mark.tools
def test_a_server_in_six_figures(tmp_path: Path) -> None:
    def host(name: str, labels: str = "") -> str:
        return f"{name}{{{TARGET}{',' if labels else ''}{labels}}}"

    disk = 'device="sda1",mountpoint="/",fstype="ext4"'
    cdrom = 'device="sr0",mountpoint="/media",fstype="udf"'
    ram = 'device="tmpfs",mountpoint="/run",fstype="tmpfs"'
    series = {
        host("node_cpu_seconds_total", 'cpu="0",mode="idle"'): "0+12x40",  # 0.8 of 15 s
        host("node_cpu_seconds_total", 'cpu="1",mode="idle"'): "0+6x40",  # 0.4
        host("node_cpu_seconds_total", 'cpu="0",mode="user"'): "0+3x40",
        host("node_cpu_seconds_total", 'cpu="1",mode="user"'): "0+9x40",
        host("node_memory_MemTotal_bytes"): "1000x40",
        host("node_memory_MemAvailable_bytes"): "250x40",
        **{host("node_filesystem_size_bytes", f): "100x40" for f in (disk, cdrom, ram)},
        host("node_filesystem_free_bytes", disk): "40x40",
        host("node_filesystem_avail_bytes", disk): "20x40",
        **{host(f"node_filesystem_{what}_bytes", f): "0x40" for what in ("free", "avail") for f in (cdrom, ram)},
        host("node_filesystem_readonly", disk): "0x40",
        host("node_filesystem_readonly", cdrom): "1x40",
        host("node_disk_io_time_seconds_total", 'device="sda"'): "0+3x40",
        host("node_disk_io_time_seconds_total", 'device="sdb"'): "0+9x40",
        host("node_network_receive_bytes_total", 'device="eth0"'): "0+1500x40",
        host("node_network_receive_bytes_total", 'device="lo"'): "0+99999x40",
        host("node_network_transmit_bytes_total", 'device="eth0"'): "0+150x40",
        host("node_network_transmit_bytes_total", 'device="eth1"'): "0+150x40",
    }
    figures = {
        "instance:node_cpu_usage:ratio_rate5m": 0.4,
        "instance:node_memory_usage:ratio": 0.75,
        "instance:node_filesystem_usage:max_ratio": 0.75,
        "instance:node_disk_busy:max_ratio_rate5m": 0.6,
        "instance:node_network_receive_bytes:rate5m": 100,
        "instance:node_network_transmit_bytes:rate5m": 20,
    }

    check_rules(
        tmp_path,
        series,
        [expect(f"round({name}, 0.0001)", "10m", [sample(f"{{{TARGET}}}", value)]) for name, value in figures.items()],
    )


@pytest.mark.tools
def test_an_hour_in_one_figure(tmp_path: Path) -> None:
    """Ten minutes of rush in an hour are seen, two minutes are not; of what fills it is the average."""
    rush = "0.1x200 0.9x40 0.1x17"
    blink = "0.1x200 0.9x8 0.1x49"
    line = TARGET.replace('instance="srv"', 'instance="wan"').replace("node", "probe").replace("infra", "connectivi")
    ends = TARGET.replace('instance="srv"', 'instance="fw",ifName="wan1",ifIndex="1"').replace("node", "snmp")
    series = {
        f"instance:node_cpu_usage:ratio_rate5m{{{TARGET}}}": rush,
        f"instance:node_memory_usage:ratio{{{TARGET}}}": blink,
        f"instance:node_disk_busy:max_ratio_rate5m{{{TARGET}}}": rush,
        f"instance:node_filesystem_usage:max_ratio{{{TARGET}}}": "0.2x140 0.4x119",
        f'regiowacht_link_bandwidth_bits_per_second{{{line},device="fw",port="wan1"}}': "1000x260",
        f"ifHCInOctets{{{ends}}}": "0+375x260",  # 25 bytes a second
        f"ifHCOutOctets{{{ends}}}": "0+1125x260",  # 75 bytes a second: 600 bits of 1000
        f"ifHCOutOctets{{{ends.replace('wan1', 'lan1')}}}": "0+9000x260",
    }
    figures = {
        "node_cpu_usage:p95_ratio_1h": 0.9,
        "node_memory_usage:p95_ratio_1h": 0.1,
        "node_disk_busy:p95_ratio_1h": 0.9,
        "node_filesystem_usage:avg_ratio_1h": 0.3,
    }
    asked = {f"instance:{name}": (TARGET, value) for name, value in figures.items()}
    asked["instance:regiowacht_line_usage:p95_ratio_1h"] = (line, 0.6)
    questions = [
        expect(f"round({name}, 0.01)", "65m", [sample(f"{{{target}}}", value)])
        for name, (target, value) in asked.items()
    ]
    check_rules(tmp_path, series, questions)
    assert b"interval: 1h" in rule_files()["rules/trend.yml"]


def assets(gemeente: str, up: list[int | None]) -> dict[str, str]:
    """Return a gemeente's servers: up 1 or 0, or None for never connected; a 0 was up first."""
    series = {}
    for number, value in enumerate(up):
        target = f'gemeente="{gemeente}",scope="{gemeente}/infrastructuur",site="s",instance="srv-{number}",job="node"'
        series[f'regiowacht_asset_info{{{target},kind="server",laag="infrastructuur"}}'] = "1x40"
        if value is not None:
            series[f"up{{{target}}}"] = f"1x2 {value}x38"
    return series


def count(gemeente: str, state: str, value: float) -> dict[str, object]:
    level = "regio" if gemeente == "_regio" else "gemeente"
    labels = f'gemeente="{gemeente}",scope="{gemeente}/infrastructuur",laag="infrastructuur",state="{state}"'
    return sample(f"{level}:regiowacht_assets:count{{{labels}}}", value)


@pytest.mark.tools
def test_states_are_counted_also_where_there_are_none(tmp_path: Path) -> None:
    counts = {"goed": 2, "neer": 1, "stil": 0, "nog-niet-aangesloten": 1}
    ratio = 'gemeente:regiowacht_assets:reached_ratio{gemeente="a",scope="a/infrastructuur",laag="infrastructuur"}'
    check_rules(
        tmp_path,
        assets("a", [1, 1, 0, None]),
        [
            expect("gemeente:regiowacht_assets:count", "5m", [count("a", state, n) for state, n in counts.items()]),
            expect("round(gemeente:regiowacht_assets:reached_ratio, 0.001)", "5m",
                   [sample(ratio.partition(":reached_ratio")[2], 0.667)]),
        ],
    )  # fmt: skip


@pytest.mark.tools
def test_where_nothing_was_ever_connected_there_is_no_ratio(tmp_path: Path) -> None:
    check_rules(tmp_path, assets("a", [None]), [expect("gemeente:regiowacht_assets:reached_ratio", "5m", [])])


@pytest.mark.tools
@pytest.mark.parametrize(("gemeenten", "is_shown"), [(2, False), (3, True)])
def test_the_region_is_counted_from_three_gemeenten_on(tmp_path: Path, gemeenten: int, *, is_shown: bool) -> None:
    series: dict[str, str] = {}
    for gemeente in "abc"[:gemeenten]:
        series |= assets(gemeente, [1, 0])
        target = f'gemeente="{gemeente}",scope="{gemeente}/infrastructuur",site="s",instance="srv-0",job="node"'
        series[f"node_memory_MemTotal_bytes{{{target}}}"] = "1000x40"
        series[f"node_memory_MemAvailable_bytes{{{target}}}"] = "250x40"
    counts = {"goed": 3, "neer": 3, "stil": 0, "nog-niet-aangesloten": 0}
    region = 'gemeente="_regio",scope="_regio/infrastructuur"'
    ratio = sample(f'regio:regiowacht_assets:reached_ratio{{{region},laag="infrastructuur"}}', 0.5)
    memory = sample(f"regio:node_memory_usage:avg_ratio{{{region}}}", 0.75)
    expected = [count("_regio", state, n) for state, n in counts.items()]

    check_rules(
        tmp_path,
        series,
        [
            expect("regio:regiowacht_assets:count", "5m", expected if is_shown else []),
            expect("regio:regiowacht_assets:reached_ratio", "5m", [ratio] if is_shown else []),
            expect("regio:node_memory_usage:avg_ratio", "5m", [memory] if is_shown else []),
        ],
    )
