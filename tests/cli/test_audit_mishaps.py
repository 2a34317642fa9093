"""What goes wrong around an audit on a Friday afternoon: a full disk, odd places to write to, Ctrl-C."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from regiowacht.main import main
from tests.audit.fetch.dialogues import DIALOGUES, IOS
from tests.audit.fetch.fake_device import ENABLE, PASSWORD, FakeDevice
from tests.audit.fetch.region import write_region

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.filterwarnings("ignore::DeprecationWarning:paramiko"), pytest.mark.timeout(300)]


@pytest.fixture
def region(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, value in (("PASSWORD", PASSWORD), ("ENABLE", ENABLE), ("KEY", "key-not-a-secret-3")):
        monkeypatch.setenv(f"RW_TEST_{name}", value)
    write_region(tmp_path, {"zandbeke/sw-1": ("cisco_xe", 1), "oosthove/sw-2": ("cisco_xe", 1)})
    (tmp_path / "sw-1.cfg").write_text(IOS)
    (tmp_path / "sw-2.cfg").write_text(IOS)
    return tmp_path


def audit(region: Path, *words: str | Path) -> int:
    return main(
        ["audit", "run", "--region", str(region), "--from-dir", str(region), *map(str, words), "--lang", "en"], {}
    )


def test_a_store_that_cannot_be_written_keeps_no_finding_back(region: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = region / "store"
    store.write_text("no folder")
    html, sarif = region / "a.html", region / "a.sarif"
    assert audit(region, "--store", store, "--html", html, "--sarif", sarif) == 3
    told = capsys.readouterr().out
    assert told.count("nothing can be kept here (File exists)") == 2
    assert told.count("RW-SEC-01") == 2
    assert "2 devices: 0 in order, 2 not in order, 0 not read" in told
    assert html.read_text().count("nothing can be kept here") == 2
    assert "Not read" not in html.read_text()
    assert len(json.loads(sarif.read_text())["runs"][0]["invocations"][0]["toolExecutionNotifications"]) == 2
    assert audit(region, "--store", store, "--json") == 3
    for one in json.loads(capsys.readouterr().out)["devices"]:
        assert one["error"]["key"] == "store.cannot-write"
        assert len(one["findings"]) == 30


def test_what_is_no_file_is_written_to_and_never_replaced(region: Path) -> None:
    pipe = region / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        assert audit(region, "--metrics", pipe) == 1
        assert b"regiowacht_audit_score_ratio" in os.read(reader, 1 << 16)
    finally:
        os.close(reader)
    assert pipe.is_fifo()


def test_a_link_stays_a_link(region: Path) -> None:
    (region / "link.prom").symlink_to(region / "real.prom")
    assert audit(region, "--metrics", region / "link.prom") == 1
    assert (region / "link.prom").is_symlink()
    assert "regiowacht_audit_score_ratio" in (region / "real.prom").read_text()


def run(region: Path, *words: str) -> int:
    return main(["audit", "run", "--region", str(region), *words, "--lang", "en"], {})


@pytest.mark.parametrize(
    ("made", "said"),
    [("", "is not there"), ("noise", "is no private SSH key"), ("locked", "asks for a passphrase")],
    ids=["none", "noise", "locked"],
)
def test_a_key_that_cannot_be_used_is_named(
    region: Path, capsys: pytest.CaptureFixture[str], made: str, said: str
) -> None:
    key = region / "audit.key"
    if made == "noise":
        key.write_text("no key at all\n")
    elif made:
        pem = serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH
        lock = serialization.BestAvailableEncryption(b"not-a-secret")
        key.write_bytes(Ed25519PrivateKey.generate().private_bytes(*pem, lock))
    file = region / "region.yml"
    file.write_text(file.read_text().replace('password: "env:RW_TEST_PASSWORD"', f"key: {key}"))
    assert run(region) == 3
    told = capsys.readouterr().out
    assert told.count(f"{key} {said}") == 2


@pytest.mark.parametrize("broken", ["folder", "noise"])
def test_host_keys_that_cannot_be_read_are_said_once(
    region: Path, capsys: pytest.CaptureFixture[str], broken: str
) -> None:
    known = region / "known_hosts"
    if broken == "folder":
        known.mkdir()
    else:
        known.write_bytes(b"\xff\xfe\x00 ssh-rsa x\n")
    assert run(region) == 1
    told = capsys.readouterr()
    assert told.err.count(f"{known}: that file cannot be read") == 1
    assert "Traceback" not in told.err


def test_ctrl_c_ends_it_at_once_and_leaves_nothing_behind(region: Path) -> None:
    hangs = replace(DIALOGUES["cisco_xe"], hang_after=1500)
    with FakeDevice(hangs) as device:
        write_region(region, {"zandbeke/sw-1": ("cisco_xe", device.port), "oosthove/sw-2": ("cisco_xe", 1)})
        (region / "known_hosts").write_text(device.known_hosts())
        command = [sys.executable, "-m", "regiowacht", "audit", "run", "--region", str(region), "--lang", "en"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            assert process.stderr is not None
            for row in process.stderr:
                if row.startswith("1/2 oosthove/sw-2"):
                    break
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in err
    assert out == ""
    assert not list((region / "audit-store").glob("*/*.new"))


@pytest.mark.parametrize("verb", ["check", "scrub"])
def test_a_folder_given_as_a_file_is_wrong_use(verb: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", verb, str(tmp_path), "--platform", "cisco_ios", "--lang", "en"], {}) == 2
    assert "that is a folder; give one file" in capsys.readouterr().err
