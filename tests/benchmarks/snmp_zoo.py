"""Agents that misbehave, read by snmp_exporter and by both engines: cells that are missing or wrong without a word.

Each case of ``tests/agent/snmp/zoo.toml`` x each table x SNMP 1 and 2c. A cell is an object of a column; it
is lost in silence where nothing that is told names it: of ours, a trouble about the cell, its column or the device; of
snmp_exporter, a scrape that fails. A cell that is not as the agent has it, or that the agent has not, counts as well.
snmp_exporter's texts are looked at for their presence alone; its numbers wrap at 2**53, as its settings say.

Usage: python -m tests.benchmarks.snmp_zoo [--case WORDS] [--json FILE]
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
import tempfile
import urllib.error
import urllib.request
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import yaml

from regiowacht_agent.snmp import value as tags
from regiowacht_agent.snmp.credential import Community
from regiowacht_agent.snmp.failure import SnmpFailed
from regiowacht_agent.snmp.fast_session import FastSession
from regiowacht_agent.snmp.oid import oid_text
from regiowacht_agent.snmp.pysnmp_engine.session import PysnmpSession
from regiowacht_agent.snmp.session import Target
from regiowacht_collector.ports import free_port
from tests.agent.snmp import test_zoo as zoo
from tests.agent.snmp.fake_agent import Quirks, serving
from tests.benchmarks.host_agent import say
from tests.benchmarks.scraped import running, values
from tests.lab.errors import LabError
from tests.lab.peers import peer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from regiowacht_agent.snmp.oid import Oid
    from regiowacht_agent.snmp.session import Columns
    from tests.agent.snmp.fake_agent import Agent, Server
    from tests.benchmarks.scraped import Program

TEXTS = frozenset({(*zoo.INTERFACES, 2), (*zoo.MORE, 1), (*zoo.NEIGHBOURS, 9)})
COUNTERS = frozenset({(*zoo.INTERFACES, 4), (*zoo.MORE, 6)})
WRAP = 2**53
WITHIN_S = 20
COUNTING_MAX = 5000
THEIRS = "snmp_exporter"
OURS = {"fast": FastSession, "pysnmp": PysnmpSession}
SIDES = (THEIRS, *OURS)
AT_ONCE = 6


@dataclass(slots=True)
class Count:
    """What became of the cells that one side was to read.

    Attributes:
        cells: how many there were.
        right: how many came as they are.
        told: how many did not, and were told of.
        silent: how many did not, or were another's, without a word; by the case.
    """

    cells: int = 0
    right: int = 0
    told: int = 0
    silent: Counter[str] = field(default_factory=Counter)

    def add(self, other: Count) -> None:
        """Add what became of other cells."""
        self.cells += other.cells
        self.right += other.right
        self.told += other.told
        self.silent += other.silent


def module() -> dict[str, Any]:
    """Return snmp_exporter's module for the columns of the zoo."""
    metrics = []
    for column in zoo.WANTED:
        is_neighbour = column[:-1] == zoo.NEIGHBOURS
        indexes = ("timeMark", "port", "index") if is_neighbour else ("ifIndex",)
        kind = "DisplayString" if column in TEXTS else "counter" if column in COUNTERS else "gauge"
        metrics.append({
            "name": name_of(column),
            "oid": oid_text(column),
            "type": kind,
            "help": "-",
            "indexes": [{"labelname": one, "type": "gauge"} for one in indexes],
        })  # fmt: skip
    walk = [oid_text(one) for one in zoo.WANTED]
    return {"walk": walk, "metrics": metrics, "retries": 2, "timeout": "500ms"}


def name_of(column: Oid) -> str:
    """Return the name of a metric for a column."""
    return f"column_{zoo.WANTED.index(column)}"


@contextlib.contextmanager
def exporter(path: Path) -> Iterator[Program]:
    """Run snmp_exporter until the block ends."""
    told = {
        "auths": {f"v{number}": {"version": number, "community": "public"} for number in (1, 2)},
        "modules": {"zoo": module()},
    }
    with tempfile.TemporaryDirectory() as folder:
        config, port = Path(folder, "snmp.yml"), free_port()
        config.write_text(yaml.safe_dump(told))
        with running([str(path), f"--config.file={config}", f"--web.listen-address=127.0.0.1:{port}"], port) as one:
            yield one


def theirs(program: Program, server: Server, version: str) -> dict[Oid, dict[Oid, float]] | None:
    """Return what snmp_exporter tells, by column and row; None: the scrape failed."""
    auth = "v1" if version == "1" else "v2"
    words = urlencode({"module": "zoo", "auth": auth, "target": f"{server.host}:{server.port}"})
    try:
        # It walks for as long as somebody waits, as Prometheus does for so long.
        with urllib.request.urlopen(f"http://127.0.0.1:{program.port}/snmp?{words}", timeout=WITHIN_S) as reply:
            told = values(reply.read())
    except (urllib.error.HTTPError, TimeoutError):
        return None
    columns = {name_of(column): column for column in zoo.WANTED}
    found: dict[Oid, dict[Oid, float]] = {column: {} for column in zoo.WANTED}
    for (name, labels), number in told.items():
        if name in columns:
            of = dict(labels)
            names = ("timeMark", "port", "index") if "port" in of else ("ifIndex",)
            found[columns[name]][tuple(int(of[one]) for one in names)] = number
    return found


def count_theirs(
    agent: Agent, found: dict[Oid, dict[Oid, float]] | None, version: str, case: dict[str, Any], count: Count
) -> None:
    """Count the cells of a scrape."""
    wanted: dict[Oid, dict[Oid, Any]] = {column: {} for column in zoo.WANTED}
    for oid, value in agent.objects.items():
        column = next((one for one in zoo.WANTED if oid[: len(one)] == one), None)
        if column is not None and not (version == "1" and value.tag == tags.COUNTER64):
            wanted[column][oid[len(column) :]] = value
    size = sum(map(len, wanted.values()))
    count.cells += size
    if found is None:
        count.told += size
        return
    for column, rows in wanted.items():
        came = found[column]
        right = sum(
            row in came and (column in TEXTS or _is_near(value.data, came[row], case)) for row, value in rows.items()
        )
        count.right += right
        count.silent[case["name"]] += len(rows) - right + len(came.keys() - rows.keys())


def _is_near(wanted: object, came: float, case: dict[str, Any]) -> bool:
    if not isinstance(wanted, int):
        return False
    slack = COUNTING_MAX if case.get("quirks", {}).get("counting") else 0
    return 0 <= wanted % WRAP - came <= slack


def ours(engine: str, server: Server, version: str) -> Columns | None:
    """Return what one of our engines reads; None: it says that the device cannot be read."""
    credential = Community("1" if version == "1" else "2c", b"public")
    session = OURS[engine](Target(server.host, credential, server.port, timeout_s=0.5, retries=2))
    try:
        found: Columns = session.columns(zoo.WANTED, zoo.ROWS_MAX)
    except SnmpFailed:
        return None
    finally:
        session.close()
    return found


def count_ours(agent: Agent, found: Columns | None, version: str, case: dict[str, Any], count: Count) -> None:
    """Count the cells of one of our readings."""
    size = _size(agent, version)
    count.cells += size
    if found is None:
        count.told += size
        return
    wrong = zoo._wrong(agent, found, version, case)
    silent = [cell for cell in wrong if not zoo._is_told(cell, found.troubles)]
    count.right += size - sum(cell.what != "invented" for cell in wrong)
    count.told += len(wrong) - len(silent)
    count.silent[case["name"]] += len(silent)


def _size(agent: Agent, version: str) -> int:
    return sum(
        any(oid[: len(one)] == one for one in zoo.WANTED) and not (version == "1" and value.tag == tags.COUNTER64)
        for oid, value in agent.objects.items()
    )


def run(path: Path, words: str) -> dict[str, Count]:
    """Go through the zoo, some cases at once; return the counts by side."""
    sides = {name: Count() for name in SIDES}
    cases = [case for case in zoo.CASES if words in case["name"]]
    with exporter(path) as program, ThreadPoolExecutor(AT_ONCE) as pool:
        for case, found in zip(cases, pool.map(lambda case: _visit(program, case), cases), strict=True):
            for name, count in found.items():
                sides[name].add(count)
            say(f"{case['name']}: { {name: count.silent.total() for name, count in found.items()} }")
    return sides


def _visit(program: Program, case: dict[str, Any]) -> dict[str, Count]:
    """Have each side read the agents of one case."""
    sides = {name: Count() for name in SIDES}
    for version in case.get("versions", ("1", "2c")):
        for table in case.get("tables", zoo.TABLES):
            for side, count in sides.items():
                agents = serving(zoo.TABLES[table], Quirks(**case.get("quirks", {})))
                # What is there is counted once the agent is at rest.
                if side == THEIRS:
                    with agents as (agent, server):
                        told = theirs(program, server, version)
                    count_theirs(agent, told, version, case, count)
                else:
                    with agents as (agent, server):
                        read = ours(side, server, version)
                    count_ours(agent, read, version, case, count)
    return sides


def main(words: Sequence[str]) -> int:
    """Run it; return the exit code."""
    asked = argparse.ArgumentParser(prog="python -m tests.benchmarks.snmp_zoo")
    asked.add_argument("--case", default="", help="only cases whose name has these words")
    asked.add_argument("--json", type=Path, help="where to write the figures as well")
    options = asked.parse_args(words)
    try:
        found = peer("snmp_exporter", tell=lambda line: print(line, file=sys.stderr))
    except LabError as error:
        print(error, file=sys.stderr)
        return 3
    say(f"snmp_exporter {found.version}; load {os.getloadavg()[0]:.2f}")
    sides = run(found.path, options.case)
    say("", "| | cells | right | told of | silently missing or wrong | cases with those |", "|---|---|---|---|---|---|")
    for side, count in sides.items():
        cases = sum(number > 0 for number in count.silent.values())
        say(f"| {side} | {count.cells} | {count.right} | {count.told} | {count.silent.total()} | {cases} |")
    if options.json:
        told = {
            side: {"cells": one.cells, "right": one.right, "told": one.told, "silent": dict(one.silent)}
            for side, one in sides.items()
        }
        options.json.write_text(json.dumps(told, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
