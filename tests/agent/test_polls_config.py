"""What is asked for others stands in lists; every mistake in one is told with its line."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from regiowacht_agent.config_file import FileInvalid, load
from regiowacht_agent.polls.made import polls_of
from regiowacht_agent.polls.settings import KINDS, LISTS, RECORDS, list_settings
from regiowacht_agent.probes import KINDS as MODULES
from regiowacht_agent.probes.dns import RECORDS as ASKED
from regiowacht_contract.texts import say

if TYPE_CHECKING:
    from regiowacht_agent.config import Config

CASES = tomllib.loads(Path(__file__).with_name("bad_polls.toml").read_text(encoding="utf-8"))["case"]
HEAD = '[asset]\ngemeente = "zandbeke"\n'
PROBE = (
    '[[probe]]\ninstance = "wan-1"\nsite = "stadhuis"\nlaag = "connectiviteit"\nkind = "icmp"\ntarget = "10.0.0.1"\n'
)
RELAY = '[[relay]]\ninstance = "srv-dc"\nsite = "stadhuis"\nurl = "http://10.0.0.2:9182/metrics"\n'


def _load(tmp_path: Path, text: str) -> Config:
    path = tmp_path / "agent.toml"
    path.write_text(text, encoding="utf-8")
    return load(path)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_mistake_is_told_with_its_line(tmp_path: Path, case: dict[str, Any]) -> None:
    with pytest.raises(FileInvalid) as raised:
        _load(tmp_path, HEAD + case["text"])
    (problem,) = raised.value.problems
    assert problem.line == case["line"] + HEAD.count("\n")
    assert case["says"] in problem.message("en")
    assert problem.message("nl")


def test_a_probe_and_a_relay_become_polls_of_their_assets(tmp_path: Path) -> None:
    config = _load(tmp_path, HEAD + "[polls]\ninterval_s = 30\n" + PROBE + "timeout_s = 1\n" + RELAY)
    link, server = polls_of(config)
    assert link.asset.labels() == (
        'gemeente="zandbeke",scope="zandbeke/connectiviteit",site="stadhuis",instance="wan-1",job="probe"'
    )
    assert (link.kind, link.target, link.interval_s, link.timeout_s) == ("icmp", "10.0.0.1", 30, 1)
    assert (server.asset.job, server.asset.laag, server.timeout_s) == ("relay", "infrastructuur", 5)


def test_the_same_file_gives_equal_polls_and_another_target_another_one(tmp_path: Path) -> None:
    first = polls_of(_load(tmp_path, HEAD + PROBE + RELAY))
    again = polls_of(_load(tmp_path, HEAD + PROBE + RELAY))
    other = polls_of(_load(tmp_path, HEAD + PROBE.replace("10.0.0.1", "10.0.0.9") + RELAY))
    assert first == again
    assert first[0] != other[0]
    assert first[1] == other[1]


def test_a_secret_typed_in_place_of_a_reference_is_not_shown(tmp_path: Path) -> None:
    with pytest.raises(FileInvalid) as raised:
        _load(tmp_path, HEAD + RELAY + 'token = "not-a-real-secret"\n')
    assert "not-a-real-secret" not in raised.value.message("nl") + raised.value.message("en")


def test_polls_need_a_gemeente(tmp_path: Path) -> None:
    with pytest.raises(FileInvalid, match=r"needs \[asset\]"):
        _load(tmp_path, PROBE)


@pytest.mark.parametrize("name", LISTS)
def test_every_setting_of_a_list_has_its_text(name: str) -> None:
    for setting in list_settings(name):
        assert say(setting.text, "nl") != say(setting.text, "en")


def test_what_may_be_written_is_what_can_be_asked() -> None:
    assert set(KINDS) == set(MODULES)
    assert set(RECORDS) == set(ASKED)
