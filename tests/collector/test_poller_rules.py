"""What waits for a silent poller, evaluated by promtool: one fact a server, whatever hangs behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from regiowacht_contract.states import AssetState
from tests.collector.promtool import check_rules, expect, sample

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.tools

SECONDS_15 = "1x240"
SILENT = "regiowacht:poller_silent"
WAITING = "regiowacht:asset_waiting"
GOED, NEER, STIL, NIEUW = AssetState


def _target(name: str, job: str = "snmp", laag: str = "connectiviteit", site: str = "stadhuis") -> str:
    return f'gemeente="zandbeke",scope="zandbeke/{laag}",site="{site}",instance="{name}",job="{job}"'


def _info(name: str, kind: str = "switch", poller: str = "srv-files", **target: str) -> str:
    laag = target.get("laag", "connectiviteit")
    return f'regiowacht_asset_info{{{_target(name, **target)},kind="{kind}",laag="{laag}",poller="{poller}"}}'


def _server(name: str = "srv-files") -> str:
    return _info(name, "server", "", job="node", laag="infrastructuur")


def _up(name: str, **target: str) -> str:
    return f"up{{{_target(name, **target)}}}"


def _silent(count: int, laag: str = "connectiviteit", name: str = "srv-files") -> dict[str, object]:
    labels = f'{_target(name, "node", laag)},kind="server",laag="{laag}"'
    return sample(f"{SILENT}{{{labels}}}", count)


SERVER_UP = _up("srv-files", job="node", laag="infrastructuur")
REGION = {
    _server(): SECONDS_15,
    **{_info(f"sw-{number}"): SECONDS_15 for number in (1, 2, 3)},
    _info("ups-1", "ups", laag="infrastructuur"): SECONDS_15,
}
"""Three switches and an UPS, all asked by srv-files."""

DEVICES = {_up(f"sw-{number}"): "1x8 stale" for number in (1, 2, 3)} | {
    _up("ups-1", laag="infrastructuur"): "1x8 stale"
}
"""All of them answer for two minutes, and then nobody tells of them."""


def test_a_poller_that_is_down_is_one_fact_in_each_laag(tmp_path: Path) -> None:
    series = {**REGION, **DEVICES, SERVER_UP: "1x8 0x240"}
    check_rules(
        tmp_path,
        series,
        [
            expect(SILENT, "2m", []),
            expect(SILENT, "6m", [_silent(3), _silent(1, "infrastructuur")]),
            expect(f"count({WAITING})", "6m", [sample("{}", 4)]),
        ],
    )


def test_a_poller_that_is_silent_itself_is_the_same_fact(tmp_path: Path) -> None:
    series = {**REGION, **DEVICES, SERVER_UP: "1x8 stale"}
    check_rules(tmp_path, series, [expect(SILENT, "6m", [_silent(3), _silent(1, "infrastructuur")])])


def test_a_poller_that_answers_but_tells_nothing_of_its_devices_is_the_same_fact(tmp_path: Path) -> None:
    link = {_info("wan-1", "link", job="probe"): SECONDS_15, _up("wan-1", job="probe"): SECONDS_15}
    series = {**REGION, **DEVICES, **link, SERVER_UP: SECONDS_15}
    check_rules(tmp_path, series, [expect(SILENT, "6m", [_silent(3), _silent(1, "infrastructuur")])])


def test_one_device_of_several_that_nobody_tells_of_is_that_devices_own_matter(tmp_path: Path) -> None:
    series = {**REGION, **DEVICES, _up("sw-2"): SECONDS_15, SERVER_UP: SECONDS_15}
    check_rules(tmp_path, series, [expect(SILENT, "6m", []), expect(WAITING, "6m", [])])


def test_devices_that_do_not_answer_a_poller_that_does_are_their_own_matter(tmp_path: Path) -> None:
    down = dict.fromkeys(DEVICES, "1x8 0x240")
    check_rules(tmp_path, {**REGION, **down, SERVER_UP: SECONDS_15}, [expect(SILENT, "6m", [])])


def test_where_a_standby_tells_nothing_waits(tmp_path: Path) -> None:
    told = dict.fromkeys(DEVICES, "1x8 _x12 1x240")
    series = {**REGION, **told, SERVER_UP: "1x8 0x240"}
    check_rules(tmp_path, series, [expect(SILENT, "10m", []), expect(WAITING, "10m", [])])


def test_what_a_standby_cannot_ask_still_waits_for_the_poller(tmp_path: Path) -> None:
    series = {**REGION, **DEVICES, _up("sw-1"): SECONDS_15, SERVER_UP: "1x8 0x240"}
    check_rules(tmp_path, series, [expect(SILENT, "6m", [_silent(2), _silent(1, "infrastructuur")])])


def test_what_was_never_seen_waits_for_nobody(tmp_path: Path) -> None:
    series = {**REGION, SERVER_UP: "1x8 0x240"}
    check_rules(tmp_path, series, [expect(SILENT, "6m", []), expect(WAITING, "6m", [])])


def test_what_another_gemeentes_server_of_that_name_does_is_no_matter_here(tmp_path: Path) -> None:
    other = {
        _server().replace("zandbeke", "oosthove"): SECONDS_15,
        SERVER_UP.replace("zandbeke", "oosthove"): "1x8 0x240",
    }
    live = dict.fromkeys(DEVICES, SECONDS_15)
    series = {**REGION, **live, _up("sw-1"): "1x8 stale", SERVER_UP: SECONDS_15, **other}
    check_rules(tmp_path, series, [expect(SILENT, "6m", []), expect(WAITING, "6m", [])])


def test_a_server_asks_devices_of_another_site_and_the_fact_stands_at_its_own(tmp_path: Path) -> None:
    series = {
        _server(): SECONDS_15,
        SERVER_UP: "1x8 0x240",
        _info("sw-sporthal", site="sporthal"): SECONDS_15,
        _up("sw-sporthal", site="sporthal"): "1x8 stale",
    }
    check_rules(tmp_path, series, [expect(SILENT, "6m", [_silent(1)])])


def test_back_again_nothing_waits(tmp_path: Path) -> None:
    back = dict.fromkeys(DEVICES, "1x8 stale _x20 1x240")
    series = {**REGION, **back, SERVER_UP: "1x8 0x20 1x240"}
    check_rules(tmp_path, series, [expect(f"count({WAITING})", "6m", [sample("{}", 4)]), expect(SILENT, "9m", [])])


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param("1 _x3 stale _x3 1x20", {"1m": GOED, "1m45s": GOED, "2m": GOED}, id="handed over in a minute"),
        pytest.param("1 _x3 stale", {"2m15s": GOED, "2m45s": STIL}, id="and by nobody taken"),
        pytest.param("1 _x3 0 stale", {"1m": NEER, "1m30s": NEER, "4m": STIL}, id="down holds as long"),
    ],
)
def test_the_state_of_a_device_holds_while_it_goes_from_one_agent_to_another(
    tmp_path: Path, values: str, expected: dict[str, AssetState]
) -> None:
    state = f'regiowacht:asset_state{{{_target("sw-1")},kind="switch",laag="connectiviteit"}}'
    questions = [expect("regiowacht:asset_state", at, [sample(state, value)]) for at, value in expected.items()]
    check_rules(tmp_path, {_info("sw-1"): SECONDS_15, _up("sw-1"): values}, questions)
