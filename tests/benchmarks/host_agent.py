"""The agent beside the newest node_exporter on one machine, in one run: what a scrape costs, and what it says.

Both run at once and are scraped in turns, so that a machine that gets busy is as busy for both. Cost is the processor
time of the whole process; no compression is asked for, unless with ``--gzip``. Rows:

- this machine, each with its own defaults;
- this machine, the same collectors on both sides, node_exporter without its own metrics;
- both again on a /proc and /sys of 64 processors and 40 interfaces in plain files (``host_tree``), where what can only
  be asked of the live kernel is read from files on both sides;
- whether values lie inside what node_exporter said before and after;
- 800 connections that never finish a request (``half_open``).

Everything stays on the loopback, and every process is ended by its own number.

Usage: python -m tests.benchmarks.host_agent [--quick] [--gzip] [--reader proc|psutil]
"""

from __future__ import annotations

import argparse
import contextlib
import math
import os
import platform
import re
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from regiowacht_agent.reader import READERS, entries
from regiowacht_collector.ports import free_port
from tests.benchmarks import host_tree
from tests.benchmarks.half_open import HALF_OPEN, SETTLE_S, besiege
from tests.benchmarks.scraped import Program, counters, running, series, values
from tests.lab.errors import LabError
from tests.lab.peers import peer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tests.benchmarks.scraped import Key
    from tests.lab.peers import Peer

CPUS, NICS = 64, 40
WARM_UPS = 10
SCRAPES_A_TURN = 10
TURNS, QUICK_TURNS = 30, 4
COMPARISONS, QUICK_COMPARISONS = 10, 2
NAMES_SHOWN = 30
OURS, PEER = "regiowacht agent", "node_exporter"
FROM_FILES = ("--no-collector.arp.netlink", "--no-collector.netdev.netlink")
"""Read from files what both would ask the live kernel."""

COUNTERS, STILL, MOVE = "counters", "still values", "gauges that move by themselves"
JUDGED = (COUNTERS, STILL)
SUCCESS = "node_scrape_collector_success"
LEFT_OUT = re.compile(r"go_|process_|promhttp_|node_exporter_|node_scrape_|regiowacht_|python_")
MOVING = re.compile(
    r"node_(filefd_allocated|filesystem_(avail_bytes|free_bytes|files_free)|load\d+|procs_(running|blocked)|time_seconds"
    r"|memory_\w+|sockstat_\w+|netstat_Tcp_CurrEstab|nf_conntrack_entries|arp_entries|disk_io_now|udp_queues"
    r"|timex_(frequency_adjustment_ratio|maxerror_seconds|estimated_error_seconds|offset_seconds|tick_seconds)"
    r"|cpu_(scaling_)?frequency_hertz|hwmon_\w+_(input|celsius|rpm|volts|amps|watt)|processes_\w+|tcp_connection_states)"
)
"""Gauges that move by themselves between two readings, so that a third need not lie between them."""

COLLECTOR = re.compile(r"Enable the (\w+) collector \(default: (enabled|disabled)\)")


@dataclass(frozen=True, slots=True)
class Setting:
    """One comparison: what it is called, the arguments of both sides, and the collectors that each ran."""

    name: str
    ours: tuple[str, ...]
    peers: tuple[str, ...]
    ours_ran: tuple[str, ...]
    peers_ran: tuple[str, ...]


@dataclass(slots=True)
class Cost:
    """What the scrapes of one program cost: seconds of processor time by turn, and what it told last."""

    turns: list[float]
    body: bytes = b""
    rss_mb: float = 0
    pss_mb: float = 0

    @property
    def ms(self) -> float:
        """Milliseconds a scrape, over all turns."""
        return sum(self.turns) * 1000 / (len(self.turns) * SCRAPES_A_TURN)


def collectors(exporter: Path) -> dict[str, bool]:
    """Return node_exporter's collectors and whether each is on by default, as its help says."""
    told = subprocess.run([exporter, "--help"], capture_output=True, text=True, check=True)
    text = " ".join((told.stdout + told.stderr).split())
    return {name: on == "enabled" for name, on in COLLECTOR.findall(text)}


def settings(exporter: Path, reader: str, tree: Path) -> Iterator[Setting]:
    """Yield the comparisons; the folder gets the large machine."""
    theirs = collectors(exporter)
    our_defaults = tuple(entry.name for entry in entries(reader) if entry.default)
    their_defaults = tuple(name for name, on in theirs.items() if on)
    shared = tuple(name for name in our_defaults if name in theirs)
    only = ("--collector.disable-defaults", *(f"--collector.{name}" for name in shared))
    host_tree.write(tree, CPUS, NICS)
    at = (f"--path.procfs={tree}/proc", f"--path.sysfs={tree}/sys", f"--path.rootfs={tree}/root", *FROM_FILES)
    their_only = (*only, "--web.disable-exporter-metrics")
    yield Setting("this machine, defaults", (), (), our_defaults, their_defaults)
    yield Setting("this machine, same collectors", only, their_only, shared, shared)
    large = f"{CPUS} processors, {NICS} interfaces"
    yield Setting(f"{large}, defaults", at, at, our_defaults, their_defaults)
    yield Setting(f"{large}, same collectors", (*only, *at), (*their_only, *at), shared, shared)


@contextlib.contextmanager
def both(setting: Setting, exporter: Path, reader: str) -> Iterator[dict[str, Program]]:
    """Run both sides until the block ends."""
    ports = free_port(), free_port()
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        config = Path(folder, "agent.toml")
        config.touch()
        ours = [
            *(sys.executable, "-m", "regiowacht", "agent", "run", "--config", str(config), "--reader", reader),
            *("--listen", f"127.0.0.1:{ports[0]}", "--exit-with-parent", *setting.ours),
        ]
        theirs = [str(exporter), f"--web.listen-address=127.0.0.1:{ports[1]}", *setting.peers]
        # Without a folder node_exporter calls its collector of textfiles failed.
        texts = Path(folder, "textfiles")
        texts.mkdir()
        for command in (ours, theirs):
            command.append(f"--collector.textfile.directory={texts}")
        yield {
            OURS: stack.enter_context(running(ours, ports[0])),
            PEER: stack.enter_context(running(theirs, ports[1])),
        }


def measure(programs: Mapping[str, Program], turns: int, *, packed: bool) -> dict[str, Cost]:
    """Scrape the programs in turns; return what each cost."""
    costs = {name: Cost([]) for name in programs}
    for program in programs.values():
        for _ in range(WARM_UPS):
            program.scrape(packed=packed)
    for _ in range(turns):
        for name, program in programs.items():
            before = program.cpu_s()
            for _ in range(SCRAPES_A_TURN):
                costs[name].body = program.scrape(packed=packed)
            costs[name].turns.append(program.cpu_s() - before)
    for name, program in programs.items():
        costs[name].rss_mb, costs[name].pss_mb = program.rss_mb(), program.pss_mb()
    return costs


@dataclass(slots=True)
class Agreement:
    """How our values agree with node_exporter's readings before and after.

    Attributes:
        compared: how many values were compared: of counters, of what stays still, and of gauges that move by themselves
            (``MOVING``).
        inside: how many of them lay between the two readings, but for what a float cannot hold.
        outside: series that once did not, of counters and of what stays still.
        moved: series that once did not, of gauges that move by themselves.
        missing: series that node_exporter alone tells.
        more: series that we alone tell.
    """

    compared: Counter[str] = field(default_factory=Counter)
    inside: Counter[str] = field(default_factory=Counter)
    outside: set[Key] = field(default_factory=set)
    moved: set[Key] = field(default_factory=set)
    missing: set[Key] = field(default_factory=set)
    more: set[Key] = field(default_factory=set)

    @property
    def share(self) -> float:
        """Return how many of counters and still values lay inside, between 0 and 1."""
        judged = sum(self.compared[kind] for kind in JUDGED)
        return sum(self.inside[kind] for kind in JUDGED) / judged if judged else 0.0


def compare(programs: Mapping[str, Program], times: int) -> Agreement:
    """Return how often our values lie between what node_exporter says before and after."""
    found = Agreement()
    counts = counters(programs[PEER].scrape())
    for _ in range(times):
        before, ours, after = (_about_the_host(programs[name]) for name in (PEER, OURS, PEER))
        theirs = before.keys() & after.keys()
        found.missing |= theirs - ours.keys()
        found.more |= ours.keys() - before.keys() - after.keys()
        for key in theirs & ours.keys():
            kind = COUNTERS if key[0] in counts else MOVE if MOVING.fullmatch(key[0]) else STILL
            lies_inside = is_inside(ours[key], *sorted((before[key], after[key])))
            found.compared[kind] += 1
            found.inside[kind] += lies_inside
            if not lies_inside:
                (found.moved if kind == MOVE else found.outside).add(key)
    return found


def is_inside(value: float, low: float, high: float) -> bool:
    """Return whether a value lies between two others, or is one of them but for what a float cannot hold."""
    if math.isnan(value):
        return math.isnan(low)
    return low <= value <= high or any(math.isclose(value, end, rel_tol=1e-9) for end in (low, high))


def _about_the_host(program: Program) -> dict[Key, float]:
    return {key: value for key, value in values(program.scrape()).items() if not LEFT_OUT.match(key[0])}


def say(*lines: str) -> None:
    """Print lines at once, since a run takes minutes."""
    print(*lines, sep="\n", flush=True)


def say_silent(programs: Mapping[str, Program]) -> None:
    """Print which collectors of each side had nothing to tell or failed."""
    for name, program in programs.items():
        told = values(program.scrape())
        silent = [
            dict(labels)["collector"] for (metric, labels), value in told.items() if metric == SUCCESS and not value
        ]
        say(f"  {name}, nothing told by: {' '.join(sorted(silent)) or '-'}")


def say_costs(costs: Mapping[str, Mapping[str, Cost]]) -> None:
    """Print the table of costs; the range is that of the ratios of single turns."""
    say(
        "",
        "| | CPU ms a scrape | ratio (of turns) | RSS MB | PSS MB | series | bytes |",
        "|---|---|---|---|---|---|---|",
    )
    for name, sides in costs.items():
        ours, theirs = sides[OURS], sides[PEER]
        ratios = sorted(mine / other for mine, other in zip(ours.turns, theirs.turns, strict=True))
        spread = f"**{ours.ms / theirs.ms:.2f}** ({ratios[0]:.2f}-{ratios[-1]:.2f})"
        for side, cost in sides.items():
            ratio = spread if side == OURS else "1"
            told = f"{cost.rss_mb:.1f} | {cost.pss_mb:.1f} | {series(cost.body)} | {len(cost.body)}"
            say(f"| {name}: {side} | {cost.ms:.2f} | {ratio} | {told} |")


def say_agreement(found: Agreement) -> None:
    """Print how the values agree."""
    told = (f"{found.inside[kind]} of {number} {kind}" for kind, number in sorted(found.compared.items()))
    say(
        "",
        f"values inside node_exporter's readings before and after: {', '.join(told)}",
        f"of counters and still values: {100 * found.share:.2f} %",
    )
    moved = ("moved by themselves", found.moved)
    for what, keys in (
        ("outside", found.outside),
        moved,
        ("not told by us", found.missing),
        ("told by us alone", found.more),
    ):
        names = sorted({name for name, _labels in keys})
        if names:
            say(f"{what}: {len(keys)} series of {len(names)} metrics: {', '.join(names[:NAMES_SHOWN])}")


def say_sieges(programs: Mapping[str, Program]) -> None:
    """Print what connections that never finish a request do."""
    head = f"| {HALF_OPEN} half-open | held | {SETTLE_S:g} s later | slowest ms | refused | MB more | threads more |"
    say("", head, "|---|---|---|---|---|---|---|")
    for name, program in programs.items():
        siege = besiege(program)
        told = f"{siege.slowest_ms:.1f} | {siege.refused} | {siege.memory_mb:.1f} | {siege.threads}"
        say(f"| {name} | {siege.held} | {siege.held_later} | {told} |")


def say_machine(found: Peer, reader: str) -> None:
    """Print what was compared and on what."""
    load = " ".join(f"{one:.2f}" for one in os.getloadavg())
    say(
        f"node_exporter {found.version}; agent with reader {reader} on Python {platform.python_version()}",
        f"Linux {platform.release()}, {os.cpu_count()} processors, load {load}",
    )


def main(words: Sequence[str]) -> int:
    """Run the comparisons; return the exit code."""
    asked = argparse.ArgumentParser(prog="python -m tests.benchmarks.host_agent")
    asked.add_argument("--quick", action="store_true", help="fewer turns, for a first look")
    asked.add_argument("--gzip", action="store_true", help="ask for compressed answers, as Prometheus does")
    asked.add_argument("--reader", choices=sorted(READERS), default="proc")
    options = asked.parse_args(words)
    try:
        found = peer("node_exporter", tell=lambda line: print(line, file=sys.stderr))
    except LabError as error:
        print(error, file=sys.stderr)
        return 3
    say_machine(found, options.reader)
    costs: dict[str, dict[str, Cost]] = {}
    with tempfile.TemporaryDirectory() as tree:
        for setting in settings(found.path, options.reader, Path(tree)):
            say(
                "",
                f"{setting.name}",
                f"  ours: {' '.join(setting.ours_ran)}",
                f"  theirs: {' '.join(setting.peers_ran)}",
            )
            with both(setting, found.path, options.reader) as programs:
                say_silent(programs)
                costs[setting.name] = measure(programs, QUICK_TURNS if options.quick else TURNS, packed=options.gzip)
                say_agreement(compare(programs, QUICK_COMPARISONS if options.quick else COMPARISONS))
                if len(costs) == 1:
                    say_sieges(programs)
    say_costs(costs)
    say("", f"load at the end {os.getloadavg()[0]:.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
