"""A real agent that pushes: what arrives, what a reload and a stop change, and what an outage leaves on disk."""

from __future__ import annotations

import signal
import time
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from regiowacht_agent.light import MODULES_TO
from regiowacht_contract.catalogue import metric
from regiowacht_contract.wire.encode import TYPES
from tests.agent.agent_process import DEADLINE_S, AgentProcess
from tests.agent.push.receiver import Answer, Receiver, wait_for
from tests.agent.test_light import HEAVY
from tests.contract.wire.prompb import read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.agent.push.receiver import Series

    Start = Callable[..., AgentProcess]

STALE = "nan"
QUIET = ("--collector.disable-defaults", "--collector.loadavg", "--collector.uname")


@pytest.fixture
def agent(tmp_path: Path) -> Iterator[Start]:
    """Return a function that starts an agent which pushes to a URL each second."""
    running: list[AgentProcess] = []

    def start(url: str, more: str = "", **environ: str) -> AgentProcess:
        _write(tmp_path, url, more)
        made = AgentProcess.start("--reader", "proc", "--config", str(tmp_path / "agent.toml"), *QUIET, **environ)
        running.append(made)
        made.wait_ready()
        return made

    yield start
    for one in running:
        one.end()


def _write(folder: Path, url: str, more: str = "") -> None:
    (folder / "agent.toml").write_text(
        'listen = "127.0.0.1:0"\n[asset]\ngemeente = "zandbeke"\nsite = "hall"\ninstance = "srv-1"\n'
        f'[push]\nurl = "{url}"\ninterval_s = 1\nstate = "{folder}/state"\n{more}'
    )


def _last(receiver: Receiver, name: str) -> dict[Series, float]:
    """Return the newest value of each series of a metric."""
    found: dict[Series, tuple[int, float]] = {}
    for (series, at), value in dict(receiver.stored).items():
        if dict(series)["__name__"] == name:
            found[series] = max(found.get(series, (0, 0.0)), (at, value))
    return {series: value for series, (_, value) in found.items()}


def test_what_is_scraped_from_an_agent_is_what_it_pushes(agent: Start, receiver: Receiver) -> None:
    running = agent(receiver.url)
    wait_for(lambda: len(receiver.writes) > 2, "readings")
    running.get()  # so that the page says of itself that it was asked for, as the next push does
    rows = running.get()[1].split("\n")
    wait_for(lambda: len(receiver.of("up")) > 2, "readings")
    page = {row.partition("{")[0].partition(" ")[0] for row in rows if row and row[0] != "#"}
    pushed = receiver.names() - {"up", "scrape_duration_seconds", "scrape_samples_scraped"}
    assert "node_load1" in page
    assert pushed - page == set()
    assert page - pushed <= {name for name in page if "_http_requests" in name or "_push_" in name or "_spool_" in name}
    (labels,) = _last(receiver, "up")
    told = dict(labels)
    assert (told["gemeente"], told["site"], told["instance"], told["job"]) == ("zandbeke", "hall", "srv-1", "node")
    times = sorted(receiver.of("up"))[1:]
    assert {after - before for before, after in pairwise(times)} <= {1000, 2000, 3000, 4000, 5000}


POLLS = """
[polls]
interval_s = 1
[[probe]]
instance = "line"
site = "hall"
laag = "connectiviteit"
kind = "tcp"
target = "127.0.0.1:9"
"""


def test_what_is_asked_for_others_is_pushed_and_ends_when_it_is_taken_away(
    agent: Start, receiver: Receiver, tmp_path: Path
) -> None:
    running = agent(receiver.url, more=POLLS)

    def line() -> list[float]:
        return [value for series, value in _last(receiver, "up").items() if dict(series)["instance"] == "line"]

    wait_for(lambda: line() == [0.0], "the probe's state arrives")
    _write(tmp_path, receiver.url)
    running.process.send_signal(signal.SIGHUP)
    running.wait_said("event=reloaded")
    wait_for(lambda: [str(value) for value in line()] == [STALE], "its series end")
    assert [str(value) for series, value in _last(receiver, "up").items() if dict(series)["job"] == "node"] == ["1.0"]


@pytest.mark.timeout(240)
def test_what_metrics_mean_is_told_behind_the_samples(agent: Start, receiver: Receiver) -> None:
    agent(receiver.url)

    def told() -> dict[str, tuple[int, str]]:
        found = [one for write in list(receiver.writes) for one in read(write.body).metadata]
        return {one.metric_family_name: (one.type, one.help) for one in found}

    wait_for(lambda: bool(told()), "they are told", 120)
    assert receiver.names() - told().keys() <= {name for name in receiver.names() if "_push_" in name}
    for name in ("node_load1", "up", "process_cpu_seconds_total"):
        known = metric(name)
        assert told()[name] == (TYPES.index(known.exposition_type), known.help)


def test_a_stop_ends_all_series(agent: Start, receiver: Receiver) -> None:
    running = agent(receiver.url)
    wait_for(lambda: len(receiver.writes) > 1, "readings")
    running.process.terminate()
    assert running.process.wait(DEADLINE_S) == 0
    assert {str(value) for value in _last(receiver, "up").values()} == {STALE}
    assert {str(value) for value in _last(receiver, "node_load1").values()} == {STALE}


def test_an_outage_with_kills_in_it_loses_no_reading(agent: Start, receiver: Receiver) -> None:
    receiver.answer = lambda _: Answer(503)
    seen: set[int] = set()
    for kill in (signal.SIGKILL, signal.SIGTERM, signal.SIGKILL):
        before = len(receiver.writes)
        running = agent(receiver.url)
        wait_for(lambda before=before: len(receiver.writes) > before + 2, "readings")  # type: ignore[misc]
        seen |= {one.at_ms for write in receiver.writes for one in write.samples if one.name == "up"}
        running.process.send_signal(kill)
        running.process.wait(DEADLINE_S)
    assert not receiver.stored
    receiver.answer = lambda _: Answer()
    running = agent(receiver.url)
    wait_for(lambda: seen <= receiver.of("up").keys(), "all that was measured arrives", 90)
    assert receiver.again == 0


def test_a_reload_turns_pushing_on_and_off(agent: Start, receiver: Receiver, tmp_path: Path) -> None:
    running = agent("")
    assert "regiowacht_agent_push_" not in running.get()[1]
    _write(tmp_path, receiver.url)
    running.process.send_signal(signal.SIGHUP)
    wait_for(lambda: len(receiver.writes) > 1, "readings")
    assert "regiowacht_agent_push_" in running.get()[1]
    _write(tmp_path, "")
    running.process.send_signal(signal.SIGHUP)
    wait_for(lambda: {str(value) for value in _last(receiver, "up").values()} == {STALE}, "all series end")
    running.wait_said("event=reloaded", 2)
    assert "regiowacht_agent_push_" not in running.get()[1]


def test_a_receiver_that_hangs_costs_no_scrape_and_no_stop(agent: Start, receiver: Receiver) -> None:
    is_over: list[bool] = []

    def hang(_: object) -> Answer:
        while not is_over:
            time.sleep(0.02)
        return Answer()

    receiver.answer = hang
    running = agent(receiver.url, more="timeout_s = 300\n")
    wait_for(lambda: bool(receiver.writes), "a write")
    assert running.get()[0] == 200
    running.process.terminate()
    assert running.process.wait(DEADLINE_S) == 0
    is_over.append(True)


def test_what_pushes_loads_little_more(agent: Start, receiver: Receiver, tmp_path: Path) -> None:
    told = tmp_path / "modules"
    running = agent(receiver.url, **{MODULES_TO: str(told)})
    wait_for(lambda: len(receiver.writes) > 1, "readings")
    running.process.terminate()
    assert running.process.wait(DEADLINE_S) == 0
    loaded = set(told.read_text().split())
    assert "regiowacht_agent.push.lanes" in loaded
    assert sorted(loaded.intersection(HEAVY)) == []
    assert not [name for name in loaded if name.startswith(("regiowacht_agent.snmp.poll.", "regiowacht_agent.probes"))]
