"""Each platform's device is read through netmiko's own driver: whole, read-only, and with a sentence when it cannot."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

import paramiko
import pytest

from regiowacht_audit.fetch.commands import commands_of
from regiowacht_audit.fetch.session import read
from regiowacht_audit.fetch.target import Jump, Login, Target
from regiowacht_audit.fetch.whole import cleaned
from regiowacht_audit.platform import find_platform, platforms
from regiowacht_audit.trust import record, show, with_jumps
from regiowacht_contract.errors import RegiowachtError
from tests.audit.fetch.dialogues import DIALOGUES, IOS, SECRET
from tests.audit.fetch.fake_device import ENABLE, PASSWORD, USER, Dialogue, FakeDevice

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:paramiko")


def target(device: FakeDevice, platform: str, **more: object) -> Target:
    login = Login("ssh-audit", USER, "env:RW_TEST_PASSWORD", "env:RW_TEST_ENABLE" if device.dialogue.enable else "")
    return replace(Target("zandbeke", "sw-1", "127.0.0.1", find_platform(platform), login, port=device.port), **more)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def _secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RW_TEST_PASSWORD", PASSWORD)
    monkeypatch.setenv("RW_TEST_ENABLE", ENABLE)


def read_from(device: FakeDevice, platform: str, folder: Path, **more: object) -> str:
    known = folder / "known_hosts"
    known.write_text(device.known_hosts())
    return read(target(device, platform, **more), known).text


def test_every_platform_has_a_dialogue_and_a_list_of_commands() -> None:
    names = {platform.name for platform in platforms()}
    assert set(DIALOGUES) == names
    for name in names:
        assert commands_of(name).read


@pytest.mark.parametrize("platform", sorted(DIALOGUES))
def test_a_device_is_read_whole_and_read_only(platform: str, tmp_path: Path) -> None:
    dialogue = DIALOGUES[platform]
    commands = commands_of(platform)
    with FakeDevice(dialogue) as device:
        got = read_from(device, platform, tmp_path)
        typed = {line for line in device.typed if line.strip()}
    wanted = cleaned("\n".join(dialogue.answers[command] for command in commands.read))
    assert [row.rstrip() for row in got.split("\n")] == [row.rstrip() for row in wanted.split("\n")]
    assert typed <= commands.allowed
    assert typed >= set(commands.read)


@pytest.mark.parametrize(
    "platform", ["cisco_ios", "hp_comware", "extreme_exos", "dell_os6", "cisco_asa", "aruba_aoscx"]
)
def test_a_pager_that_cannot_be_turned_off_is_turned_page_by_page(platform: str, tmp_path: Path) -> None:
    dialogue = replace(DIALOGUES[platform], pager_off="never")
    answers = {**dialogue.answers, DIALOGUES[platform].pager_off: ""}
    with FakeDevice(replace(dialogue, answers=answers)) as device:
        got = read_from(device, platform, tmp_path)
    (command,) = commands_of(platform).read
    wanted = cleaned(dialogue.answers[command])
    assert [row.rstrip() for row in got.split("\n")] == [row.rstrip() for row in wanted.split("\n")]


def broken(dialogue: Dialogue, text: str) -> Dialogue:
    return replace(dialogue, answers={**dialogue.answers, "show running-config": text})


IOS_AT_ONCE = DIALOGUES["cisco_xe"]


@pytest.mark.parametrize(
    ("dialogue", "key"),
    [
        (replace(IOS_AT_ONCE, cut_after=2000), "fetch.hung-up"),
        (broken(IOS_AT_ONCE, IOS[:2000]), "fetch.incomplete"),
        (broken(IOS_AT_ONCE, "% Invalid input detected at '^' marker."), "fetch.refused"),
        (broken(IOS_AT_ONCE, "% Authorization failed."), "fetch.refused"),
        (broken(IOS_AT_ONCE, "\x00\x01\x02" * 400), "fetch.binary"),
        (replace(IOS_AT_ONCE, user="somebody-else"), "fetch.login"),
    ],
)
def test_what_goes_wrong_is_said_in_a_sentence(dialogue: Dialogue, key: str, tmp_path: Path) -> None:
    with FakeDevice(dialogue) as device, pytest.raises(RegiowachtError) as caught:
        read_from(device, "cisco_xe", tmp_path)
    assert caught.value.key == key
    for lang in ("nl", "en"):
        said = caught.value.message(lang)
        assert PASSWORD not in said
        assert SECRET not in said


def test_no_right_to_enable_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RW_TEST_ENABLE", "wrong-one")
    with FakeDevice(DIALOGUES["cisco_ios"]) as device, pytest.raises(RegiowachtError) as caught:
        read_from(device, "cisco_ios", tmp_path)
    assert caught.value.key == "fetch.enable"
    assert "wrong-one" not in str(caught.value)


def test_log_messages_in_the_middle_are_no_configuration(tmp_path: Path) -> None:
    message = "*Mar  1 00:12:13.123: %LINK-3-UPDOWN: Interface GigabitEthernet1/0/3, changed state to up\n"
    at = IOS.index("interface GigabitEthernet1/0/7")
    with FakeDevice(broken(IOS_AT_ONCE, IOS[:at] + message + IOS[at:])) as device:
        assert read_from(device, "cisco_xe", tmp_path) == cleaned(IOS)


def test_a_host_key_that_nobody_trusts_or_that_changed_blocks(tmp_path: Path) -> None:
    known = tmp_path / "known_hosts"
    with FakeDevice(IOS_AT_ONCE) as device:
        one = target(device, "cisco_xe")
        known.write_text("")
        with pytest.raises(RegiowachtError) as caught:
            read(one, known)
        assert caught.value.key == "fetch.host-key-unknown"
        other = paramiko.ECDSAKey.generate()
        known.write_text(f"[127.0.0.1]:{device.port} {other.get_name()} {other.get_base64()}\n")
        with pytest.raises(RegiowachtError) as caught:
            read(one, known)
        assert caught.value.key == "fetch.host-key-changed"
        assert device.typed == []


def test_a_device_becomes_trusted_and_a_changed_one_only_when_told(tmp_path: Path) -> None:
    known = tmp_path / "known_hosts"
    known.write_text("192.0.2.9 ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJqVnzYXV2mCZ9M1a6xT8mPnq5mUO8cNq0VqfQm0mJ3d\n")
    with FakeDevice(IOS_AT_ONCE) as device:
        one = target(device, "cisco_xe")
        first = show(one, known)
        assert first.state == "new"
        assert first.fingerprint.startswith("SHA256:")
        record(first, known)
        assert show(one, known).state == "known"
        assert read(one, known).text == cleaned(IOS)
        device.key = paramiko.ECDSAKey.generate()
        changed = show(one, known)
        assert changed.state == "changed"
        record(changed, known)
        assert show(one, known).state == "known"
    assert "192.0.2.9" in known.read_text()
    assert known.read_text().count("\n") == 2


def test_nothing_of_a_session_reaches_a_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "regiowacht"), FakeDevice(DIALOGUES["cisco_ios"]) as device:
        read_from(device, "cisco_ios", tmp_path)
    told = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("regiowacht"))
    assert SECRET not in told
    assert PASSWORD not in told


def test_nobody_there_is_told_with_address_and_port(tmp_path: Path) -> None:
    with FakeDevice(IOS_AT_ONCE) as device:
        gone = target(device, "cisco_xe")
    with pytest.raises(RegiowachtError) as caught:
        read(gone, tmp_path / "known_hosts")
    assert caught.value.key == "fetch.unreachable"
    assert str(gone.port) in str(caught.value)


def test_the_way_to_a_device_is_trusted_before_the_device() -> None:
    login = Login("ssh-jump", "audit", "env:RW_TEST_PASSWORD")
    jump = Jump("192.0.2.5", login, 2222)
    behind = [
        Target("zandbeke", name, "192.0.2.1", find_platform("cisco_xe"), login, jump=jump) for name in ("sw-1", "sw-2")
    ]
    told = [(str(one), one.address, one.port, one.jump) for one in with_jumps(behind)]
    assert told == [
        ("zandbeke/jump", "192.0.2.5", 2222, None),
        ("zandbeke/sw-1", "192.0.2.1", 22, jump),
        ("zandbeke/sw-2", "192.0.2.1", 22, jump),
    ]
