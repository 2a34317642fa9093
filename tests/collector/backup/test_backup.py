"""What is put away comes back whole, and what is damaged does not come back at all."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import tarfile
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from regiowacht_collector.backup import make_backup, restore_backup
from regiowacht_collector.backup.archive import MANIFEST
from regiowacht_collector.backup.freeze import frozen
from regiowacht_collector.backup.running import engine_of
from regiowacht_collector.client import Client
from regiowacht_collector.data_folder import Status
from regiowacht_collector.samples import packed, read_rows
from regiowacht_contract.errors import Found, Unavailable, UsageError
from tests.collector.live import collecting, until
from tests.collector.regions import region_of
from tests.collector.repair.past import everything, main_engine, write
from tests.parts import need_engine, need_peer

if TYPE_CHECKING:
    from regiowacht_collector.samples import Rows

SECRET = "tok-en-digest"


def _folders(folder: Path) -> tuple[Path, Path]:
    """Make a data folder and a region folder as a collector leaves them."""
    data, region = folder / "data", folder / "region"
    for path, text in (
        ("storage/01BLOCK/meta.json", "{}"),
        ("storage/01BLOCK/chunks/000001", "chunk"),
        ("storage/wal/00000000", "old"),
        ("storage/wal/00000001", "new"),
        ("storage/wal/checkpoint.00000000/00000000", "check"),
        ("storage/lock", ""),
        ("storage/snapshots/x/y", "no"),
        ("storage/01X.tmp-for-creation/a", "no"),
        ("config/prometheus.yml", "made anew"),
        ("repair/swap.json", "no"),
        ("acme/certificate.pem", "no"),
        ("late.json", "[]"),
    ):
        (data / path).parent.mkdir(parents=True, exist_ok=True)
        (data / path).write_text(text)
    (data / "gateway").mkdir()
    with closing(sqlite3.connect(data / "gateway/credentials.sqlite")) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE credentials (digest TEXT)")
        database.execute("INSERT INTO credentials VALUES (?)", (SECRET,))
        database.commit()
    (region / "gemeenten").mkdir(parents=True)
    (region / "region.yml").write_text("name: X\n")
    (region / "gemeenten/aa.yml").write_text("gemeente: aa\n")
    return data, region


def _tree(folder: Path) -> set[str]:
    return {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()}


def test_everything_that_is_not_made_anew_comes_back(tmp_path: Path) -> None:
    data, region = _folders(tmp_path)
    with closing(sqlite3.connect(data / "gateway/credentials.sqlite")):  # somebody has it open
        make_backup(data, region, tmp_path / "b.tar")
    assert (tmp_path / "b.tar").stat().st_mode & 0o777 == 0o600
    assert restore_backup(tmp_path / "b.tar", tmp_path / "new/data", tmp_path / "new/region")
    assert _tree(tmp_path / "new/data") == {
        "storage/01BLOCK/meta.json",
        "storage/01BLOCK/chunks/000001",
        "storage/wal/00000000",
        "storage/wal/00000001",
        "storage/wal/checkpoint.00000000/00000000",
        "late.json",
        "gateway/credentials.sqlite",
    }
    assert _tree(tmp_path / "new/region") == {"region.yml", "gemeenten/aa.yml"}
    assert (tmp_path / "new/data/storage/wal/00000001").read_text() == "new"
    with closing(sqlite3.connect(tmp_path / "new/data/gateway/credentials.sqlite")) as database:
        assert database.execute("SELECT digest FROM credentials").fetchall() == [(SECRET,)]
    assert not list(data.glob(".backup-*"))
    assert not list(tmp_path.glob(".*part"))


def test_what_stands_in_the_way_stays(tmp_path: Path) -> None:
    data, region = _folders(tmp_path)
    make_backup(data, None, tmp_path / "b.tar")
    with pytest.raises(UsageError, match=r"b\.tar"):
        make_backup(data, None, tmp_path / "b.tar")
    for wanted in ((data, None), (tmp_path / "new", region)):
        with pytest.raises(UsageError, match=r"niet leeg|not empty"):
            restore_backup(tmp_path / "b.tar", *wanted)
    assert not (tmp_path / "new").exists()
    assert not restore_backup(tmp_path / "b.tar", tmp_path / "new", tmp_path / "new-region")
    with pytest.raises(UsageError, match="storage"):
        make_backup(region, None, tmp_path / "c.tar")


def _damaged(archive: Path, how: str) -> None:
    content = archive.read_bytes()
    if how == "flipped":
        at = content.index(b"chunk\0")
        archive.write_bytes(content[:at] + b"chunX" + content[at + 5 :])
    elif how == "cut":
        archive.write_bytes(content[: len(content) // 2])
    elif how == "no tar":
        archive.write_bytes(b"hello" * 1000)
    elif how == "empty":
        archive.write_bytes(b"")
    else:
        with tarfile.open(archive, "a:") as more:
            info = tarfile.TarInfo("../outside" if how == "outside" else "data/link" if how == "link" else "data/more")
            if how == "link":
                info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
            more.addfile(info)


@pytest.mark.parametrize("how", ["flipped", "cut", "no tar", "empty", "outside", "link", "more"])
def test_a_damaged_or_foreign_file_brings_nothing_back(tmp_path: Path, how: str) -> None:
    data, _ = _folders(tmp_path)
    make_backup(data, None, tmp_path / "b.tar")
    _damaged(tmp_path / "b.tar", how)
    before = _tree(tmp_path)
    with pytest.raises((Found, Unavailable)):
        restore_backup(tmp_path / "b.tar", tmp_path / "new", None)
    assert _tree(tmp_path) == before


def test_a_newer_format_is_told(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "b.tar", "w") as archive:
        (tmp_path / MANIFEST).write_text(json.dumps({"format": 99, "sha256": {}}))
        archive.add(tmp_path / MANIFEST, MANIFEST)
    with pytest.raises(Found, match="99"):
        restore_backup(tmp_path / "b.tar", tmp_path / "new", None)


def _state(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def _wait_for(pid: int, states: str) -> None:
    deadline = time.monotonic() + 60
    while _state(pid) not in states:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_what_is_held_is_let_go_also_when_its_holder_dies() -> None:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]) as sleeper:
        try:
            with frozen(sleeper.pid):
                assert _state(sleeper.pid) == "T"
            _wait_for(sleeper.pid, "SR")
            code = (
                "import sys, time; from regiowacht_collector.backup.freeze import frozen\n"
                f"with frozen({sleeper.pid}): print('held', flush=True); time.sleep(600)"
            )
            with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as holder:
                assert holder.stdout is not None
                assert holder.stdout.readline() == b"held\n"
                assert _state(sleeper.pid) == "T"
                os.kill(holder.pid, signal.SIGKILL)
            _wait_for(sleeper.pid, "SR")
            with pytest.raises(Unavailable, match="0 s"), frozen(sleeper.pid, longest_s=0.01):
                _wait_for(sleeper.pid, "SR")
        finally:
            sleeper.kill()


def test_what_cannot_be_held_is_told() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        gone.wait()
    with pytest.raises(Unavailable, match=str(gone.pid)), frozen(gone.pid):
        pytest.fail("it was held")


def _samples(gemeente: str, times: range) -> Rows:
    return {
        (("__name__", "m"), ("gemeente", gemeente), ("n", str(n))): [(at, packed(at % 97 + n)) for at in times]
        for n in range(50)
    }


@pytest.mark.tools
@pytest.mark.timeout(600)
@pytest.mark.parametrize("of", ["of the tests", "newest"])
def test_a_running_collector_comes_back_with_all_it_had_a_backlog_too(tmp_path: Path, of: str) -> None:
    program = need_engine().prometheus if of == "of the tests" else need_peer("prometheus").path
    now_ms = int(time.time()) * 1000
    from_ms = now_ms - 7_200_000
    with collecting(region_of([]), tmp_path / "data", engine=program) as collector:
        collector.folder.write_status(Status(os.getpid(), collector.url))
        client = Client(collector.url)
        write(client, _samples("live", range(now_ms - 600_000, now_ms, 5000)))
        write(client, _samples("late", range(now_ms - 1000, now_ms, 5000)))
        write(client, _samples("late", range(from_ms, now_ms - 600_000, 5000)))  # out of order
        pid = engine_of(os.getpid(), collector.folder.storage)
        assert pid == collector.pid()
        make_backup(tmp_path / "data", None, tmp_path / "b.tar")
        until(client.is_ready, collector)
        had = everything(client, from_ms, now_ms + 1)
        write(client, _samples("after", range(now_ms - 60_000, now_ms, 5000)))  # it runs on
        engine = collector.engine
    restore_backup(tmp_path / "b.tar", tmp_path / "new", None)
    with main_engine(engine, tmp_path / "new") as main:
        told = everything(main.client, from_ms, now_ms + 1)
        ours = {labels: row for labels, row in told.items() if dict(labels)["__name__"] == "m"}
        assert ours == {labels: row for labels, row in had.items() if dict(labels)["__name__"] == "m"}
        assert {dict(labels)["gemeente"] for labels in ours} == {"live", "late"}
        assert read_rows(main.client.read([("gemeente", "=", "after")], from_ms, now_ms)) == {}
