from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest

from regiowacht_agent.snmp.usm.security import Usm
from regiowacht_agent.snmp.usm.store import FILE, HEAD, KEPT_MAX, Known, Store
from tests.agent.snmp.agent_v3 import AUTH_SECRET, ENGINE, MONITOR, PRIV_SECRET, AgentV3
from tests.agent.snmp.usm.exchange import asked
from tests.agent.snmp.usm.test_security import Clock, answering

if TYPE_CHECKING:
    from pathlib import Path

KNOWN = Known(ENGINE, 3, 1_790_000_000)


def test_what_was_learnt_is_there_after_a_restart(tmp_path: Path) -> None:
    agent = AgentV3(answering())
    store = Store(str(tmp_path))
    asked(Usm(MONITOR, store.at("sw-1", 161), clock=Clock(), wall=lambda: 1_790_001_000.0), agent)
    assert store.save()
    agent.seen.clear()
    agent.time = 1500
    again = Store(str(tmp_path))
    assert again.trouble == ""
    assert again.get("sw-1", 161) == KNOWN
    asked(Usm(MONITOR, again.at("sw-1", 161), clock=Clock(), wall=lambda: 1_790_001_500.0), agent)
    assert [(message.engine, message.boots, message.time) for message in agent.seen] == [(ENGINE, 3, 1500)]


def test_the_file_is_the_owners_alone_and_holds_no_secret(tmp_path: Path) -> None:
    store = Store(str(tmp_path))
    asked(Usm(MONITOR, store.at("sw-1", 161)), AgentV3(answering()))
    assert store.save()
    file = tmp_path / FILE
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [FILE]
    text = file.read_bytes()
    assert AUTH_SECRET not in text
    assert PRIV_SECRET not in text
    assert MONITOR.name.encode() not in text


def test_it_writes_only_what_changed(tmp_path: Path) -> None:
    store = Store(str(tmp_path))
    agent = AgentV3(answering())
    usm = Usm(MONITOR, store.at("sw-1", 161))
    asked(usm, agent)
    assert store.save()
    (tmp_path / FILE).unlink()
    for _ in range(5):
        asked(usm, agent)
    assert store.save()
    assert not (tmp_path / FILE).exists()
    agent.boots += 1
    asked(usm, agent)
    assert store.save()
    assert (tmp_path / FILE).exists()


@pytest.mark.parametrize(
    "text",
    [
        b"", b"\n", b"regiowacht-snmp-engines 2\nsw-1 161 80 1 1\n", b"\xff\xfe\x00" * 50, HEAD.encode(),
        f"{HEAD}\nsw-1 161 zz 1 1\n".encode(), f"{HEAD}\nsw-1 161 80 -1 1\n".encode(),
        f"{HEAD}\nsw-1 0 80 1 1\n".encode(), f"{HEAD}\nsw-1 161 {'80' * 33} 1 1\n".encode(),
        f"{HEAD}\nsw-1 161  1 1\n".encode(), f"{HEAD}\nsw-1 161 80 1 {'9' * 30}\n".encode(),
        f"{HEAD}\nsw-1 161 80 {'9' * 5000} 1\n".encode(), f"{HEAD}\nsw-1 161 80\n".encode(),
    ],
)  # fmt: skip
def test_a_damaged_file_is_begun_anew(tmp_path: Path, text: bytes) -> None:
    (tmp_path / FILE).write_bytes(text)
    store = Store(str(tmp_path))
    assert store.get("sw-1", 161) is None
    assert (store.trouble == "") is (text == HEAD.encode())
    store.put("sw-1", 161, KNOWN)
    assert store.save()
    assert Store(str(tmp_path)).get("sw-1", 161) == KNOWN


def test_a_damaged_line_costs_itself_alone(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(f"{HEAD}\nsw-1 161 {ENGINE.hex()} 3 1790000000\nsw-2 161 80 ")
    store = Store(str(tmp_path))
    assert store.get("sw-1", 161) == KNOWN
    assert "damaged" in store.trouble


def test_a_folder_that_is_not_there_is_told_and_stops_nothing(tmp_path: Path) -> None:
    store = Store(str(tmp_path / "gone"))
    store.put("sw-1", 161, KNOWN)
    assert not store.save()
    assert "gone" in store.trouble
    assert store.get("sw-1", 161) == KNOWN
    (tmp_path / "gone").mkdir()
    assert store.save()
    assert store.trouble == ""


def test_without_a_folder_it_remembers_while_it_runs() -> None:
    store = Store("")
    store.put("sw-1", 161, KNOWN)
    assert store.save()
    assert store.get("sw-1", 161) == KNOWN


def test_devices_that_are_gone_are_forgotten_and_their_number_has_an_end(tmp_path: Path) -> None:
    store = Store(str(tmp_path))
    for at in range(KEPT_MAX + 10):
        store.put(f"sw-{at}", 161, KNOWN)
    assert store.get("sw-9", 161) is None
    assert store.get("sw-10", 161) == KNOWN
    store.keep({("sw-12", 161)})
    assert store.save()
    assert (tmp_path / FILE).read_text().count("\n") == 2
