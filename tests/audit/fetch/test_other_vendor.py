"""Another vendor than was declared: told by name, long before its driver has waited for all that it hopes for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from regiowacht_audit.fetch import guard
from regiowacht_audit.fetch.guard import Stuck
from regiowacht_audit.fetch.session import read
from regiowacht_audit.fetch.target import Login, Target
from regiowacht_audit.platform import find_platform
from regiowacht_contract.errors import RegiowachtError
from tests.audit.fetch.dialogues import DIALOGUES, SECRET
from tests.audit.fetch.fake_device import ENABLE, PASSWORD, USER, FakeDevice

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.filterwarnings("ignore::DeprecationWarning:paramiko"), pytest.mark.timeout(300)]

NAMED = {"fetch.sounds-other", "fetch.other-platform"}


@pytest.fixture(autouse=True)
def _secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RW_TEST_PASSWORD", PASSWORD)
    monkeypatch.setenv("RW_TEST_ENABLE", ENABLE)


def refusal(declared: str, real: str, folder: Path, enable: str = "") -> RegiowachtError:
    with FakeDevice(replace(DIALOGUES[real], user=USER)) as device:
        known = folder / "known_hosts"
        known.write_text(device.known_hosts())
        login = Login("ssh-audit", USER, "env:RW_TEST_PASSWORD", enable)
        target = Target("zandbeke", "sw-1", "127.0.0.1", find_platform(declared), login, port=device.port)
        with pytest.raises(RegiowachtError) as caught:
            read(target, known)
    assert SECRET not in caught.value.message("nl")
    return caught.value


@pytest.mark.parametrize(
    ("declared", "real"),
    [
        ("hp_comware", "linux"),
        ("fortinet", "hp_comware"),
        ("linux", "juniper_junos"),
        ("juniper_junos", "cisco_xe"),
        ("cisco_xe", "extreme_exos"),
        ("cisco_xe", "cisco_s300"),
        ("cisco_xe", "juniper_junos"),
        ("cisco_nxos", "linux"),
        ("tplink_jetstream", "cisco_ios"),
        ("paloalto_panos", "fortinet"),
        ("cisco_ios", "ruckus_fastiron"),
        ("cisco_xe", "cisco_nxos"),
    ],
)
def test_what_it_looks_like_is_named(declared: str, real: str, tmp_path: Path) -> None:
    told = refusal(declared, real, tmp_path)
    assert told.key in NAMED
    for said in (told.message("nl"), told.message("en")):
        assert find_platform(declared).title in said
        assert find_platform(real).title in said
    assert f"platform: {told.values['name']} " in told.message("en")


def test_a_right_that_another_system_does_not_know_names_it_too(tmp_path: Path) -> None:
    told = refusal("cisco_xe", "juniper_junos", tmp_path, "env:RW_TEST_ENABLE")
    assert (told.key, told.values["name"]) == ("fetch.sounds-other", "juniper_junos")


def test_a_prompt_that_says_nothing_more_is_shown(tmp_path: Path) -> None:
    told = refusal("fortinet", "tplink_jetstream", tmp_path)
    assert told.key == "fetch.other-prompt"
    assert "'sw-1>'" in told.message("en")


def test_a_login_that_only_one_system_takes_says_so(tmp_path: Path) -> None:
    told = refusal("mikrotik_routeros", "cisco_xe", tmp_path)
    assert "or it is no MikroTik RouterOS" in told.message("en")


def test_silence_at_a_prompt_ends_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raised: list[Stuck] = []

    class Told(Stuck):
        def __init__(self) -> None:
            super().__init__()
            raised.append(self)

    monkeypatch.setattr(guard, "Stuck", Told)
    assert refusal("juniper_junos", "cisco_xe", tmp_path).key in NAMED
    assert raised, "the driver waited for all that it hoped for"
