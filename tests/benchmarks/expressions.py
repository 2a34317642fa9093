"""How many of the world's expressions have data: of the public dashboard 1860 and of node-mixin, on this machine.

The agent and the newest node_exporter run at once and are scraped by a real Prometheus for some minutes, each with its
own defaults and once more with processes, tcpstat and interrupts. Two figures for each:

- expressions that return a sample;
- expressions whose every selector returns data, the fair figure of alerts, which ought to be silent.

The expressions lie in a folder of JSON files: lists of objects with ``source`` and ``concrete``, the expression with
its variables filled in, that asks for ``job="node"`` and ``instance="NODE"``; recording rules say so in their source
and have their name in ``title``. Without such a folder there is nothing to measure.

Usage: python -m tests.benchmarks.expressions FOLDER [--seconds 200] [--show 20]
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from regiowacht_collector.ports import free_port
from regiowacht_dashboards.tree import parse, selectors
from tests.benchmarks.host_agent import OURS, PEER, say
from tests.benchmarks.scraped import running, series
from tests.lab.errors import LabError
from tests.lab.peers import peer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

EVERY_S = 5
SECONDS = 200
RULES = "recording rules"
OPT_INS = ("--collector.processes", "--collector.tcpstat", "--collector.interrupts")
SIDES = {"ours": (OURS, ()), "peers": (PEER, ()), "ours-more": (OURS, OPT_INS), "peers-more": (PEER, OPT_INS)}
"""What runs, by the job that Prometheus knows it under: the program, and what it is told beside where it listens."""


@dataclass(frozen=True, slots=True)
class Expression:
    """One expression: where it stands, how it is recorded where it is, and what it asks."""

    source: str
    title: str
    text: str

    def of(self, job: str) -> str:
        """Return it as asked of one job."""
        return self.text.replace('job="node"', f'job="{job}"')


@dataclass(frozen=True, slots=True)
class Found:
    """What came of one expression: whether it returned a sample, and which of its selectors returned nothing."""

    answers: bool
    without: tuple[str, ...]


def read(folder: Path) -> tuple[Expression, ...]:
    """Return the expressions of a folder's files, each text once.

    Raises:
        OSError: there is no such folder.
        ValueError, KeyError: a file is no list of expressions.
    """
    found: dict[str, Expression] = {}
    for path in sorted(folder.iterdir()):
        if path.suffix == ".json":
            for one in json.loads(path.read_text(encoding="utf-8")):
                text = str(one["concrete"]).strip()
                found.setdefault(text, Expression(str(one["source"]), str(one.get("title", "")), text))
    return tuple(found.values())


def judge(expression: str, ask: Callable[[str], bool]) -> Found:
    """Return what an expression gives.

    Args:
        expression: it.
        ask: says whether an expression returns anything.
    """
    told = dict.fromkeys(node.prettify() for node, _above in selectors(parse(expression)))
    return Found(ask(expression), tuple(selector for selector in told if not ask(selector)))


def judge_all(expressions: Iterable[Expression], job: str, ask: Callable[[str], bool]) -> dict[Expression, Found]:
    """Return what each expression gives of a job; what several ask is asked once."""
    known: dict[str, bool] = {}

    def once(text: str) -> bool:
        if text not in known:
            known[text] = ask(text)
        return known[text]

    return {one: judge(one.of(job), once) for one in expressions}


def rules(expressions: Iterable[Expression], jobs: Iterable[str]) -> str:
    """Return the recording rules among the expressions, for every job, as Prometheus reads them (YAML is JSON too)."""
    recorded = [one for one in expressions if RULES in one.source]
    told = [
        {
            "name": job,
            "interval": f"{EVERY_S}s",
            "rules": [{"record": one.title, "expr": one.of(job)} for one in recorded],
        }
        for job in jobs
    ]
    return json.dumps({"groups": told})


def scraping(ports: Mapping[str, int], rule_file: Path) -> str:
    """Return Prometheus's configuration."""
    jobs = [
        {"job_name": job, "static_configs": [{"targets": [f"127.0.0.1:{port}"], "labels": {"instance": "NODE"}}]}
        for job, port in ports.items()
    ]
    every = {"scrape_interval": f"{EVERY_S}s", "evaluation_interval": f"{EVERY_S}s"}
    return json.dumps({"global": every, "rule_files": [str(rule_file)], "scrape_configs": jobs})


def asker(port: int) -> Callable[[str], bool]:
    """Return what asks a Prometheus whether an expression returns anything now."""

    def ask(expression: str) -> bool:
        query = urllib.parse.urlencode({"query": expression})
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/query?{query}", timeout=30) as answer:
            return bool(json.load(answer)["data"]["result"])

    return ask


def say_found(found: Mapping[str, Mapping[Expression, Found]], show: int) -> None:
    """Print the table: expressions that return a sample / whose every selector returns data."""
    sources = Counter(one.source for one in next(iter(found.values())))
    say("", f"| | n | {' | '.join(found)} |", f"|---|---|{'---|' * len(found)}")
    for source in (*sorted(sources), "total"):
        cells = []
        for results in found.values():
            these = [result for one, result in results.items() if source in {one.source, "total"}]
            cells.append(f"{sum(one.answers for one in these)}/{sum(not one.without for one in these)}")
        say(f"| {source} | {sources.get(source, sources.total())} | {' | '.join(cells)} |")
    for ours, peers in (("ours", "peers"), ("ours-more", "peers-more")):
        for more, less in ((ours, peers), (peers, ours)):
            only = [one for one, result in found[more].items() if not result.without and found[less][one].without]
            say("", f"data of every selector in {more} and not in {less}: {len(only)}")
            for one in only[:show]:
                say(f"  {' '.join(one.text.split())[:150]}", f"    without: {found[less][one].without}")


def main(words: Sequence[str]) -> int:
    """Run both sides and Prometheus; return the exit code."""
    asked = argparse.ArgumentParser(prog="python -m tests.benchmarks.expressions")
    asked.add_argument("folder", nargs="?", type=Path, help="of JSON files with expressions")
    asked.add_argument("--seconds", type=int, default=SECONDS, help="how long to scrape before asking")
    asked.add_argument("--show", type=int, default=20, help="expressions shown that one side alone answers")
    options = asked.parse_args(words)
    if options.folder is None or not options.folder.is_dir():
        say(f"skipped: there is no folder of expressions at {options.folder or '-'}; give one as argument")
        return 0
    try:
        programs = {name: peer(name, tell=lambda line: print(line, file=sys.stderr)) for name in (PEER, "prometheus")}
    except LabError as error:
        print(error, file=sys.stderr)
        return 3
    expressions = read(options.folder)
    say(
        f"node_exporter {programs[PEER].version}; Prometheus {programs['prometheus'].version}",
        f"Python {platform.python_version()}, Linux {platform.release()}, {os.cpu_count()} processors",
        f"{len(expressions)} expressions, asked after {options.seconds} s of scraping every {EVERY_S} s",
    )
    with tempfile.TemporaryDirectory() as temporary, contextlib.ExitStack() as stack:
        folder = Path(temporary)
        (folder / "agent.toml").touch()
        ports: dict[str, int] = {}
        for job, (program, more) in SIDES.items():
            ports[job] = free_port()
            command = [
                *(sys.executable, "-m", "regiowacht", "agent", "run", "--config", str(folder / "agent.toml")),
                *("--listen", f"127.0.0.1:{ports[job]}", "--exit-with-parent", *more),
            ]
            if program == PEER:
                command = [str(programs[PEER].path), f"--web.listen-address=127.0.0.1:{ports[job]}", *more]
            started = stack.enter_context(running(command, ports[job]))
            say(f"{job}: {program} {' '.join(more) or '(defaults)'}, {series(started.scrape())} series")
        (folder / "rules.json").write_text(rules(expressions, ports), encoding="utf-8")
        (folder / "prometheus.json").write_text(scraping(ports, folder / "rules.json"), encoding="utf-8")
        port = free_port()
        engine = [
            *(str(programs["prometheus"].path), f"--config.file={folder}/prometheus.json"),
            *(f"--storage.tsdb.path={folder}/data", f"--web.listen-address=127.0.0.1:{port}"),
        ]
        stack.enter_context(running(engine, port))
        time.sleep(options.seconds)
        found = {job: judge_all(expressions, job, asker(port)) for job in ports}
    say_found(found, options.show)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
