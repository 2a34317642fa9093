"""Seven days of scrapes in a row: whether the agent's memory and descriptors stay as they are.

A scrape every 15 seconds is 40,320 in seven days. They come one after the other over HTTP, each over a connection of
its own, half of them compressed. ``--change`` makes the host one that does not stay: a folder of textfiles whose files
and labels come and go, and with ``--interfaces`` network interfaces that come, go and change names. Those need root;
they stand in a network namespace of their own, with a /sys of its own, which end with the run.

Usage: python -m tests.benchmarks.seven_days [--scrapes 40320] [--seed 1] [--interfaces 49] [--change]
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from regiowacht_collector.ports import free_port
from tests.benchmarks.host_agent import say
from tests.benchmarks.scraped import running, series

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tests.benchmarks.scraped import Program

SCRAPES = 7 * 24 * 3600 // 15
LOOKS = 8
"""How often memory and descriptors are looked at."""

CHANGE_EVERY = 20
FILES, LABELS = 6, 40
INSIDE = "REGIOWACHT_SEVEN_DAYS_INSIDE"


@dataclass(frozen=True, slots=True)
class Look:
    """What the process held after so many scrapes.

    Attributes:
        scrapes: that were made so far.
        own_mb: memory that nobody else uses (USS), which grows with a leak and not with the busyness of the machine.
        rss_mb: its resident memory.
        descriptors: that it had open.
        threads: that it had.
        ms: processor time of a scrape, on average since the last look.
        series: of the last scrape.
    """

    scrapes: int
    own_mb: float
    rss_mb: float
    descriptors: int
    threads: int
    ms: float
    series: int


class Changing:
    """Files and interfaces that come, go and change, the same way for the same seed.

    Args:
        folder: of textfiles.
        interfaces: made in this network namespace beside the ones there are; 0 makes none.
        seed: of chance.
    """

    def __init__(self, folder: Path, interfaces: int, seed: int) -> None:
        self._folder = folder
        self._chance = random.Random(seed)
        self._interfaces = [f"nic{number}" for number in range(interfaces)]
        self._made = interfaces
        for name in self._interfaces:
            _ip("link", "add", name, "type", "bridge")
            _ip("link", "set", name, "up")

    def turn(self) -> None:
        """Change something."""
        name = f"part{self._chance.randrange(FILES)}.prom"
        if self._chance.random() < 0.2:
            (self._folder / name).unlink(missing_ok=True)
        else:
            stem = name.removesuffix(".prom")
            rows = "".join(
                f'made_up_{stem}{{job="{self._chance.randrange(10**9)}"}} {self._chance.random()}\n'
                for _ in range(self._chance.randrange(1, LABELS))
            )
            new = self._folder / f".{name}.new"
            new.write_text(rows, encoding="utf-8")
            new.replace(self._folder / name)
        if self._interfaces:
            self._change_interface()

    def _change_interface(self) -> None:
        at = self._chance.randrange(len(self._interfaces))
        old = self._interfaces[at]
        self._made += 1
        new = f"nic{self._made}"
        if self._chance.random() < 0.5:
            _ip("link", "set", old, "down")
            _ip("link", "set", old, "name", new)
        else:
            _ip("link", "del", old)
            _ip("link", "add", new, "type", "bridge")
        _ip("link", "set", new, "up")
        self._interfaces[at] = new


def scrape(program: Program, scrapes: int, seed: int, change: Callable[[], None]) -> Iterator[Look]:
    """Scrape so often, and yield what the process holds, ``LOOKS`` times."""
    chance = random.Random(seed)
    cpu_s, before = program.cpu_s(), 0
    for number in range(1, scrapes + 1):
        if number % CHANGE_EVERY == 0:
            change()
        body = program.scrape(packed=chance.random() < 0.5)
        if number * LOOKS // scrapes != (number - 1) * LOOKS // scrapes:
            now = program.cpu_s()
            ms = (now - cpu_s) * 1000 / (number - before)
            cpu_s, before = now, number
            memory = program.process.memory_full_info()
            held = (program.process.num_fds(), program.process.num_threads())
            yield Look(number, memory.uss / 1e6, memory.rss / 1e6, *held, ms, series(body))


def run(scrapes: int, seed: int, interfaces: int, tell: Callable[[Look], None], *, change: bool) -> list[Look]:
    """Run an agent, scrape it so often, and return what it held on the way."""
    looks: list[Look] = []
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary, "textfiles")
        folder.mkdir()
        config = Path(temporary, "agent.toml")
        config.touch()
        port = free_port()
        command = [
            *(sys.executable, "-m", "regiowacht", "agent", "run", "--config", str(config), "--exit-with-parent"),
            *("--listen", f"127.0.0.1:{port}", "--collector.textfile.directory", str(folder)),
        ]
        changing = Changing(folder, interfaces, seed)
        with running(command, port) as program:
            for look in scrape(program, scrapes, seed, changing.turn if change else _nothing):
                tell(look)
                looks.append(look)
    return looks


def is_flat(looks: Sequence[Look], memory_mb: float, descriptors: int) -> bool:
    """Return whether the process held at the end what it held after the first part, but for so much."""
    first, last = looks[0], looks[-1]
    return last.own_mb - first.own_mb <= memory_mb and last.descriptors - first.descriptors <= descriptors


def say_look(look: Look) -> None:
    """Print a row of the table."""
    held = f"{look.own_mb:.2f} | {look.rss_mb:.2f} | {look.descriptors} | {look.threads}"
    say(f"| {look.scrapes} | {held} | {look.ms:.2f} | {look.series} |")


def main(words: Sequence[str]) -> int:
    """Make the run; return the exit code."""
    asked = argparse.ArgumentParser(prog="python -m tests.benchmarks.seven_days")
    asked.add_argument("--scrapes", type=int, default=SCRAPES)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--interfaces", type=int, default=0, help="made in a network namespace of their own (root)")
    asked.add_argument("--change", action="store_true", help="let files and interfaces come and go")
    options = asked.parse_args(words)
    if options.interfaces and INSIDE not in os.environ:
        os.environ[INSIDE] = "1"
        again = [sys.executable, "-m", "tests.benchmarks.seven_days", *words]
        os.execvp("unshare", ["unshare", "--net", "--mount", "--", *again])
    if options.interfaces:
        subprocess.run(["mount", "-t", "sysfs", "none", "/sys"], check=True)
        _ip("link", "set", "lo", "up")
    say(
        f"seed {options.seed}, Python {platform.python_version()}, Linux {platform.release()}, load "
        f"{os.getloadavg()[0]:.2f}, {options.interfaces} interfaces made, {'changing' if options.change else 'still'}",
        "",
        "| scrapes | own MB | RSS MB | descriptors | threads | CPU ms a scrape | series |",
        "|---|---|---|---|---|---|---|",
    )
    begin = time.monotonic()
    looks = run(options.scrapes, options.seed, options.interfaces, say_look, change=options.change)
    say("", f"{time.monotonic() - begin:.0f} s; {'flat' if is_flat(looks, 0.5, 8) else 'NOT FLAT'}")
    return 0 if is_flat(looks, 0.5, 8) else 1


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


def _nothing() -> None:
    """Change nothing."""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
