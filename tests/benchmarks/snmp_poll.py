"""The agent beside the newest snmp_exporter, in one run: what a poll of a switch of 52 ports costs, and how long it is.

Switches with moving counters (``snmp_switch``) are asked by both, each poll fetched once over HTTP with gzip. Cost is
the processor time of the asking process alone. Both read every column of ifTable and ifXTable, and sysUpTime: ours with
all groups of ports, theirs with the module ``if_mib`` made of our tables (Debian's package has none). Rows:

- the agent with its slow columns at their pace, one poll in ten, and with every column at each poll; SNMP 2c and 3;
- an agent that asks nobody, fetched as often;
- the same with a poll each 0.1 s, each program in turns while the others are stopped: what it costs in warm caches;
- the time that a poll takes where an answer needs 20 ms, with a window of 4 and of 2;
- a hundred switches in one process: processor and memory.

First the series of a switch that stands still are compared: name, labels and value of each.

Intervals are shorter than the settings allow, so that a run takes minutes: a launcher lowers those bounds alone. What a
hundred switches take of a core is given for every 60 s, worked out from rounds that came faster; with ``--real`` they
come every 60 s. Everything stays on the loopback, and every process is ended by its own number.

Usage: python -m tests.benchmarks.snmp_poll [equal|cost|hot|wall|many ...] [--quick] [--real] [--json FILE]
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import http.client
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import yaml

from regiowacht_collector.ports import free_port
from regiowacht_contract.labels import TARGET_LABELS
from tests.agent.snmp.agent_v3 import AUTH_SECRET, MONITOR, PRIV_SECRET
from tests.agent.snmp.meaning.test_snmp_exporter import exporters_configuration
from tests.benchmarks.host_agent import say
from tests.benchmarks.scraped import running, values
from tests.lab.errors import LabError
from tests.lab.peers import peer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from tests.benchmarks.scraped import Key, Program

PARTS = ("equal", "cost", "hot", "wall", "many")
MINUTE_S = 60.0
SLOW_POLLS = 10
"""Polls in which the slow columns come once, by the settings' defaults."""

ROUND_TRIP_MS = 20
MANY = 100
HOT_INTERVAL_S, HOT_WARM_POLLS = 0.1, 5
WARM_ROUNDS = 12
"""Polls before those that are measured: what is made once, and kept for an hour, is then made."""


LOWER = """
import sys
from regiowacht_agent.snmp.settings import Snmp
for name in ("interval_s", "slow_interval_s"):
    kind, _switch = Snmp.__dataclass_fields__[name].metadata["setting"]
    object.__setattr__(kind, "minimum", 0.1)
from regiowacht.main import main
sys.exit(main())
"""


@dataclass(frozen=True, slots=True)
class Plan:
    """How an agent asks.

    Attributes:
        ports: UDP ports of the switches.
        interval_s: between two polls of one.
        slow_polls: polls in which the slow columns come once.
        is_v3: asks by SNMP 3 with SHA and AES-128.
        window: questions under way at once.
        groups: of ports; empty for the default ones.
    """

    ports: tuple[int, ...] = ()
    interval_s: float = 1.0
    slow_polls: int = SLOW_POLLS
    is_v3: bool = False
    window: int = 4
    groups: tuple[str, ...] = ("all",)

    def text(self) -> str:
        """Return the agent's configuration."""
        lines = ["[asset]", 'gemeente = "zandbeke"', "", "[snmp]"]
        lines += [f"interval_s = {self.interval_s}", f"slow_interval_s = {self.interval_s * self.slow_polls}"]
        lines += [f"groups = {json.dumps(self.groups)}"] if self.groups else []
        if self.is_v3:
            how = f'version = "3"\nuser = "{MONITOR.name}"\nauth = "sha"\nauth_secret = "env:FAKE_AUTH"\n'
            how += 'priv = "aes128"\npriv_secret = "env:FAKE_PRIV"'
        else:
            how = 'community = "env:FAKE_COMMUNITY"'
        for number, port in enumerate(self.ports):
            lines += [
                "",
                "[[device]]",
                f'instance = "sw-{number:03}"\nsite = "stadhuis"\nlaag = "connectiviteit"\naddress = "127.0.0.1"',
                f'port = {port}\nengine = "fast"\nwindow = {self.window}\n{how}',
            ]
        return "\n".join((*lines, ""))


@contextlib.contextmanager
def switches(*words: str) -> Iterator[tuple[int, ...]]:
    """Run switches until the block ends; yield their UDP ports."""
    command = [sys.executable, "-m", "tests.benchmarks.snmp_switch", *words]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield tuple(map(int, process.stdout.readline().split()))
        assert process.stdin is not None
        process.stdin.close()


@contextlib.contextmanager
def agent(plan: Plan) -> Iterator[Program]:
    """Run an agent until the block ends."""
    with tempfile.TemporaryDirectory() as folder:
        config, port = Path(folder, "agent.toml"), free_port()
        config.write_text(plan.text())
        os.environ.update(FAKE_COMMUNITY="public", FAKE_AUTH=AUTH_SECRET.decode(), FAKE_PRIV=PRIV_SECRET.decode())
        words = ["agent", "run", "--config", str(config), "--listen", f"127.0.0.1:{port}"]
        with running([sys.executable, "-c", LOWER, *words], port) as program:
            yield program


@contextlib.contextmanager
def exporter(path: Path) -> Iterator[Program]:
    """Run snmp_exporter until the block ends."""
    told = yaml.safe_load(exporters_configuration("public"))
    told["auths"]["v3"] = {
        "version": 3,
        "username": MONITOR.name,
        "security_level": "authPriv",
        "auth_protocol": "SHA",
        "password": AUTH_SECRET.decode(),
        "priv_protocol": "AES",
        "priv_password": PRIV_SECRET.decode(),
    }
    with tempfile.TemporaryDirectory() as folder:
        config, port = Path(folder, "snmp.yml"), free_port()
        config.write_text(yaml.safe_dump(told))
        words = [str(path), f"--config.file={config}", f"--web.listen-address=127.0.0.1:{port}"]
        with running(words, port) as program:
            yield program


def fetch(program: Program, path: str) -> bytes:
    """Return a page, fetched with gzip over a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", program.port, timeout=60)
    try:
        connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != http.HTTPStatus.OK:
            raise http.client.HTTPException(f"{answer.status}: {body[:500]!r}")
        return gzip.decompress(body) if answer.headers["Content-Encoding"] == "gzip" else body
    finally:
        connection.close()


def target(port: int, *, is_v3: bool = False) -> str:
    """Return where snmp_exporter tells of a switch."""
    auth = "v3" if is_v3 else "test"
    return "/snmp?" + urlencode({"target": f"127.0.0.1:{port}", "auth": auth, "module": "if_mib"})


def page(program: Program) -> bytes:
    """Return what an agent tells of its devices."""
    return fetch(program, "/devices")


def until_polled(program: Program, devices: int, times: int) -> None:
    """Wait until each device was polled so often.

    Raises:
        TimeoutError: that does not come about.
    """
    seen: dict[Key, set[float]] = {}
    deadline = time.monotonic() + 300
    while sum(len(ones) >= times for ones in seen.values()) < devices:
        if time.monotonic() > deadline:
            raise TimeoutError(f"{devices} devices are not polled: {page(program)[:2000].decode()}")
        time.sleep(0.2 if devices == 1 else 3.0)
        for key, value in values(page(program)).items():
            if key[0] == "regiowacht_agent_poll_timestamp_seconds":
                seen.setdefault(key, set()).add(value)


def about_ports(body: bytes) -> dict[Key, float]:
    """Return the series that both sides tell, without the labels that say whose they are."""
    return {
        (name, tuple(pair for pair in labels if pair[0] not in TARGET_LABELS)): value
        for (name, labels), value in values(body).items()
        if name.startswith("if") or name == "sysUpTime"
    }


def compare(path: Path) -> dict[str, int]:
    """Compare the series of a switch that stands still; return how many there are.

    Raises:
        AssertionError: they differ.
    """
    with switches("--still") as ports, exporter(path) as theirs, agent(Plan(ports)) as ours:
        until_polled(ours, 1, 4)
        mine, other = about_ports(page(ours)), about_ports(fetch(theirs, target(ports[0])))
    if mine != other:
        odd = sorted(set(mine.items()) ^ set(other.items()))
        raise AssertionError(f"{len(odd)} series differ: {odd[:6]}")
    return {"series": len(other), "metrics": len({name for name, _labels in other})}


@dataclass(slots=True)
class Cost:
    """What a program takes.

    Attributes:
        name: of the row.
        ms: processor time of a poll and a page.
        ratio: how many times less than its peer.
        series: on the page.
        rss_mb: resident memory.
        pss_mb: likewise, what is shared counted for its part.
    """

    name: str
    ms: float
    ratio: float
    series: int
    rss_mb: float
    pss_mb: float


@dataclass(slots=True)
class Side:
    """A program while it is measured: what is fetched of it, and what it had used before."""

    name: str
    peer: str
    program: Program
    get: Callable[[], bytes]
    before_s: float = 0.0
    body: bytes = b""
    turns: list[float] = field(default_factory=list)


def cost(path: Path, rounds: int, interval_s: float) -> list[Cost]:
    """Return what polls of one switch cost, all programs at once and in turns."""
    with _sides(path, interval_s) as sides:
        return _costs(sides, rounds, interval_s)


@contextlib.contextmanager
def _sides(path: Path, interval_s: float) -> Iterator[list[Side]]:
    """Run all programs until the block ends."""
    v2c, v3 = "snmp_exporter, 2c", "snmp_exporter, 3"
    with contextlib.ExitStack() as stack:
        (port,) = stack.enter_context(switches())
        (port_v3,) = stack.enter_context(switches("--v3"))

        def ours(name: str, other: str, plan: Plan) -> Side:
            program = stack.enter_context(agent(plan))
            return Side(name, other, program, lambda: page(program))

        def theirs(name: str, where: str) -> Side:
            program = stack.enter_context(exporter(path))
            return Side(name, name, program, lambda: fetch(program, where))

        plans = Plan((port,), interval_s), Plan((port_v3,), interval_s, is_v3=True)
        each = Plan((port,), interval_s, 1), Plan((port_v3,), interval_s, 1, is_v3=True)
        sides = [
            theirs(v2c, target(port)),
            ours("agent, 2c, slow columns once in ten polls", v2c, plans[0]),
            ours("agent, 2c, all columns each poll", v2c, each[0]),
            ours("agent, 2c, default groups", v2c, Plan((port,), interval_s, groups=())),
            theirs(v3, target(port_v3, is_v3=True)),
            ours("agent, 3, slow columns once in ten polls", v3, plans[1]),
            ours("agent, 3, all columns each poll", v3, each[1]),
            ours("agent that asks nobody", v2c, Plan()),
        ]
        for side in sides:
            if side.name.startswith("agent, "):
                until_polled(side.program, 1, 4)
            else:
                side.get()
        yield sides


def _costs(sides: list[Side], rounds: int, interval_s: float) -> list[Cost]:
    _rounds(sides, WARM_ROUNDS, interval_s)
    for side in sides:
        side.before_s = side.program.cpu_s()
    _rounds(sides, rounds, interval_s)
    return _told(sides, {side.name: (side.program.cpu_s() - side.before_s) * 1000 / rounds for side in sides})


def _rounds(sides: list[Side], rounds: int, interval_s: float) -> None:
    begin = time.monotonic()
    for turn in range(rounds):
        for at, side in enumerate(sides):
            _sleep_until(begin + interval_s * (turn + at / len(sides)))
            side.body = side.get()
    _sleep_until(begin + interval_s * rounds)


def _told(sides: Sequence[Side], used: Mapping[str, float]) -> list[Cost]:
    return [
        Cost(
            side.name, used[side.name], used[side.peer] / used[side.name], len(values(side.body)),
            side.program.rss_mb(), side.program.pss_mb(),
        )
        for side in sides
    ]  # fmt: skip


def hot(path: Path, turns: int, polls: int) -> list[Cost]:
    """Return what polls cost that come one soon after the other: each program in turns while the others stand still."""
    with _sides(path, HOT_INTERVAL_S) as sides:
        for side in sides:
            side.program.process.suspend()
        used = {side.name: 0.0 for side in sides}
        for _ in range(turns):
            for side in sides:
                side.program.process.resume()
                _burst(side, HOT_WARM_POLLS)
                before_s = side.program.cpu_s()
                _burst(side, polls)
                used[side.name] += (side.program.cpu_s() - before_s) * 1000 / (turns * polls)
                side.program.process.suspend()
        for side in sides:
            side.program.process.resume()
        return _told(sides, used)


def _burst(side: Side, polls: int) -> None:
    begin = time.monotonic()
    for turn in range(polls):
        side.body = side.get()
        _sleep_until(begin + HOT_INTERVAL_S * (turn + 1))


def _sleep_until(when_s: float) -> None:
    time.sleep(max(0.0, when_s - time.monotonic()))


def wall(path: Path, times: int) -> dict[str, float]:
    """Return the seconds that a poll and its page take where an answer needs 20 ms, the median of some."""
    found: dict[str, float] = {}
    with switches(f"--delay-ms={ROUND_TRIP_MS}") as (port,), contextlib.ExitStack() as stack:
        program = stack.enter_context(exporter(path))
        found["snmp_exporter"] = statistics.median(_timed(lambda: fetch(program, target(port))) for _ in range(times))
        for window in (4, 2):
            for slow_polls in (SLOW_POLLS, 1):
                with agent(Plan((port,), 3.0, slow_polls, window=window)) as ours:
                    until_polled(ours, 1, 3)
                    paces = {1: "all columns"}
                    name = f"agent, window {window}, {paces.get(slow_polls, 'slow columns once in ten')}"
                    found[name] = _duration_s(ours, times)
    return found


def _duration_s(program: Program, times: int) -> float:
    """Return the median of what polls took, and the page after each."""
    took: dict[float, float] = {}
    fetched = []
    while len(took) < times:
        fetched.append(_timed(lambda: page(program)))
        told = {name: value for (name, _labels), value in values(page(program)).items()}
        took[told["regiowacht_agent_poll_timestamp_seconds"]] = told["snmp_scrape_duration_seconds"]
        time.sleep(0.5)
    return statistics.median(took.values()) + statistics.median(fetched)


def _timed(what: Callable[[], object]) -> float:
    begin = time.perf_counter()
    what()
    return time.perf_counter() - begin


def many(path: Path, rounds: int, interval_s: float) -> list[dict[str, float | str]]:
    """Return what a hundred switches take: share of a core for every minute, and memory."""
    with switches(f"--switches={MANY}") as ports:
        found = [
            _many_ours("agent, default groups", Plan(ports, interval_s, groups=()), rounds),
            _many_ours("agent, all columns", Plan(ports, interval_s), rounds),
        ]
        with exporter(path) as program, ThreadPoolExecutor(MANY) as pool:
            before_s, peak = 0.0, 0.0
            for turn in range(rounds + 1):
                before_s = before_s if turn > 1 else program.cpu_s()
                before_s = program.cpu_s() if turn == 1 else before_s
                list(pool.map(lambda port: fetch(program, target(port)), ports))
                peak = max(peak, program.rss_mb())
            used_s = (program.cpu_s() - before_s) / rounds
            found.append(_row("snmp_exporter, 100 at once", used_s, peak, program.pss_mb(), 0))
    return found


def _many_ours(name: str, plan: Plan, rounds: int) -> dict[str, float | str]:
    with agent(plan) as program:
        until_polled(program, MANY, 2)
        page(program)
        begin, before_s, body = time.monotonic(), program.cpu_s(), b""
        for turn in range(rounds):
            _sleep_until(begin + plan.interval_s * (turn + 1))
            body = page(program)
        used_s = (program.cpu_s() - before_s) / rounds
        return _row(name, used_s, program.rss_mb(), program.pss_mb(), len(values(body)))


def _row(name: str, used_s: float, rss_mb: float, pss_mb: float, told: int) -> dict[str, float | str]:
    return {
        "name": name,
        "core_percent": 100 * used_s / MINUTE_S,
        "ms_a_device": 1000 * used_s / MANY,
        "rss_mb": rss_mb,
        "pss_mb": pss_mb,
        "series": told,
    }


def say_costs(costs: Sequence[Cost]) -> None:
    """Print the table of costs."""
    say(
        "",
        "| one switch of 52 ports | CPU ms a poll | times less | series | RSS MB | PSS MB |",
        "|---|---|---|---|---|---|",
    )
    for one in costs:
        say(f"| {one.name} | {one.ms:.2f} | {one.ratio:.1f} | {one.series} | {one.rss_mb:.1f} | {one.pss_mb:.1f} |")


def say_wall(found: Mapping[str, float]) -> None:
    """Print what polls take."""
    say("", f"| answers after {ROUND_TRIP_MS} ms | seconds a poll | times shorter |", "|---|---|---|")
    for name, seconds in found.items():
        say(f"| {name} | {seconds:.3f} | {found['snmp_exporter'] / seconds:.1f} |")


def say_many(found: Sequence[Mapping[str, float | str]], interval_s: float) -> None:
    """Print what a hundred switches take."""
    head = f"| {MANY} switches, every {interval_s:g} s | % of a core at 60 s | ms a device | RSS MB | PSS MB | series |"
    say("", head, "|---|---|---|---|---|---|")
    for row in found:
        told = [f"{value:.2f}" if isinstance(value, float) else str(value) for value in row.values()]
        say("| " + " | ".join(told) + " |")


def main(words: Sequence[str]) -> int:
    """Run the parts; return the exit code."""
    asked = argparse.ArgumentParser(prog="python -m tests.benchmarks.snmp_poll")
    asked.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; all of them by default")
    asked.add_argument("--quick", action="store_true", help="fewer polls, for a first look")
    asked.add_argument("--real", action="store_true", help="a hundred switches every 60 s, for some minutes")
    asked.add_argument("--json", type=Path, help="where to write the figures as well")
    options = asked.parse_args(words)
    try:
        found = peer("snmp_exporter", tell=lambda line: print(line, file=sys.stderr))
    except LabError as error:
        print(error, file=sys.stderr)
        return 3
    parts = options.parts or PARTS
    told: dict[str, object] = {"snmp_exporter": found.version, "python": platform.python_version()}
    say(
        f"snmp_exporter {found.version}; Python {platform.python_version()}; {os.cpu_count()} processors",
        f"load {' '.join(f'{one:.2f}' for one in os.getloadavg())}",
    )
    if "equal" in parts:
        told["equal"] = compare(found.path)
        say("", f"equal to the last label and value: {told['equal']}")
    if "cost" in parts:
        costs = cost(found.path, 10 if options.quick else 60, 2.0)
        say_costs(costs)
        told["cost"] = [asdict(one) for one in costs]
    if "hot" in parts:
        hot_costs = hot(found.path, 2 if options.quick else 5, 20)
        say_costs(hot_costs)
        told["hot"] = [asdict(one) for one in hot_costs]
    if "wall" in parts:
        took = wall(found.path, 3 if options.quick else 10)
        say_wall(took)
        told["wall"] = took
    if "many" in parts:
        interval_s = MINUTE_S if options.real else 6.0
        rows = many(found.path, 4 if options.quick or options.real else 12, interval_s)
        say_many(rows, interval_s)
        told["many"] = rows
    say("", f"load at the end {os.getloadavg()[0]:.2f}")
    if options.json:
        options.json.write_text(json.dumps(told, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
