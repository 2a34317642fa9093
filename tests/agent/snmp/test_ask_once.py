"""``regiowacht agent check`` asks each device once and says in the reader's words what that came to."""

from __future__ import annotations

import json
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from regiowacht.main import main
from regiowacht_agent.snmp.ask_once import as_json, ask_all, lines
from tests.agent.snmp.asking import config_of, entry
from tests.agent.snmp.fake_agent import Quirks, serving
from tests.agent.snmp.poll.switch import switch
from tests.agent.snmp.snmpd import free_port

if TYPE_CHECKING:
    from pathlib import Path

    from regiowacht_contract.texts import Lang


@pytest.mark.parametrize(
    ("lang", "count", "silent", "unread", "lacks"),
    [
        ("nl", "bevraagt over SNMP: 6", "geeft op poort", "het geheim kan niet gelezen worden", "let op:"),
        ("en", "asks over SNMP: 6", "does not answer on port", "the secret cannot be read", "mind:"),
    ],
)
def test_each_device_is_asked_and_said_in_its_order(
    tmp_path: Path, lang: Lang, count: str, silent: str, unread: str, lacks: str
) -> None:
    with ExitStack() as stack:
        good = stack.enter_context(serving(switch(range(1, 9))))[1].port
        dead = stack.enter_context(serving(switch([1]), Quirks(drop=1.0)))[1].port
        odd = stack.enter_context(serving(switch(range(1, 9)), Quirks(loop_at="1.3.6.1.2.1.2.2.1.14.5")))[1].port
        config = config_of(
            tmp_path,
            entry("good", good),
            entry("unread", good, community="file:{folder}/nowhere"),
            entry("dead", dead, timeout_s=0.2),
            entry("gone", free_port()),
            entry("odd", odd, timeout_s=1.0),
            entry("by-pysnmp", good, engine="pysnmp"),
        )
        told = ask_all(config)
    names = ["good", "unread", "dead", "gone", "odd", "by-pysnmp"]
    assert [asked.asset.instance for asked, _latest in told] == names
    found = as_json(told)
    assert [one["reason"] for one in found] == ["", "secret", "timeout", "unreachable", "", ""]
    assert [one["up"] for one in found] == [True, False, False, False, True, True]
    assert found[0]["samples"] == found[5]["samples"] != 0
    assert found[0]["missing"] == []
    assert found[4]["missing"] != []
    head, *said = lines(told, lang)
    assert head == count
    assert [line.split()[0] for line in said] == names
    assert silent in said[2]
    assert unread in said[1]
    assert str(tmp_path / "nowhere") in said[1]
    assert lacks in said[4]
    assert lacks not in said[0]


def test_a_device_that_never_ends_does_not_keep_a_person_waiting(tmp_path: Path) -> None:
    quirks = Quirks(slow_every=1, slow_s=60)
    with serving(switch([1]), quirks) as (_agent, server):
        ((_asked, latest),) = ask_all(config_of(tmp_path, entry("slow", server.port, timeout_s=60)), within_s=0.5)
    assert latest.failed is not None
    assert latest.failed.reason == "timeout"


def test_without_devices_nothing_is_said_and_nobody_asked(tmp_path: Path) -> None:
    assert ask_all(config_of(tmp_path)) == []
    assert list(lines([], "en")) == []


def test_agent_check_ends_with_one_where_a_device_does_not_answer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving(switch([1])) as (_agent, server):
        config_of(tmp_path, entry("good", server.port))
        file = str(tmp_path / "agent.toml")
        fine = main(["agent", "check", "--lang", "en", "--config", file])
        assert "good  snmp 127.0.0.1" in capsys.readouterr().out
        config_of(tmp_path, entry("good", server.port), entry("gone", free_port()))
        assert main(["agent", "check", "--lang", "en", "--config", file, "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert [one["reason"] for one in told["devices"]] == ["", "unreachable"]
    assert fine in {0, 1}, "what else this machine has is not of this test"
