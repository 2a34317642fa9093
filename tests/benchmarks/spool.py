"""What the spool costs, what it holds of a damaged disk and of killed processes, beside others.

Usage: python -m tests.benchmarks.spool size [--pages DIR] [--every S] [--count N]
       python -m tests.benchmarks.spool kill [--turns 100]
       python -m tests.benchmarks.spool damage [--seeds 100]
       python -m tests.benchmarks.spool capture [--pages DIR]
       python -m tests.benchmarks.spool week
       python -m tests.benchmarks.spool mutate [--seeds 100]
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import random
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import yaml

from regiowacht_agent.polls.asset import Polled
from regiowacht_agent.push.capture import Capture
from regiowacht_agent.push.scrape import Scrape
from regiowacht_agent.relay.known import names
from regiowacht_agent.spool.spool import Spool
from regiowacht_collector.ports import free_port
from tests.agent.spool.load import plain, scrapes, shape, values
from tests.agent.spool.test_damage import damage, fill, flip, left, tear
from tests.agent.spool.test_kill import kill_again_and_again
from tests.agent.spool.test_mutated import Whole, check
from tests.benchmarks.spool_pages import LOAD, Pages, record, recorded
from tests.benchmarks.spool_sqlite import SqliteSpool
from tests.lab.peers import peer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SERVER = Polled("zandbeke", "stadhuis", "srv-files", "node", "infrastructuur")
STEP_MS = 15_000
PEER_EVERY_S = 0.25
FLIPS, TEARS = 20, 3


def captured(pages: Sequence[str]) -> tuple[list[Scrape], float]:
    """Return the readings of pages, and what capturing one costs in ms of processor time once it is steady."""
    names()
    capture = Capture("node", SERVER)
    capture.page(pages[0], 0)
    begin = time.process_time()
    found = [capture.page(page, 1_764_000_000_000 + at * STEP_MS) for at, page in enumerate(pages)]
    return found, (time.process_time() - begin) / len(pages) * 1000


def say_sizes(pages: Sequence[str]) -> None:
    """Print bytes a sample and ms a reading of each way to keep pages."""
    told, capture_ms = captured(pages)
    samples = sum(len(scrape.values) for scrape in told)
    print(f"{len(told)} readings of {samples // len(told)} series; capturing one page: {capture_ms:.2f} ms")
    print("\n| kept by | bytes a sample | ms CPU a reading |\n|---|---|---|")
    for name, keep in (("spool", _kept), ("SQLite", _in_sqlite)):
        with tempfile.TemporaryDirectory() as place:
            begin = time.process_time()
            size = keep(Path(place), told)
            cost = (time.process_time() - begin) / len(told) * 1000
            print(f"| {name} | {size / samples:.2f} | {cost:.2f} |")
    for name, size, peers_samples in _peers(pages):
        print(f"| {name} | {size / peers_samples:.2f} | |")


def _kept(place: Path, told: Sequence[Scrape]) -> int:
    spool = Spool(str(place))
    for scrape in told:
        spool.put(scrape)
    spool.close()
    return _size(place)


def _in_sqlite(place: Path, told: Sequence[Scrape]) -> int:
    spool = SqliteSpool(place / "spool.sqlite")
    for scrape in told:
        spool.put(scrape)
    spool.close()  # writes the log into the database
    return _size(place)


def _size(place: Path) -> int:
    return sum(file.stat().st_size for file in place.rglob("*") if file.is_file())


def _peers(pages: Sequence[str]) -> list[tuple[str, int, int]]:
    """Return name, bytes on disk and samples of what peers keep of the same pages while nobody takes them."""
    found = []
    victoria, prometheus = peer("victoria_metrics"), peer("prometheus")
    vmagent = victoria.path.with_name("vmagent")
    for name, program in ((f"vmagent {victoria.version}", vmagent), (f"Prometheus agent {prometheus.version}", None)):
        with tempfile.TemporaryDirectory() as folder:
            place, served = Path(folder), Pages(pages)
            config, queue, nobody = (
                place / "config.yml",
                place / "queue",
                f"http://127.0.0.1:{free_port()}/api/v1/write",
            )
            config.write_text(yaml.safe_dump(_config(served.port, None if program else nobody)), encoding="utf-8")
            listen = f"127.0.0.1:{free_port()}"
            command = (
                [str(program), f"-promscrape.config={config}", f"-remoteWrite.url={nobody}",
                 f"-httpListenAddr={listen}", f"-remoteWrite.tmpDataPath={queue}"]
                if program
                else [str(prometheus.path), "--agent", f"--config.file={config}", f"--storage.agent.path={queue}",
                      f"--web.listen-address={listen}", "--storage.remote.flush-deadline=1s"]
            )  # fmt: skip
            with served.serving():
                process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=place)
                while served.served < len(pages):
                    time.sleep(PEER_EVERY_S)
                process.terminate()  # which has vmagent write what it holds in memory
                process.wait()
            series = sum(not row.startswith("#") for row in pages[0].splitlines())
            found.append((name, _size(queue), served.served * series))
    return found


def _config(port: int, url: str | None) -> dict[str, object]:
    target = {"targets": [f"127.0.0.1:{port}"], "labels": {"gemeente": "zandbeke", "site": "stadhuis"}}
    every = f"{int(PEER_EVERY_S * 1000)}ms"
    job = {"job_name": "node", "scrape_interval": every, "scrape_timeout": every, "static_configs": [target]}
    config: dict[str, object] = {"scrape_configs": [job]}
    return config | ({"remote_write": [{"url": url}]} if url else {})


def say_kills(turns: int) -> None:
    """Print what killed processes had promised, and that it was there."""
    with tempfile.TemporaryDirectory() as place:
        promised = kill_again_and_again(Path(place), 1, turns)
    print(f"{turns} kills and restarts: {promised} readings promised, 0 lost")


def say_damage(seeds: int) -> None:
    """Print what flipped bits and torn writes cost the spool, and SQLite."""
    for what, how, count in ((f"{FLIPS} flipped bits", flip, FLIPS), (f"{TEARS} torn sectors", tear, TEARS)):
        losses: list[int] = []
        in_sqlite: list[int] = []
        for seed in range(seeds):
            with tempfile.TemporaryDirectory() as place:
                told = fill(Path(place), 700, seed)
                damage(Path(place), random.Random(seed), count, how)
                found, counted = left(Path(place))
                assert found.items() <= told.items()
                assert counted == len(told) - len(found)
                losses.append(counted)
            in_sqlite.append(_lost_by_sqlite(seed, count, how))
        print(f"{what}, {seeds} times, of 2,100 readings lost, least, median, most: spool {_three(losses)}", end="; ")
        print(f"SQLite {_three(in_sqlite)}")


def _lost_by_sqlite(seed: int, count: int, how: Callable[[bytearray, random.Random], None]) -> int:
    """Return how many readings SQLite loses of the same ones, its log not yet written into the database."""
    sources = [scrapes(700, shape(size, name), seed) for name, size in (("a", 200), ("b", 30), ("c", 5))]
    with tempfile.TemporaryDirectory() as place:
        path = Path(place, "spool.sqlite")
        spool, told = SqliteSpool(path), {}
        for same_time in zip(*sources, strict=True):
            for scrape in same_time:
                told[spool.put(scrape)] = plain(scrape)
        killed = Path(place, "killed")
        killed.mkdir()
        for file in (path, path.with_name("spool.sqlite-wal")):  # as a process that is killed leaves them
            killed.joinpath(file.name).write_bytes(file.read_bytes())
        spool.close()
        chance = random.Random(seed)
        files = sorted(killed.iterdir())
        for file in chance.choices(files, [file.stat().st_size for file in files], k=count):
            content = bytearray(file.read_bytes())
            how(content, chance)
            file.write_bytes(content)
        found: dict[int, object] = {}
        with contextlib.suppress(Exception):
            again = SqliteSpool(killed / "spool.sqlite")
            found = {number: plain(scrape) for number, scrape in again.unsent().items()}
            again.close()
    return sum(found.get(number) != one for number, one in told.items())


def say_week() -> None:
    """Print what a week without a line comes to: kept by one process, read back by the next, compared to the bit."""
    process, of, count = psutil.Process(), shape(500), 7 * 86_400 * 1000 // STEP_MS
    with tempfile.TemporaryDirectory() as place:
        spool, kept, memory = Spool(place), hashlib.sha256(), process.memory_info().rss
        begin = time.process_time()
        told = values(500, 1)
        for at in range(count):
            scrape = Scrape(1_764_000_000_000 + at * STEP_MS, of, next(told))
            assert spool.put(scrape) is not None
            kept.update(repr(plain(scrape)[0]).encode() + scrape.values.tobytes())
        put_ms, size = (time.process_time() - begin) / count * 1000, spool.status().size_bytes
        spool.close()
        begin = time.process_time()
        spool, back, readings = Spool(place), hashlib.sha256(), 0
        while batches := spool.unsent(20_000):
            for number, scrape in (one for batch in batches for one in batch):
                back.update(repr(scrape.at_ms).encode() + scrape.values.tobytes())
                spool.acknowledge([number])
                readings += 1
        get_ms, left_over = (time.process_time() - begin) / count * 1000, spool.status()
        grown = (process.memory_info().rss - memory) / 1e6
        spool.close()
    assert (readings, back.digest()) == (count, kept.digest())
    print(f"{count} readings of {len(of.heads)} series: {size / 1e6:.1f} MB, {size / count / 500:.2f} bytes a sample")
    print(f"put {put_ms:.2f} ms a reading (making it up included), read back {get_ms:.2f} ms; all there, to the bit")
    print(f"memory {grown:.1f} MB more at the end; damaged {left_over.damaged}, waiting {left_over.waiting}")


def say_mutated(seeds: int) -> None:
    """Print that no spool gave rubbish whose files something became of."""
    with tempfile.TemporaryDirectory() as kept:
        whole = Whole(Path(kept))
        for seed in range(seeds):
            with tempfile.TemporaryDirectory() as place:
                check(whole, Path(place, "spool"), seed)
    print(f"{seeds} spools whose files were cut, changed, swapped, deleted or lengthened: none gave what was not put")


def _three(numbers: Sequence[int]) -> str:
    ordered = sorted(numbers)
    return f"{ordered[0]}, {ordered[len(ordered) // 2]}, {ordered[-1]}"


def main() -> None:
    """Measure what the command line names."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("size", "kill", "damage", "capture", "week", "mutate"))
    parser.add_argument("--pages", type=Path)
    parser.add_argument("--every", type=float, default=15.0)
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--turns", type=int, default=100)
    parser.add_argument("--seeds", type=int, default=100)
    told = parser.parse_args()
    if told.what == "week":
        say_week()
    elif told.what == "mutate":
        say_mutated(told.seeds)
    elif told.what == "kill":
        say_kills(told.turns)
    elif told.what == "damage":
        say_damage(told.seeds)
    else:
        with tempfile.TemporaryDirectory() as place:
            folder = told.pages or Path(place)
            if not told.pages:
                print(f"load: {LOAD}; a reading each {told.every:g} s")
                record(folder, told.every, told.count)
            pages = recorded(folder)
            if told.what == "size":
                say_sizes(pages)
            else:
                print(f"capturing a page of {len(pages[0].splitlines())} lines: {captured(pages)[1]:.2f} ms")


if __name__ == "__main__":
    main()
