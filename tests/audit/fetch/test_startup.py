"""Whether what runs is what a device starts with: compared, marked by its prompt, or so by design."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from regiowacht_audit.fetch.commands import commands_of
from regiowacht_audit.fetch.session import read
from regiowacht_audit.fetch.startup import compare
from regiowacht_audit.judge.beside import Startup
from regiowacht_audit.platform import find_platform
from tests.audit.fetch.dialogues import DIALOGUES
from tests.audit.fetch.fake_device import ENABLE, PASSWORD, FakeDevice
from tests.audit.fetch.test_session import target

if TYPE_CHECKING:
    from pathlib import Path

    from tests.audit.fetch.fake_device import Dialogue

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:paramiko")

COMPARED = [name for name in sorted(DIALOGUES) if (saved := commands_of(name).saved) and saved.read]
AT_ONCE = [name for name in sorted(DIALOGUES) if (saved := commands_of(name).saved) and saved.at_once]
SAME = Startup(differs=False)


@pytest.fixture(autouse=True)
def _secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RW_TEST_PASSWORD", PASSWORD)
    monkeypatch.setenv("RW_TEST_ENABLE", ENABLE)


def asked(dialogue: Dialogue, platform: str, folder: Path) -> tuple[Startup | None, str]:
    with FakeDevice(dialogue) as device:
        (folder / "known_hosts").write_text(device.known_hosts())
        said = read(target(device, platform), folder / "known_hosts")
    return said.startup, said.text


def with_startup(platform: str, text: str) -> Dialogue:
    dialogue, saved = DIALOGUES[platform], commands_of(platform).saved
    assert saved is not None
    return replace(dialogue, answers={**dialogue.answers, saved.read: text})


def running(platform: str) -> str:
    return DIALOGUES[platform].answers[commands_of(platform).read[0]]


def test_every_network_platform_has_its_way() -> None:
    assert {name for name in DIALOGUES if commands_of(name).saved is None} <= {"linux"}


@pytest.mark.parametrize("platform", COMPARED)
def test_the_same_is_saved_and_one_row_more_is_not(platform: str, tmp_path: Path) -> None:
    whole = running(platform)
    told, text = asked(with_startup(platform, whole), platform, tmp_path)
    assert told == SAME
    rows = whole.split("\n")
    gone = next(at for at, row in enumerate(rows) if "hostname" in row or "sysname" in row)
    other = "\n".join(
        [
            *rows[:gone],
            rows[gone].replace("sw-1", "sw-9").replace("fw-1", "fw-9").replace("rt-1", "rt-9"),
            *rows[gone + 1 :],
        ]
    )
    told, text = asked(with_startup(platform, other), platform, tmp_path)
    assert told is not None
    assert told.differs
    assert [text.split("\n")[number - 1] for number in told.lines] == [rows[gone]]


@pytest.mark.parametrize("platform", COMPARED)
def test_a_device_that_does_not_tell_leaves_it_open(platform: str, tmp_path: Path) -> None:
    assert asked(DIALOGUES[platform], platform, tmp_path)[0] is None


@pytest.mark.parametrize("platform", AT_ONCE)
def test_what_saves_at_once_is_saved(platform: str, tmp_path: Path) -> None:
    assert asked(DIALOGUES[platform], platform, tmp_path)[0] == SAME


def test_a_fortigate_that_saves_by_hand_leaves_it_open(tmp_path: Path) -> None:
    dialogue = DIALOGUES["fortinet"]
    text = running("fortinet").replace("config system global\n", "config system global\n    set cfg-save manual\n", 1)
    changed = replace(dialogue, answers={**dialogue.answers, "show": text})
    assert asked(changed, "fortinet", tmp_path)[0] is None


def test_the_star_of_exos_tells(tmp_path: Path) -> None:
    dialogue = DIALOGUES["extreme_exos"]
    prompt = dialogue.prompt.lstrip("* ")
    assert asked(replace(dialogue, prompt=prompt), "extreme_exos", tmp_path)[0] == SAME
    assert asked(replace(dialogue, prompt=f"* {prompt}"), "extreme_exos", tmp_path)[0] == Startup(differs=True)


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("Building configuration...\n! Last configuration change at 10:00", "Using 812 out of 524288 bytes\n!"),
        ("ntp clock-period 17180123", "ntp clock-period 17180999"),
        (
            "crypto pki certificate chain TP\n certificate self-signed 01\n  30820330 30820218\n  \tquit",
            "crypto pki certificate chain TP\n certificate self-signed 01 nvram:IOS-Self-Sig#1.cer",
        ),
        ("key *****", "key ********"),
    ],
    ids=["headings", "clock-period", "certificates", "masks"],
)
def test_what_is_written_in_another_way_is_the_same(now: str, then: str) -> None:
    ios, saved = find_platform("cisco_ios"), commands_of("cisco_ios").saved
    assert saved is not None
    body = "hostname sw-1\ninterface Vlan1\n no ip address\nline vty 0 4\nend\n"
    assert compare(f"{now}\n{body}", f"{then}\n{body}", ios, saved) == SAME
    assert compare(f"{now}\nvlan 9\n{body}", f"{then}\n{body}", ios, saved) == Startup(
        differs=True, lines=(now.count("\n") + 2,)
    )


def test_nothing_saved_and_half_of_it() -> None:
    ios, saved = find_platform("cisco_ios"), commands_of("cisco_ios").saved
    assert saved is not None
    assert compare("hostname sw-1\n", "startup-config is not present\n", ios, saved) == Startup(differs=True)
    assert compare("hostname sw-1\n", "hostname sw-1\n", ios, saved) is None
