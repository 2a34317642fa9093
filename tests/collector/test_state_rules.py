"""Every transition of an asset's state, evaluated by promtool."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from regiowacht_contract.states import AssetState
from tests.collector.promtool import check_rules, expect, sample
from tests.parts import need, need_peer

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.tools

TARGET = 'gemeente="zandbeke",scope="zandbeke/infrastructuur",site="stadhuis",instance="srv",job="node"'
INFO = f'regiowacht_asset_info{{{TARGET},kind="server",laag="infrastructuur",leverancier="acme"}}'
STATE = f'regiowacht:asset_state{{{TARGET},kind="server",laag="infrastructuur"}}'
UP = f"up{{{TARGET}}}"
REMEMBERED = f"regiowacht_asset_remembered{{{TARGET}}}"
GOED, NEER, STIL, NIEUW = AssetState

AN_HOUR = 60 * 4
"""Samples of 15 s in an hour."""


@pytest.mark.parametrize(
    ("series", "expected"),
    [
        pytest.param({}, {"0": NIEUW, "1h": NIEUW}, id="never seen"),
        pytest.param({UP: "0x40"}, {"0": NIEUW, "10m": NIEUW}, id="asked, but never up"),
        pytest.param({UP: "1x40"}, {"0": GOED, "10m": GOED}, id="up"),
        pytest.param({UP: "1x3 0x40"}, {"45s": GOED, "1m": NEER, "10m": NEER}, id="goes down"),
        pytest.param({UP: "1 0x40"}, {"0": GOED, "15s": NEER}, id="up for one scrape only"),
        pytest.param({UP: "0x3 1x3 0x3 1x40"}, {"45s": NIEUW, "1m": GOED, "2m": NEER, "4m": GOED}, id="comes back"),
        pytest.param({UP: "1x3 stale"}, {"45s": GOED, "1m": STIL, "1h": STIL}, id="nobody tells any more"),
        pytest.param({UP: "1x3 0x3 stale"}, {"1m30s": NEER, "2m": STIL, "1h": STIL}, id="down, then nobody tells"),
        pytest.param({UP: "0x3 stale"}, {"1m": NIEUW, "1h": NIEUW}, id="never up, then nobody tells"),
        pytest.param({UP: "1x3"}, {"5m": GOED, "6m": STIL}, id="pushed, then silent without a marker"),
        pytest.param({UP: f"1x3 stale _x{2 * AN_HOUR} 1x40"}, {"2h": STIL, "2h5m": GOED}, id="back after two hours"),
        pytest.param({REMEMBERED: "1x40"}, {"0": STIL, "10m": STIL}, id="seen before the collector's own pause"),
        pytest.param({REMEMBERED: "1x40", UP: "0x40"}, {"0": NEER}, id="remembered, and down now"),
        pytest.param({REMEMBERED: "1x40", UP: "1x40"}, {"0": GOED}, id="remembered, and up now"),
        pytest.param({REMEMBERED: "1x2"}, {"1h": STIL}, id="remembered at the start is remembered on"),
    ],
)
def test_state(tmp_path: Path, series: dict[str, str], expected: dict[str, AssetState]) -> None:
    questions = [expect("regiowacht:asset_state", at, [sample(STATE, state)]) for at, state in expected.items()]

    check_rules(tmp_path, {INFO: f"1x{3 * AN_HOUR}", **series}, questions)


def test_an_asset_that_leaves_the_region_has_no_state_and_no_memory(tmp_path: Path) -> None:
    series = {INFO: "1x3 stale _x10 1x40", UP: "1x3 stale"}
    gone = [expect(expr, "2m", []) for expr in ("regiowacht:asset_state", "regiowacht:asset_seen")]

    check_rules(tmp_path, series, [*gone, expect("regiowacht:asset_state", "5m", [sample(STATE, NIEUW)])])


def test_what_is_not_declared_has_no_state(tmp_path: Path) -> None:
    check_rules(
        tmp_path,
        {UP: "1x40"},
        [expect("regiowacht:asset_state", "5m", []), expect("regiowacht:asset_seen", "5m", [])],
    )


def test_an_asset_whose_supplier_changes_keeps_one_state_and_its_memory(tmp_path: Path) -> None:
    other = INFO.replace("acme", "other")
    series = {INFO: "1x10 stale", other: "_x11 1x40", UP: "1x3 stale"}

    check_rules(tmp_path, series, [expect("regiowacht:asset_state", at, [sample(STATE, STIL)]) for at in ("2m", "5m")])


def test_scraped_and_pushed_at_once_is_one_state(tmp_path: Path) -> None:
    pushed = UP.replace('site="stadhuis"', 'site="elders"')

    check_rules(
        tmp_path,
        {INFO: "1x40", UP: "1x3 0x40", pushed: "1x10 0x40"},
        [
            expect("regiowacht:asset_state", "2m", [sample(STATE, GOED)]),
            expect("regiowacht:asset_state", "5m", [sample(STATE, NEER)]),
        ],
    )


def test_the_same_name_in_another_gemeente_or_job_is_another_asset(tmp_path: Path) -> None:
    series = {
        INFO: "1x40",
        UP.replace("zandbeke", "oosthove"): "1x40",
        UP.replace('job="node"', 'job="probe"'): "1x40",
    }

    check_rules(tmp_path, series, [expect("regiowacht:asset_state", "5m", [sample(STATE, NIEUW)])])


PUSHED = f"regiowacht_asset_push_interval_seconds{{{TARGET}}}"


@pytest.mark.parametrize(
    ("interval_s", "up", "expected"),
    [
        pytest.param(15, "1x4", {"1m45s": GOED, "2m": STIL, "10m": STIL}, id="silent"),
        pytest.param(15, "1x4 _x2 1x40", {"1m45s": GOED, "2m": GOED}, id="two were lost on the way"),
        pytest.param(15, "0x4", {"1m45s": NIEUW, "2m": NIEUW, "10m": NIEUW}, id="never up, then silent"),
        pytest.param(15, "1x4 0x4", {"2m45s": NEER, "3m15s": STIL}, id="down, then silent"),
        pytest.param(15, "1x4 _x20 1x40", {"2m": STIL, "6m": STIL, "6m15s": GOED}, id="back"),
        pytest.param(15, "1x4 stale", {"1m": GOED, "1m15s": STIL}, id="its agent said that it stops"),
        pytest.param(30, "1x4", {"1m45s": GOED, "2m": STIL}, id="every half minute"),
        pytest.param(60, "1 _ _ _ 1 _ _ _ 1", {"1m45s": GOED, "3m15s": GOED, "3m30s": STIL}, id="every minute"),
        pytest.param(5, "1x4", {"1m45s": GOED, "2m": STIL}, id="every five seconds"),
    ],
)
@pytest.mark.parametrize("of", ["this Debian", "newest"])
def test_what_is_pushed_is_stil_soon(
    tmp_path: Path, interval_s: int, up: str, expected: dict[str, AssetState], of: str
) -> None:
    questions = [expect("regiowacht:asset_state", at, [sample(STATE, state)]) for at, state in expected.items()]
    tool = str(need_peer("prometheus").prefix / "usr/bin/promtool") if of == "newest" else need("promtool")

    check_rules(tmp_path, {INFO: "1x80", PUSHED: f"{interval_s}x80", UP: up}, questions, promtool=tool)


def test_a_device_whose_poller_dies_is_stil_and_one_that_is_handed_over_is_not(tmp_path: Path) -> None:
    def of_a_switch(series: str) -> str:
        return series.replace("srv", "sw").replace('job="node"', 'job="snmp"')

    every_minute = "1 _ _ _ 1 _ _ _ 1 "
    series = {of_a_switch(INFO): "1x80", of_a_switch(PUSHED): "60x80"}
    state = of_a_switch(STATE)

    for folder, up, expected in (
        ("dies", every_minute, {"3m15s": GOED, "3m30s": STIL, "6m": STIL}),
        ("handed", f"{every_minute} stale _ _ _ 1 _ _ _ 1", {"2m30s": GOED, "3m": GOED, "3m30s": GOED, "4m": GOED}),
    ):
        (tmp_path / folder).mkdir()
        questions = [expect("regiowacht:asset_state", at, [sample(state, one)]) for at, one in expected.items()]
        check_rules(tmp_path / folder, {**series, of_a_switch(UP): up}, questions)
