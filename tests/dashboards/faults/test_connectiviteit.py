"""Connectiviteit, lines, site and wifi: each fault turns the panels red that tell of it, and no other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from regiowacht_contract.texts import say
from tests.dashboards.faults.stage import Samples, Stage, staged

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.tools

ALWAYS = "1x60"
DOWN = "0x30 1x29"
KINDS = {"wan-1": "link", "wan-2": "link", "rt-1": "router", "ap-1": "access_point", "wlc-1": "wifi_controller"}
PORT = 'site="s",instance="rt-1",scope="x",job="snmp",ifIndex="1",ifName="wan1",ifDescr="wan1",ifAlias="lijn"'


def about(name: str) -> str:
    job = "probe" if KINDS[name] == "link" else "snmp"
    return f'site="s",instance="{name}",scope="x",job="{job}"'


def state(name: str) -> str:
    return f'regiowacht:asset_state{{{about(name)},kind="{KINDS[name]}",laag="connectiviteit"}}'


def of(metric: str, name: str, more: str = "") -> str:
    return f"{metric}{{{about(name)}{more}}}"


def info(name: str) -> str:
    more = 'leverancier="telco-a",uplink="",poller="srv-1"'
    return f'regiowacht_asset_info{{{about(name)},kind="{KINDS[name]}",laag="connectiviteit",{more}}}'


def rtt(name: str) -> str:
    return of("probe_icmp_duration_seconds", name, ',phase="rtt"')


def port(metric: str) -> str:
    return f"{metric}{{{PORT}}}"


MISSED = of("snmp_wifi_access_points", "wlc-1", ',index="0",name="APs",state="down"')
ON_BATTERY = 'snmp_ups_on_battery{site="s",instance="ups-1",scope="x",job="snmp"}'

HOURS = "instance:regiowacht_line_usage:p95_ratio_1h"

HEALTHY: Samples = {
    **{state(name): "0x60" for name in KINDS},
    **{info(name): ALWAYS for name in KINDS},
    **{rtt(name): "0.012x60" for name in ("wan-1", "wan-2")},
    **{of("probe_success", name): ALWAYS for name in ("wan-1", "wan-2")},
    **{of("probe_icmp_requests", name): ALWAYS for name in ("wan-1", "wan-2")},
    of("regiowacht_link_bandwidth_bits_per_second", "wan-1", ',device="rt-1",port="wan1"'): "100000000x60",
    of("regiowacht_link_bandwidth_bits_per_second", "wan-2", ',device="rt-1",port="wan2"'): "100000000x60",
    port("ifOperStatus"): ALWAYS,
    port("ifHighSpeed"): "1000x60",
    port("ifHCInOctets"): "0+6000000x60",
    port("ifHCOutOctets"): "0+6000000x60",
    **{port(name): "0x60" for name in ("ifInErrors", "ifOutErrors", "ifInDiscards", "ifOutDiscards")},
    of("snmp_wifi_clients", "ap-1", ',index="1",name="gemeente"'): "12x60",
    of("snmp_wifi_access_points", "wlc-1", ',index="0",name="APs",state="up"'): "4x60",
    MISSED: "0x60",
    ON_BATTERY: "0x60",
}

Reds = dict[str, set[str]]
"""Keys of the panels that are red, by dashboard; one that is not named has none."""

LAYER = {"neer", "attention", "per-gemeente", "timeline"}
SITE = {"neer", "attention", "assets", "timeline"}

FAULTS: dict[str, tuple[Samples, Reds]] = {
    "een lijn neer": (
        {state("wan-1"): DOWN},
        {
            "rw-connectiviteit": {*LAYER, "lines-neer", "lines", "lines-over-time"},
            "rw-wan": {"neer", "lines", "per-supplier", "lines-over-time"},
            "rw-site": {*SITE, "lines-neer", "lines"},
        },
    ),
    "alle lijnen neer": (
        {state("wan-1"): DOWN, state("wan-2"): DOWN},
        {
            "rw-connectiviteit": {*LAYER, "lines-neer", "lines", "lines-over-time", "sites-cut-off"},
            "rw-wan": {"neer", "lines", "per-supplier", "lines-over-time", "sites-cut-off"},
            "rw-site": {*SITE, "lines-neer", "lines"},
        },
    ),
    "een lijn vol": (
        {port("ifHCOutOctets"): "0+720000000x60"},
        {
            "rw-connectiviteit": {"fullest", "lines"},
            "rw-wan": {"fullest", "lines", "usage"},
            "rw-site": {"lines"},
        },
    ),
    "een lijn vol in elk van haar uren": (
        {of(HOURS, "wan-1"): "_x30 0.95 _x28"},
        {},
    ),
    "een lijn traag": (
        {rtt("wan-1"): "0.4x60"},
        {
            "rw-connectiviteit": {"slowest", "lines"},
            "rw-wan": {"slowest", "lines", "latency"},
            "rw-site": {"lines"},
        },
    ),
    "een lijn verliest": (
        {of("probe_icmp_requests", "wan-1"): "2x60"},
        {"rw-connectiviteit": {"lines"}, "rw-wan": {"most-loss", "lines", "loss"}, "rw-site": {"lines"}},
    ),
    "een lijn is ongelijk": (
        {rtt("wan-1"): " ".join(["0.001 0.14"] * 30 + ["0.001"])},
        {"rw-connectiviteit": {"lines"}, "rw-wan": {"lines", "jitter"}, "rw-site": {"lines"}},
    ),
    "een poort met fouten": (
        {port("ifInErrors"): "0+1200x60"},
        {"rw-connectiviteit": {"errors-now", "most-errors"}},
    ),
    "een poort verliest": ({port("ifOutDiscards"): "0+9000x60"}, {"rw-connectiviteit": {"most-drops"}}),
    "een poort vol": (
        {port("ifHighSpeed"): "1x60", port("ifHCInOctets"): "0+7200000x60"},
        {"rw-connectiviteit": {"fullest-ports"}},
    ),
    "een accesspoint neer": (
        {state("ap-1"): DOWN},
        {
            "rw-connectiviteit": {*LAYER, "points-neer"},
            "rw-site": SITE,
            "rw-wifi": {"points-neer", "devices", "timeline"},
        },
    ),
    "een controller neer": (
        {state("wlc-1"): DOWN},
        {
            "rw-connectiviteit": {*LAYER, "points-neer"},
            "rw-site": SITE,
            "rw-wifi": {"controllers-neer", "devices", "timeline"},
        },
    ),
    "een accesspoint gemist": ({MISSED: "0x30 1x29"}, {"rw-wifi": {"missed", "devices"}}),
    "op batterij": ({ON_BATTERY: "0x30 1x29"}, {"rw-site": {"on-battery"}}),
}

DASHBOARDS = ("rw-connectiviteit", "rw-wan", "rw-site", "rw-wifi")

NO_FAULTS: dict[str, Samples] = {
    "goed": {},
    "stil": {state("ap-1"): "0x30 2x29"},
    "nog niet aangesloten": {state("wan-2"): "3x60"},
    "een ping zonder antwoord": {rtt("wan-1"): "0.012x30 0 0.012x28"},
}


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    scenes = {name: {**HEALTHY, **samples} for name, (samples, _) in FAULTS.items()}
    fine = {name: {**HEALTHY, **samples} for name, samples in NO_FAULTS.items()}
    with staged(tmp_path_factory.mktemp("connectiviteit"), {**fine, **scenes, "nooit gemeten": {}}) as found:
        yield found


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_turns_its_own_panels_red(fault: str, stage: Stage) -> None:
    _, wanted = FAULTS[fault]
    found = {uid: stage.red(uid, fault, site="s") for uid in DASHBOARDS}
    assert found == {uid: {say(f"{uid}.{key}", "nl") for key in wanted.get(uid, ())} for uid in DASHBOARDS}


@pytest.mark.parametrize("scene", [*NO_FAULTS, "nooit gemeten"])
def test_what_is_well_or_not_measured_turns_none_red(scene: str, stage: Stage) -> None:
    assert {uid: stage.red(uid, scene, site="s") for uid in DASHBOARDS} == {uid: set() for uid in DASHBOARDS}


@pytest.mark.parametrize(("days", "is_red"), [(7, False), (8, True)])
def test_of_more_than_a_week_the_recorded_hours_are_what_counts(days: int, is_red: bool, stage: Stage) -> None:
    chosen = {"__range": f"{days}d", "__range_s": str(days * 86_400), "__interval": "20m"}
    found = stage.red("rw-wan", "een lijn vol in elk van haar uren", site="s", **chosen)
    assert found == ({say("rw-wan.lines", "nl")} if is_red else set())


def test_of_more_than_a_week_a_line_without_recorded_hours_is_looked_at_itself(stage: Stage) -> None:
    chosen = {"__range": "8d", "__range_s": "691200", "__interval": "20m"}
    assert say("rw-wan.lines", "nl") in stage.red("rw-wan", "een lijn vol", site="s", **chosen)
