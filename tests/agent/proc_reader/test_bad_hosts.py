"""Hosts that lack or forbid what the proc reader reads: no traceback, the rest whole, a reason for what is missing."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

import pytest
from prometheus_client.parser import text_string_to_metric_families

from regiowacht_agent.block import render
from regiowacht_agent.config_file import load
from regiowacht_agent.files import Files
from regiowacht_agent.mounts import MountAsker
from regiowacht_agent.proc_reader import FAMILIES
from regiowacht_agent.reader import why_not
from regiowacht_agent.reading import Readings
from regiowacht_agent.reasons import in_words
from regiowacht_contract.light import replace
from tests.agent.fake_host import FakeHost

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NAMES = tuple(entry.name for entry in FAMILIES)
LOADAVG = {"loadavg": "0.25 0.5 0.75 1/2 3\n"}
WITHOUT_FILE = {"filefd", "interrupts", "softnet", "tcpstat"}
HERE = os.statvfs("/")


class _Forbidding(Files):
    """Files of which those below a folder may not be read, whoever asks: root in a test may read everything."""

    def __init__(self, below: str) -> None:
        super().__init__()
        self._below = below

    def _read(self, path: str, how: Callable[[int], bytes]) -> bytes:
        if path.startswith(self._below):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
        return super()._read(path, how)


def _taken(readings: Readings) -> tuple[str, dict[str, str]]:
    """Return the page of one reading, which Prometheus's own parser reads, and the state of each family."""
    page = render(readings.take()).decode()
    told = [
        (one.name, *sorted(one.labels.items())) for kind in text_string_to_metric_families(page) for one in kind.samples
    ]
    assert len(told) == len(set(told)) > 0
    assert all(outcome.reason for outcome in readings.outcomes if outcome.state != "ok")
    return page, {outcome.family: outcome.state for outcome in readings.outcomes}


@pytest.mark.parametrize("forbidden", ["meminfo", "net/", "stat", "diskstats", "pressure", "sys/", "1/mountinfo", ""])
def test_what_may_not_be_read_fails_its_family_with_the_reason(tmp_path: Path, forbidden: str) -> None:
    host = FakeHost.write(tmp_path, LOADAVG)
    reader = host.reader(*NAMES, reader="proc")
    whole = _taken(Readings(reader))[1]
    files = _Forbidding(f"{tmp_path}/proc/{forbidden}")
    readings = Readings(replace(reader, host=replace(reader.host, files=files)))
    worse: set[str] = set()
    for _ in range(2):
        page, states = _taken(readings)
        worse = {name for name, state in states.items() if state != whole[name]}
        assert {states[name] for name in worse} <= {"failed"}
        assert all("Permission denied" in readings.failing[name] for name in worse)
        assert {"time", "uname", "os"}.isdisjoint(worse)
        assert ("node_load5 0.5\n" in page) == (forbidden != "")
    if forbidden in {"meminfo", "diskstats", "stat"}:
        assert worse, "what is asked for was not read at all"


def test_a_proc_that_is_shut_altogether_is_read_by_psutil(tmp_path: Path) -> None:
    host = FakeHost.write(tmp_path, {"stat": None})
    readings = Readings(host.reader(*(name for name in NAMES if name != "tcpstat"), reader="proc"))
    assert readings.reader.name == "psutil"
    page, states = _taken(readings)
    assert "node_uname_info{" in page
    assert states["cpu"] == "failed"


def test_without_sys_what_proc_tells_is_whole(tmp_path: Path) -> None:
    host = FakeHost.write(tmp_path, {**LOADAVG, "1/mountinfo": ""}, dict.fromkeys(["devices/system/cpu/online"]))
    assert not (tmp_path / "sys").exists()
    page, states = _taken(Readings(host.reader(*NAMES, reader="proc")))
    # The recorded host lacks these files of /proc, whatever there is in /sys.
    assert {name for name, state in states.items() if state == "failed"} <= WITHOUT_FILE
    for row in (
        'node_disk_reads_completed_total{device="sda"} 100',
        "node_load5 0.5",
        "node_context_switches_total 654321",
    ):
        assert f"{row}\n" in page
    assert 'node_cpu_seconds_total{cpu="0",mode="idle"}' in page
    assert 'node_network_receive_bytes_total{device="eno1"} 5000000000\n' in page
    assert {states[name] for name in ("netclass", "hwmon", "nvme", "dmi")} == {"no-data"}


def test_a_hundred_mounts_of_which_some_are_stale(tmp_path: Path) -> None:
    def statvfs(path: str) -> os.statvfs_result:
        if int(path.rpartition("-")[2]) % 10 == 7:
            raise OSError(errno.ESTALE, os.strerror(errno.ESTALE))
        return HERE

    text = "".join(f"{at} 1 0:{at} / /srv/share-{at} rw - nfs4 host:/{at} rw\n" for at in range(100))
    assert len(text) > 4096
    reader = FakeHost.write(tmp_path, {"1/mountinfo": text}).reader("filesystem", reader="proc")
    readings = Readings(replace(reader, host=replace(reader.host, mounts=MountAsker(5.0, statvfs))))
    page, states = _taken(readings)
    assert states == {"filesystem": "ok"}
    rows = page.splitlines()
    assert sum(row.startswith("node_filesystem_size_bytes{") for row in rows) == 90
    stale = [row for row in rows if 'device_error="stale NFS file handle"} 1' in row and "_device_error{" in row]
    assert len(stale) == 10
    assert 'mountpoint="/srv/share-97"' in "".join(stale)


def test_counters_that_go_back_are_told_as_they_are(tmp_path: Path) -> None:
    names = ("diskstats", "netdev", "vmstat", "stat")
    host = FakeHost.write(tmp_path, {"vmstat": "pswpin 4000\npgfault 9\n"})
    readings = Readings(host.reader(*names, reader="proc"))
    _taken(readings)
    disk = "   8       0 sda 7 10 2000 1500 200 20 4000 2500 1 3500 4000\n"
    net = (tmp_path / "proc/net/dev").read_text().replace("5000000000", "12")
    FakeHost.write(tmp_path, {"vmstat": "pswpin 3\npgfault 9\n", "diskstats": disk, "net/dev": net})
    page, states = _taken(readings)
    assert set(states.values()) == {"ok"}
    assert 'node_disk_reads_completed_total{device="sda"} 7\n' in page
    assert 'node_network_receive_bytes_total{device="eno1"} 12\n' in page
    assert "node_vmstat_pswpin 3\n" in page


@pytest.mark.parametrize("name", ["meminfo", "stat", "loadavg", "net/dev"])
def test_a_pipe_that_nobody_writes_to_holds_no_reading_up(tmp_path: Path, name: str) -> None:
    host = FakeHost.write(tmp_path, LOADAVG)
    (tmp_path / "proc" / name).unlink(missing_ok=True)
    os.mkfifo(tmp_path / "proc" / name)
    config = load(None, {"paths.procfs": str(tmp_path / "proc"), "paths.sysfs": str(tmp_path / "sys")})
    assert why_not(config) == ""
    readings = Readings(host.reader("loadavg", "meminfo", "netdev", "stat", reader="proc"))
    _, states = _taken(readings)
    (failed,) = (family for family, state in states.items() if state == "failed")
    assert failed == name.replace("/", "")
    reason = f"OSError: [Errno 22] no ordinary file: '{tmp_path}/proc/{name}'"
    assert [outcome.reason for outcome in readings.outcomes if outcome.state == "failed"] == [reason]
    assert in_words(reason, "nl") == f"{tmp_path}/proc/{name}: geen gewoon bestand"
