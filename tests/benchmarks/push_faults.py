"""What a cut, kills, a stop and a damaged disk cost an agent of what it keeps, beside its peers.

Usage: python -m tests.benchmarks.push_faults [outage | kills | stop | damage]... [--json]
           [--outage S] [--kills N] [--seed N] [--program NAME]

All three programs run at the same time, each reading a page of 100 series of its own and pushing it over its own line.

outage: a week in compressed time. The line is cut for ``--outage`` seconds (600); the ages at which Prometheus lets go
    of what it has not sent (4 hours) are divided by what makes a week of that. The interval is 5 s: readings are fewer
    than in a week, which ``tests.benchmarks.spool week`` keeps in full. The line that comes back carries ten times
    what is measured, and so shows what is sent first.
kills: ``--kills`` (100) kills with SIGKILL, each 0.5 to 12 s after the start, at an interval of 1 s, all of it during
    a cut; at the end the line is mended. What a program read less than a second before it was killed had no time to
    be kept, and is told apart. A page that was handed out and that the program says it did not get in time (``up`` 0)
    is no reading that was lost. What our agent had in its spool at a kill is read there: none of that may be lost.
stop: half a minute of a cut, then SIGTERM; started again when the line is mended.
damage: the same, with 20 bits of what the program left on the disk flipped in between; three seeds.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import math
import os
import random
import shutil
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from regiowacht_agent.spool.spool import Spool
from tests.agent.spool.test_damage import flip
from tests.benchmarks.push_senders import NAME, SERIES, senders

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tests.benchmarks.push_senders import Sender

    Row = dict[str, float | str]

WEEK_S = 7 * 86_400
OUTAGE_INTERVAL_S, WIDTH = 5, 10
KILL_AFTER_S = (0.5, 12.0)
KEPT_WITHIN_S = 1.0
STOP_CUT_S = 30
FLIPS, DAMAGES = 20, 3
PROGRAMS = [""]
"""How the names of the programs begin that play along."""

QUIET_S, DRAIN_S = 75, 600
"""The line is done with when nothing came for so long: an agent of ours begins with a backlog within 30 s."""


@contextlib.contextmanager
def running(interval_s: int, shorter: float = 1.0) -> Iterator[list[Sender]]:
    """Start ours and its peers, or those that were named, and wait until something of each has come."""
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        made = [one for one in senders(Path(folder), interval_s, shorter) if one.name.startswith(tuple(PROGRAMS))]
        for sender in made:
            stack.callback(sender.close)
            sender.start()
        for sender in made:
            while not sender.line.arrived_s:
                time.sleep(0.05)
        yield made


def at_once(made: Sequence[Sender], play: Callable[[Sender], Row]) -> list[Row]:
    """Play the same with all at the same time; return what came of each."""
    with ThreadPoolExecutor(len(made)) as pool:
        return [{"program": sender.name, **row} for sender, row in zip(made, pool.map(play, made), strict=True)]


def outage(outage_s: float) -> list[Row]:
    """Cut the line, and mend it as a narrow one."""

    def play(sender: Sender) -> Row:
        sender.line.is_cut = True
        time.sleep(outage_s)
        mended_s, before = time.monotonic(), len(sender.source.served_s)
        sender.line.most_a_second = SERIES * WIDTH // OUTAGE_INTERVAL_S
        sender.line.is_cut = False
        drain(sender, before)
        came_s = [(at, when) for (_, at), when in sender.line.arrived_s.items() if at >= before]
        fresh_s = min((when for _, when in came_s), default=float("inf")) - mended_s
        late_s = max((when - sender.source.served_s[int(at)] for at, when in came_s), default=float("inf"))
        told: Row = {"fresh after s": round(fresh_s, 1), "latest fresh sample s": round(late_s, 1)}
        return _losses(sender, before) | told | {"intervals": round(fresh_s / OUTAGE_INTERVAL_S, 1)}

    with running(OUTAGE_INTERVAL_S, WEEK_S / outage_s) as made:
        return at_once(made, play)


def kills(count: int, seed: int) -> list[Row]:
    """Kill again and again during a cut."""

    def play(sender: Sender) -> Row:
        chance, kept = random.Random(seed), set[int]()
        sender.line.is_cut = True
        for _ in range(count):
            time.sleep(chance.uniform(*KILL_AFTER_S))
            sender.kill()
            kept |= spooled(sender.data)
            sender.start()
        before = len(sender.source.served_s)
        sender.line.is_cut = False
        drain(sender, before)
        lost = {reading for _, reading in sender.lost(before)}
        ages_s = [sender.before_a_kill_s(reading) for reading in lost]
        told: Row = {
            "not read": len(sender.not_read(before)),
            "readings lost": len(lost),
            "of them in the spool": len(lost & kept),
            "of them over 1 s old": sum(age_s > KEPT_WITHIN_S for age_s in ages_s),
        }
        return _losses(sender, before) | told | {"oldest s": round(max(ages_s, default=0.0), 2)}

    with running(1) as made:
        return at_once(made, play)


def stop(damage_seed: int | None = None) -> list[Row]:
    """Stop during a cut; with a seed, flip bits of what is left before it is started again."""

    def play(sender: Sender) -> Row:
        sender.line.is_cut = True
        time.sleep(STOP_CUT_S)
        took_s = sender.stop()
        before = len(sender.source.served_s)
        if damage_seed is not None:
            _damage(sender.data, random.Random(damage_seed))
        sender.line.is_cut = False
        with contextlib.suppress(TimeoutError):
            sender.start()
        drain(sender, before)
        return _losses(sender, before) | {"stop s": round(took_s, 1)}

    with running(1) as made:
        return at_once(made, play)


def drain(sender: Sender, readings: int) -> None:
    """Wait until all of the first readings came, or nothing of them for long; then half an interval's rest."""
    deadline, left, since_s = time.monotonic() + DRAIN_S, len(sender.lost(readings)), time.monotonic()
    while left and time.monotonic() < min(deadline, since_s + QUIET_S):
        time.sleep(1)
        now = len(sender.lost(readings))
        if now != left:
            left, since_s = now, time.monotonic()
    time.sleep(2 * OUTAGE_INTERVAL_S)


def spooled(data: Path) -> set[int]:
    """Return the readings of the page that wait in a spool which nobody uses now; it stays as it is."""
    folder = data / "spool"
    if not folder.is_dir():  # a peer's
        return set()
    with tempfile.TemporaryDirectory() as beside:
        shutil.copytree(folder, beside, dirs_exist_ok=True)
        spool = Spool(beside)
        scrapes = [scrape for batch in spool.unsent(sys.maxsize) for _number, scrape in batch]
        spool.close()
    found: set[int] = set()
    for shape in {scrape.shape for scrape in scrapes}:
        at = next((at for at, head in enumerate(shape.heads) if NAME.encode() in head), -1)
        values = [scrape.values[at] for scrape in scrapes if scrape.shape is shape] if at >= 0 else []
        found |= {int(value) for value in values if not math.isnan(value)}
    return found


def _losses(sender: Sender, readings: int) -> Row:
    lost, arrived = sender.lost(readings), set(sender.line.arrived_s)  # before what was measured: more comes meanwhile
    known = {(at, reading) for reading in range(len(sender.source.served_s)) for at in range(SERIES)}
    return {
        "readings": readings,
        "samples": readings * SERIES,
        "lost": len(lost),
        "lost %": round(100 * len(lost) / max(1, readings * SERIES), 2),
        "never measured": len(arrived - known),
    }


def _damage(folder: Path, chance: random.Random) -> None:
    files = sorted(file for file in folder.rglob("*") if file.is_file() and file.stat().st_size)
    for file in chance.choices(files, [file.stat().st_size for file in files], k=FLIPS):
        told = bytearray(file.read_bytes())
        flip(told, chance)
        file.write_bytes(told)


def damage(seed: int) -> list[Row]:
    """Flip bits several times, and return the sums."""
    turns = [stop(seed + turn) for turn in range(DAMAGES)]
    summed: list[Row] = []
    for rows in zip(*turns, strict=True):
        sums = {key: sum(float(row[key]) for row in rows) for key in ("readings", "samples", "lost", "never measured")}
        share = round(100 * sums["lost"] / sums["samples"], 2)
        summed.append({"program": rows[0]["program"], **{key: int(sums[key]) for key in sums}, "lost %": share})
    return summed


def main(words: Sequence[str]) -> int:
    """Play, print, and return 0."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("plays", nargs="*", metavar="play", help="outage, kills, stop, damage; all where none is named")
    parser.add_argument("--outage", type=float, default=600.0)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--program", action="append", help="the name of one begins with it; all where none is named")
    parser.add_argument("--json", action="store_true")
    told = parser.parse_args(words)
    PROGRAMS[:] = told.program or [""]
    plays: dict[str, Callable[[], list[Row]]] = {
        "outage": lambda: outage(told.outage),
        "kills": lambda: kills(told.kills, told.seed),
        "stop": stop,
        "damage": lambda: damage(told.seed),
    }
    if unknown := set(told.plays) - plays.keys():
        parser.error(f"no such play: {', '.join(sorted(unknown))}")
    found = {name: plays[name]() for name in told.plays or plays}
    if told.json:
        print(json.dumps({"load": os.getloadavg()[0], "seed": told.seed, "plays": found}, indent=2))
    else:
        for name, rows in found.items():
            print(f"\n{name} (load {os.getloadavg()[0]:.1f}, seed {told.seed})\n")
            print("| " + " | ".join(rows[0]) + " |\n|" + "---|" * len(rows[0]))
            for row in rows:
                print("| " + " | ".join(str(value) for value in row.values()) + " |")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
