"""A disk that takes nothing: whoever measures goes on, and when it takes something again so does the spool."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from regiowacht_agent.spool.spool import Spool
from tests.agent.spool.load import plain, scrapes, shape

ROOT = Path(__file__).parents[3]
WITHIN_S = 100

BEGIN = """
import json, os, resource, sys
from regiowacht_agent.spool.limits import Limits
from regiowacht_agent.spool.spool import Spool
from tests.agent.spool.load import plain, scrapes, shape

folder = sys.argv[1]
put = scrapes(4000, shape(100))
told = {}

def look(spool):
    found = {number: plain(scrape) for batch in spool.unsent(10**9) for number, scrape in batch}
    return {"held": len(found), "right": found == {number: told[number] for number in found}, "numbers": sorted(found)}

def keep(spool, scrapes):
    numbers = []
    for scrape in scrapes:
        number = spool.put(scrape)
        numbers.append(number)
        if number is not None:
            told[number] = plain(scrape)
    return numbers
"""

FILE_SIZE = """
spool = Spool(folder, Limits(10**8))
keep(spool, put[:100])
resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, resource.RLIM_INFINITY))
kept = keep(spool, put[100:1500])
print(json.dumps({"kept": kept, **look(spool), "dropped": spool.status().dropped, "damaged": spool.status().damaged}))
"""

SMALL = """
spool = Spool(folder, Limits(10**9))
kept = keep(spool, put)
status = spool.status()
print(json.dumps({"kept": kept, **look(spool), "dropped": status.dropped, "thinned": status.thinned,
                  "trouble": status.trouble, "size": status.size_bytes, "limit": status.size_max_bytes}))
"""

FILLED = """
def fill():
    with open(os.path.dirname(folder) + "/other", "ab", buffering=0) as other:
        try:
            while other.write(bytes(4096)):
                pass
        except OSError:
            pass

def empty():
    os.unlink(os.path.dirname(folder) + "/other")

spool = Spool(folder, Limits(10**9))
fill()
nothing = keep(spool, put[:5])
status = spool.status()
trouble, not_kept = status.trouble, status.not_kept
empty()
before = keep(spool, put[5:200])
recovered = spool.status().trouble
fill()
meanwhile = keep(spool, put[200:230])
seen = look(spool)
empty()
after = keep(spool, put[230:300])
then = look(spool)
dropped = sum(spool.status().dropped.values()) + spool.status().thinned
print(json.dumps({"nothing": nothing, "trouble": trouble, "not_kept": not_kept, "before": before, "after": after,
                  "recovered": recovered, "meanwhile": meanwhile, "seen": seen, "then": then, "dropped": dropped}))
"""

READ_ONLY = """
import subprocess
def remount(how):
    subprocess.run(["mount", "-o", f"remount,{how}", os.path.dirname(folder)], check=True)

spool = Spool(folder, Limits(10**8))
before = keep(spool, put[:20])
spool.close()
remount("ro")
steady = [0.0]
spool = Spool(folder, Limits(10**8), monotonic=lambda: steady[0])
meanwhile = keep(spool, put[20:30])
trouble = spool.status().trouble
why = spool.status().not_kept
spool.acknowledge(before[:5])
seen = look(spool)
remount("rw")
steady[0] += 60
after = keep(spool, put[30:40])
print(json.dumps({"before": before, "meanwhile": meanwhile, "after": after, "seen": seen, "then": look(spool),
                  "trouble": trouble, "not_kept": why, "trouble_then": spool.status().trouble}))
"""


def run(script: str, folder: str, within: tuple[str, ...] = ()) -> dict[str, object]:
    command = [*within, sys.executable, "-c", BEGIN + script, folder]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=WITHIN_S, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, object] = json.loads(done.stdout)
    return found


def on_a_disk_of(size: str) -> tuple[str, ...]:
    """Return the words before a command that give it a small file system of its own on /mnt."""
    alone = f'mount -t tmpfs -o size={size} none /mnt; exec "$@"'
    return (
        "setpriv",
        "--pdeathsig",
        "KILL",
        "unshare",
        "--mount",
        "--propagation",
        "private",
        "sh",
        "-euc",
        alone,
        "sh",
    )


def test_files_that_may_not_grow_cost_nothing(tmp_path: Path) -> None:
    found = run(FILE_SIZE, str(tmp_path / "spool"))
    assert None not in found["kept"]  # type: ignore[operator] # a list
    assert found["right"]
    assert found["damaged"] == 0
    assert found["held"] == 1500
    assert found["dropped"] == {}


@pytest.mark.lab
def test_a_disk_smaller_than_the_bounds_holds_the_newest(tmp_path: Path) -> None:
    del tmp_path
    found = run(SMALL, "/mnt/spool", on_a_disk_of("300k"))
    kept = found["kept"]
    assert isinstance(kept, list)
    assert None not in kept
    assert found["right"]
    assert found["numbers"][-300:] == kept[-300:]  # type: ignore[index] # a list
    assert found["held"] > 1200, found  # type: ignore[operator] # a number
    assert found["thinned"]
    assert set(found["dropped"]) <= {"size", "full"}  # type: ignore[call-overload] # a dict
    assert found["trouble"] == ""


@pytest.mark.lab
def test_a_disk_that_somebody_else_fills_costs_the_oldest_and_heals() -> None:
    found = run(FILLED, "/mnt/spool", on_a_disk_of("300k"))
    assert found["nothing"] == [None] * 5
    assert "space" in str(found["trouble"])
    assert found["not_kept"] == {"full": 500}
    assert None not in found["before"]  # type: ignore[operator] # a list
    assert found["recovered"] == ""
    meanwhile, seen, then = found["meanwhile"], found["seen"], found["then"]
    assert isinstance(meanwhile, list)
    assert isinstance(seen, dict)
    assert isinstance(then, dict)
    assert set(meanwhile) - {None} <= set(seen["numbers"]), "what was taken is there"
    assert seen["held"] > 100, "what was held is not given up for what comes"
    assert seen["right"]
    assert then["right"]
    assert None not in found["after"]  # type: ignore[operator] # a list
    kept = 195 + len([number for number in meanwhile if number]) + 70
    assert then["held"] * 100 == kept * 100 - found["dropped"]  # type: ignore[operator] # a number


@pytest.mark.lab
def test_a_disk_that_is_read_only_is_still_read() -> None:
    found = run(READ_ONLY, "/mnt/spool", on_a_disk_of("3m"))
    assert found["meanwhile"] == [None] * 10
    assert "ead-only" in str(found["trouble"])
    assert found["not_kept"] == {"read-only": 1000}
    seen, then = found["seen"], found["then"]
    assert isinstance(seen, dict)
    assert isinstance(then, dict)
    assert seen["held"] == 15
    assert seen["right"]
    assert None not in found["after"]  # type: ignore[operator] # a list
    assert then["held"] == 25
    assert then["right"]
    assert found["trouble_then"] == ""


def test_a_folder_that_somebody_deletes_is_made_anew(tmp_path: Path) -> None:
    spool = Spool(str(tmp_path / "spool"))
    put = scrapes(10, shape(20))
    assert None not in [spool.put(scrape) for scrape in put[:4]]
    shutil.rmtree(tmp_path / "spool")
    kept = [spool.put(scrape) for scrape in put[4:]]
    assert kept[0] is None
    assert None not in kept[1:]
    found = {number: plain(scrape) for batch in spool.unsent(10**9) for number, scrape in batch}
    assert found == dict(zip(kept[1:], map(plain, put[5:]), strict=True))
    assert spool.status().trouble == ""
    spool.close()
    assert list((tmp_path / "spool").glob("*.seg"))


def test_a_file_where_the_folder_should_be_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / "spool").write_bytes(b"SQLite format 3\0")
    steady = [0.0]
    spool = Spool(str(tmp_path / "spool"), monotonic=lambda: steady[0])
    scrape = scrapes(1, shape(3))[0]
    assert spool.put(scrape) is None
    assert spool.unsent(100) == []
    spool.acknowledge([1])
    assert spool.status().trouble
    (tmp_path / "spool").unlink()
    steady[0] += 60
    assert spool.put(scrape) == 1
    spool.close()
