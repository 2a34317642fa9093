"""The commands of the page about audits run as they stand, against a device that plays a switch."""

from __future__ import annotations

import re
import shlex
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from regiowacht.main import main
from regiowacht_contract.texts import say
from tests.audit.fetch.dialogues import DIALOGUES, IOS, SECRET
from tests.audit.fetch.fake_device import ENABLE, PASSWORD, FakeDevice
from tests.audit.fetch.region import write_region

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.filterwarnings("ignore::DeprecationWarning:paramiko"), pytest.mark.timeout(300)]

PAGE = (Path(__file__).parents[2] / "docs/how-to/audit-network-gear.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```sh(?: exit=(\d))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMMANDS = [
    (line, int(code or 0))
    for code, body in BLOCK.findall(PAGE)
    for line in body.splitlines()
    if line.startswith("regiowacht ")
]
XE = DIALOGUES["cisco_xe"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    for name, value in (("PASSWORD", PASSWORD), ("ENABLE", ENABLE), ("KEY", "key-not-a-secret-3")):
        monkeypatch.setenv(f"RW_TEST_{name}", value)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "backups").mkdir()
    (tmp_path / "backups" / "sw-1.cfg").write_text(IOS)
    with FakeDevice(replace(XE)) as device:
        write_region(tmp_path, {"zandbeke/sw-1": ("cisco_xe", device.port)})
        yield tmp_path


def test_the_commands_of_the_page_do_what_it_says(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ended = [(line, main([*shlex.split(line)[1:], "--lang", "en"], {})) for line, _ in COMMANDS]
    assert ended == COMMANDS
    assert len(COMMANDS) >= 9
    told = capsys.readouterr()
    assert SECRET not in told.out + told.err
    for name in ("verslag.html", "audit.sarif", "audit.prom", "known_hosts"):
        assert (folder / name).stat().st_size > 0
    assert (folder / "audit-store" / "zandbeke.git").stat().st_mode & 0o777 == 0o700


def test_the_page_names_every_sentence_that_asks_for_something() -> None:
    rows = PAGE.partition("## When it does not work")[2]
    for key, words in (
        ("fetch.host-key-unknown", "not known yet"),
        ("fetch.host-key-changed", "another host key than the region knows"),
        ("fetch.login", "does not let in"),
        ("fetch.old-ssh", "outdated SSH encryption"),
        ("fetch.incomplete", "no whole configuration"),
    ):
        values = dict.fromkeys(("device", "credential", "rows", "platform"), "x")
        assert words in say(key, "en", **values)
        assert words in rows
