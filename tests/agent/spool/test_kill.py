"""A process that is killed at any moment: what ``put`` returned for is there, to the bit, and in order."""

from __future__ import annotations

import itertools
import random
import subprocess
import sys
from pathlib import Path

import pytest

from regiowacht_agent.spool.spool import Spool
from tests.agent.spool.load import plain, scrapes, shape

ROOT = Path(__file__).parents[3]
SERIES, MOST = 60, 400

SCRIPT = f"""
import sys
from regiowacht_agent.spool.limits import Limits
from regiowacht_agent.spool.spool import Spool
from tests.agent.spool.load import scrapes, shape

spool = Spool(sys.argv[1], Limits(10**7))
sent = 0
for at, scrape in enumerate(scrapes({MOST}, shape({SERIES}), seed=int(sys.argv[2]))):
    print("+", spool.put(scrape), flush=True)
    if at % 7 == 6:
        for batch in spool.unsent({SERIES} * 3):
            for number, _scrape in batch:
                print("-", number, flush=True)  # from here on it may be gone
            spool.acknowledge([number for number, _scrape in batch])
"""


@pytest.mark.parametrize("seed", range(3))
def test_what_was_promised_is_there_after_each_kill(tmp_path: Path, seed: int) -> None:
    kill_again_and_again(tmp_path, seed, turns=4)


def kill_again_and_again(folder: Path, seed: int, turns: int) -> int:
    """Kill a process that keeps readings, again and again; return how many it had promised. Also for the benchmark."""
    chance = random.Random(seed)
    wanted: dict[int, tuple[int, str, tuple[bytes, ...], bytes]] = {}
    gone: set[int] = set()
    promised = 0
    for turn in range(turns):
        put = [plain(scrape) for scrape in scrapes(MOST, shape(SERIES), seed=seed * 1000 + turn)]
        lines = _killed(folder, seed * 1000 + turn, chance.randrange(1, MOST))
        numbers = [int(line[2:]) for line in lines if line[0] == "+"]
        wanted |= dict(zip(numbers, put, strict=False))
        gone |= {int(line[2:]) for line in lines if line[0] == "-"}
        promised += len(numbers)
        _check(folder, wanted, gone)
    return promised


def _killed(folder: Path, seed: int, after: int) -> list[str]:
    """Return what a process said until it was killed after so many lines, and until it noticed."""
    command = [sys.executable, "-c", SCRIPT, str(folder), str(seed)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = list(itertools.islice(process.stdout, after))
        process.kill()
        lines += [line for line in process.stdout if line.endswith("\n")]
    return [line.strip() for line in lines]


def _check(folder: Path, wanted: dict[int, tuple[int, str, tuple[bytes, ...], bytes]], gone: set[int]) -> None:
    spool = Spool(str(folder))
    left = {number: plain(scrape) for batch in spool.unsent(10**9) for number, scrape in batch}
    status = spool.status()
    spool.close()
    lost = [number for number in wanted if number not in left and number not in gone]
    assert lost == []
    assert all(left[number] == wanted[number] for number in left if number in wanted)
    # One that was written when the process died may be there; its number was not told.
    assert len(left.keys() - wanted.keys()) <= 1 + len(wanted) // MOST
    wanted |= left
    assert status.damaged == 0
