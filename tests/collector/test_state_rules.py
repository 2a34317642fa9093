"""Every transition of an asset's state, evaluated by promtool."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from regiowacht_contract.states import AssetState
from tests.collector.promtool import check_rules, expect, sample

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
