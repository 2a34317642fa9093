"""A real FUSE filesystem that nobody answers for: the scrape goes on, and when its server dies that is told too."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.lab

ROOT = Path(__file__).parents[3]
WITHIN_S = 90

SCRIPT = """
import ctypes, json, os, time
from regiowacht_agent.block import render
from regiowacht_agent.config_file import load
from regiowacht_agent.reader import open_reader
from regiowacht_agent.reading import Readings

place = "/mnt/hangt 'hier'"
libc = ctypes.CDLL(None, use_errno=True)

def called(result):
    if result:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))

called(libc.mount(b"none", b"/mnt", b"tmpfs", 0, b""))
os.mkdir(place)
# The server is this descriptor, and it never reads a request (fuse(4)).
server = os.open("/dev/fuse", os.O_RDWR)
options = f"fd={server},rootmode=40000,user_id=0,group_id=0".encode()
called(libc.mount(b"host:/export", place.encode(), b"fuse.sshfs", 0, options))

families = {f"families.{name}": True for name in ("filesystem", "loadavg")}
reader = open_reader(load(None, {"reader": "proc", "disable_defaults": True, **families}))
reader.host.mounts.timeout_s = 0.3
readings = Readings(reader)
told = []

def read():
    page = render(readings.take()).decode().splitlines()
    told.append([[row for row in page if row[0] != "#"], len(reader.host.mounts.stuck)])

read()
read()
os.close(server)
deadline = time.monotonic() + 60
while reader.host.mounts.stuck and time.monotonic() < deadline:
    time.sleep(0.01)
read()
called(libc.umount2(place.encode(), 0))
read()
print(json.dumps(told))
"""


@pytest.fixture(name="readings", scope="module")
def _readings() -> list[tuple[list[str], int]]:
    """Return the rows and the number of stuck mounts: twice while it hangs, after its server died, and unmounted."""
    if not Path("/dev/fuse").exists():
        pytest.skip("this kernel has no /dev/fuse")
    # The mounts that count are those of process 1, so it has to be one of our own.
    words = ["setpriv", "--pdeathsig", "KILL", "unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
    done = subprocess.run(
        [*words, sys.executable, "-c", SCRIPT], cwd=ROOT, capture_output=True, text=True, timeout=WITHIN_S, check=False
    )
    assert done.returncode == 0, done.stderr
    return [(rows, stuck) for rows, stuck in json.loads(done.stdout)]


LABELS = """{device="host:/export",mountpoint="/mnt/hangt 'hier'",fstype="fuse.sshfs",device_error="%s"}"""


def _size_of(rows: list[str], place: str) -> list[str]:
    return [row for row in rows if row.startswith("node_filesystem_size_bytes{") and f'mountpoint="{place}"' in row]


def test_while_it_hangs_the_reason_is_told_and_everything_else(readings: list[tuple[list[str], int]]) -> None:
    for rows, stuck in readings[:2]:
        assert f"node_filesystem_device_error{LABELS % 'mountpoint timeout'} 1" in rows
        assert _size_of(rows, "/mnt")
        assert not _size_of(rows, "/mnt/hangt 'hier'")
        assert any(row.startswith("node_load1 ") for row in rows)
        assert stuck == 1


def test_when_its_server_dies_nothing_stays_stuck_and_the_kernels_own_words_are_told(
    readings: list[tuple[list[str], int]],
) -> None:
    (rows, stuck), (after, _) = readings[2:]
    assert stuck == 0
    assert f"node_filesystem_device_error{LABELS % 'transport endpoint is not connected'} 1" in rows
    assert not any("hangt" in row for row in after)
