"""``regiowacht audit run``: devices of two gemeenten at once, from the wire to the reports, without a secret."""

from __future__ import annotations

import json
import logging
import subprocess
import traceback
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

import paramiko
import pytest

from regiowacht.main import main
from regiowacht_audit.fetch import paged
from regiowacht_audit.fetch.session import read
from regiowacht_audit.judge.rule import rules
from regiowacht_audit.targets import targets_of
from regiowacht_contract.errors import RegiowachtError
from regiowacht_inventory import load
from tests.audit.fetch.dialogues import DIALOGUES, IOS, SECRET
from tests.audit.fetch.fake_device import ENABLE, PASSWORD, FakeDevice
from tests.audit.fetch.region import write_region

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [pytest.mark.filterwarnings("ignore::DeprecationWarning:paramiko"), pytest.mark.timeout(300)]

CANARIES = (SECRET, PASSWORD, ENABLE, "OpQrStUvWxYz0123456789", "key-not-a-secret-3")
XE = DIALOGUES["cisco_xe"]


@pytest.fixture(autouse=True)
def _secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RW_TEST_PASSWORD", PASSWORD)
    monkeypatch.setenv("RW_TEST_ENABLE", ENABLE)
    monkeypatch.setenv("RW_TEST_KEY", CANARIES[-1])


@pytest.fixture
def region(tmp_path: Path) -> Iterator[Path]:
    """Six devices: two fine, a wrong user, a changed key, one that hangs, one of another vendor."""
    dialogues = {
        "zandbeke/sw-1": ("cisco_xe", XE),
        "zandbeke/sw-user": ("cisco_xe", replace(XE, user="somebody-else")),
        "zandbeke/sw-hangs": ("cisco_xe", replace(XE, hang_after=1500)),
        "oosthove/sw-2": ("hp_comware", DIALOGUES["hp_comware"]),
        "oosthove/sw-key": ("cisco_xe", XE),
        "oosthove/sw-other": ("cisco_xe", DIALOGUES["juniper_junos"]),
    }
    with ExitStack() as stack:
        devices = {name: stack.enter_context(FakeDevice(dialogue)) for name, (_, dialogue) in dialogues.items()}
        write_region(tmp_path, {name: (dialogues[name][0], device.port) for name, device in devices.items()})
        devices["oosthove/sw-key"].key, known = paramiko.ECDSAKey.generate(), devices["oosthove/sw-key"].known_hosts()
        lines = [device.known_hosts() for name, device in devices.items() if name != "oosthove/sw-key"]
        (tmp_path / "known_hosts").write_text("".join([*lines, known]))
        yield tmp_path


def audit(*words: str | Path, lang: str = "en") -> int:
    return main(["audit", *map(str, words), "--lang", lang], {})


def no_secret(text: str) -> None:
    assert [secret for secret in CANARIES if secret in text] == []


def objects(store: Path) -> str:
    """Everything that git keeps of a repository, decompressed."""
    words = ["git", f"--git-dir={store}", "cat-file", "--batch-all-objects", "--batch"]
    return subprocess.run(words, capture_output=True, check=True).stdout.decode("utf-8", "replace")


def test_one_that_fails_stops_nobody_and_no_secret_leaves(
    region: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paged, "QUIET_S", 2.0)
    html, sarif, prom = region / "verslag.html", region / "audit.sarif", region / "audit.prom"
    words = ("--html", html, "--sarif", sarif, "--metrics", prom)
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("netmiko").setLevel(logging.DEBUG)
        logging.getLogger("paramiko.transport").setLevel(logging.DEBUG)
        assert audit("run", "--region", region, "--json", *words) == 3
    told = capsys.readouterr()
    by_name = {one["device"]: one for one in json.loads(told.out)["devices"]}
    errors = {name: one["error"]["key"] for name, one in by_name.items() if "error" in one}
    assert errors == {
        "sw-user": "fetch.login",
        "sw-hangs": "fetch.stopped",
        "sw-key": "fetch.host-key-changed",
        "sw-other": "fetch.sounds-other",
    }
    for name in ("sw-1", "sw-2"):
        assert len(by_name[name]["findings"]) == 30
        assert by_name[name]["complete"] is True
        assert by_name[name]["change"]["added"] > 50
    assert told.err.count("/6 ") == 6
    assert "Cisco IOS XE" in by_name["sw-other"]["error"]["message"]
    kept = "".join(objects(region / "audit-store" / f"{gemeente}.git") for gemeente in ("zandbeke", "oosthove"))
    assert kept.count("<secret:") >= 4
    logs = "\n".join(f"{one.getMessage()}\n{one.exc_text or ''}" for one in caplog.records)
    for text in (told.out, told.err, logs, kept, html.read_text(), sarif.read_text(), prom.read_text()):
        no_secret(text)
    assert "sw-hangs" not in prom.read_text()
    assert not list(region.glob(".*.new"))


def test_what_was_read_is_kept_once_and_its_changes_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with FakeDevice(XE) as device:
        write_region(tmp_path, {"zandbeke/sw-1": ("cisco_xe", device.port)})
        (tmp_path / "known_hosts").write_text(device.known_hosts())
        assert audit("run", "--region", tmp_path) == 1
        assert audit("run", "--region", tmp_path) == 1
        changed = IOS.replace("transport input ssh", "transport input telnet").replace("10:59:41", "11:59:41")
        device.dialogue = replace(XE, answers={**XE.answers, "show running-config": changed})
        assert audit("run", "--region", tmp_path, "zandbeke/sw-1") == 1
    told = capsys.readouterr()
    assert "No management over telnet" in told.out
    assert told.err.count("changed since the last time") == 2
    assert audit("history", "zandbeke/sw-1", "--region", tmp_path, "--json") == 0
    changes = json.loads(capsys.readouterr().out)["changes"]
    assert [(one["device"], one["added"], one["removed"]) for one in changes[:1]] == [("sw-1", 1, 1)]
    assert len(changes) == 2
    assert audit("diff", "zandbeke/sw-1", "--region", tmp_path) == 1
    rows = capsys.readouterr().out.splitlines()
    assert [row for row in rows if row[:1] in "+-" and row[:3] not in {"+++", "---"}] == [
        "- transport input ssh",
        "+ transport input telnet",
    ]


def test_a_device_is_trusted_once_and_read_then(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with FakeDevice(XE) as device:
        write_region(tmp_path, {"zandbeke/sw-1": ("cisco_xe", device.port)})
        assert audit("run", "--region", tmp_path) == 1
        assert "audit trust zandbeke/sw-1" in capsys.readouterr().out
        assert device.typed == []
        assert audit("trust", "zandbeke/sw-1", "--region", tmp_path, "--json") == 0
        (answer,) = json.loads(capsys.readouterr().out)["devices"]
        assert answer["state"] == "new"
        assert audit("run", "--region", tmp_path, "--json") == 1
        assert "findings" in json.loads(capsys.readouterr().out)["devices"][0]
        device.key = paramiko.ECDSAKey.generate()
        assert audit("trust", "zandbeke/sw-1", "--region", tmp_path) == 1
        assert "--replace" in capsys.readouterr().out
        wrong = ("--replace", "--fingerprint", answer["fingerprint"])
        assert audit("trust", "zandbeke/sw-1", "--region", tmp_path, *wrong) == 1
        assert audit("trust", "zandbeke/sw-1", "--region", tmp_path, "--replace") == 0
        assert audit("run", "--region", tmp_path) == 1
    assert "1 not in order, 0 not read" in capsys.readouterr().out


def test_files_are_judged_without_a_device_or_a_password(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RW_TEST_PASSWORD")
    monkeypatch.delenv("RW_TEST_ENABLE")
    write_region(tmp_path, {"zandbeke/sw-1": ("cisco_xe", 1), "oosthove/sw-2": ("cisco_xe", 1)})
    files = tmp_path / "files"
    (files / "zandbeke").mkdir(parents=True)
    (files / "zandbeke" / "sw-1.cfg").write_text(IOS)
    assert audit("run", "--region", tmp_path, "--from-dir", files, "--json") == 1
    told = capsys.readouterr()
    by_name = {one["gemeente"]: one for one in json.loads(told.out)["devices"]}
    assert len(by_name["zandbeke"]["findings"]) == 30
    assert by_name["oosthove"]["error"]["key"] == "audit-run.no-file-of-device"
    assert not (tmp_path / "audit-store").exists()
    no_secret(told.out + told.err)


def test_files_need_a_platform_and_no_login(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_region(tmp_path, {"zandbeke/sw-1": ("cisco_xe", 1)})
    town = tmp_path / "gemeenten" / "zandbeke.yml"
    town.write_text(town.read_text().replace(", ssh: ssh-sw-1", ""))
    files = tmp_path / "files"
    files.mkdir()
    assert audit("run", "--region", tmp_path, "--from-dir", files) == 2
    assert f"{files}: that folder holds no configuration" in capsys.readouterr().err
    (files / "sw-1.cfg").write_text(IOS)
    for words in ((), ("sw-1",)):
        assert audit("run", "--region", tmp_path, "--from-dir", files, "--json", *words) == 1
        (told,) = json.loads(capsys.readouterr().out)["devices"]
        assert len(told["findings"]) == 30
    assert audit("run", "--region", tmp_path) == 2
    assert "(ssh:)" in capsys.readouterr().err
    town.write_text(town.read_text().replace(", platform: cisco_xe", ""))
    assert audit("run", "--region", tmp_path, "--from-dir", files) == 2
    assert "(platform:)" in capsys.readouterr().err


def test_bytes_that_are_no_text_end_no_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_region(tmp_path, {"zandbeke/sw-1": ("cisco_xe", 1)})
    bad = IOS.replace("hostname sw-1", "hostname sw-\udce9").replace(f"{SECRET}ro RO", "p\udcffublic RW")
    (tmp_path / "sw-1.cfg").write_bytes(bad.encode("utf-8", "surrogateescape"))
    outputs = ("--html", tmp_path / "a.html", "--sarif", tmp_path / "a.sarif", "--store", tmp_path / "store")
    for more in ((), ("--json",)):
        assert audit("run", "--region", tmp_path, "--from-dir", tmp_path, *outputs, *more) == 1
    json.loads((tmp_path / "a.sarif").read_text(encoding="utf-8"))
    assert "Traceback" not in capsys.readouterr().err


def test_all_in_order_is_exit_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_region(tmp_path, {"zandbeke/sw-1": ("cisco_xe", 1)})
    (tmp_path / "baselines").mkdir()
    others = ", ".join(one.id for one in rules() if one.id != "RW-ACC-01")
    niets = f"version: '1'\ntitle: {{nl: Niets, en: Nothing}}\nwithout: [{others}]\n"
    (tmp_path / "baselines" / "niets.yml").write_text(niets)
    (tmp_path / "sw-1.cfg").write_text(IOS)
    assert audit("run", "--region", tmp_path, "--from-dir", tmp_path, "--baseline", "niets") == 0
    assert "1 in order" in capsys.readouterr().out


def test_a_plan_touches_no_device(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with FakeDevice(XE) as device:
        write_region(tmp_path, {"zandbeke/sw-1": ("cisco_xe", device.port)})
        assert audit("run", "--region", tmp_path, "--dry-run", "--json") == 0
        assert device.typed == []
    (plan,) = json.loads(capsys.readouterr().out)["devices"]
    assert plan["commands"] == ["show running-config"]
    assert not (tmp_path / "audit-store").exists()


def test_a_password_that_is_not_there_is_that_devices_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RW_TEST_PASSWORD")
    write_region(tmp_path, {"zandbeke/sw-1": ("cisco_xe", 1)})
    assert audit("run", "--region", tmp_path) == 3
    assert "RW_TEST_PASSWORD" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("zandbeke/sw-2",), "did you mean 'zandbeke/sw-1'?"),
        (("--gemeente", "zandbeek"), "did you mean 'zandbeke'?"),
        (("--gemeente", "qqqq"), "no gemeente is called 'qqqq'\n"),
        (("xyzzy",), "no device is called 'xyzzy'\n"),
        (("--from-dir", "/nonexistent"), "/nonexistent: there is no such folder"),
        (("--baseline", "streng"), "minimal, recommended"),
    ],
)
def test_wrong_use_is_exit_2_before_a_device_is_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str
) -> None:
    write_region(tmp_path, {"zandbeke/sw-1": ("cisco_xe", 1)})
    assert audit("run", "--region", tmp_path, *words) == 2
    assert said in capsys.readouterr().err


def test_a_traceback_of_the_libraries_holds_no_secret(tmp_path: Path) -> None:
    broken = replace(XE, answers={**XE.answers, "show running-config": IOS[:2000]})
    with FakeDevice(broken) as device:
        write_region(tmp_path, {"zandbeke/sw-1": ("cisco_xe", device.port)})
        (tmp_path / "known_hosts").write_text(device.known_hosts())
        (target,) = targets_of(load(tmp_path))
        with pytest.raises(RegiowachtError) as caught:
            read(target, tmp_path / "known_hosts")
    no_secret("".join(traceback.TracebackException.from_exception(caught.value, capture_locals=False).format()))
