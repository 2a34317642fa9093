"""The demo as a person meets it: two lines, live numbers, a red tile when the agent dies, and nothing left behind."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tomllib
from typing import TYPE_CHECKING

import pytest

from regiowacht_agent.render import bundle
from regiowacht_contract.states import AssetState
from regiowacht_inventory import example_path, load
from tests.flow.demo_process import ALONE, Demo, is_alive, running_demo, wait_for
from tests.parts import need_engine, need_uplot

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.tools

PLAYED_BY_SNMPD = {("zandbeke", "sw-stadhuis-1")}
"""On a machine that has it (``test_demo_device.py``)."""

HERE = 'gemeente="zandbeke",instance="srv-files"'


def state(demo: Demo) -> list[float]:
    return [float(s["value"][1]) for s in demo.query(f"regiowacht:asset_state{{{HERE}}}")]


def test_it_prints_one_line_each_on_loopback(demo: Demo) -> None:
    assert [line.split()[0] for line in demo.out] == ["dashboards", "prometheus"]
    assert all(line.split()[1].startswith("http://127.0.0.1:") for line in demo.out)


def test_progress_is_told_beside_the_data(demo: Demo) -> None:
    said = "\n".join(demo.err)
    assert "Voorbeeldregio" in said
    assert "zandbeke/srv-files" in said
    assert "Ctrl-C" in said


def test_every_declared_asset_has_exactly_one_state(demo: Demo) -> None:
    declared = {asset.key for asset in load(example_path()).assets}
    states = demo.query("regiowacht:asset_state")
    seen = [(s["metric"]["gemeente"], s["metric"]["instance"]) for s in states]
    assert sorted(seen) == sorted(declared)


def test_only_this_machine_is_there_and_nothing_is_invented(demo: Demo) -> None:
    here = demo.query(f"regiowacht:asset_state != {AssetState.NOG_NIET_AANGESLOTEN:d}")
    seen = {(s["metric"]["gemeente"], s["metric"]["instance"]) for s in here}
    assert seen - PLAYED_BY_SNMPD == {("zandbeke", "srv-files")}
    assert [s["metric"]["instance"] for s in demo.query('up{job="node"}')] == ["srv-files"]


def test_nobody_else_is_asked_whatever_the_region_declares(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    need_engine()
    need_uplot()
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    machine = next(asset for asset in load(example_path()).assets if asset.name == "srv-files")
    assert b"[[probe]]" in bundle(load(example_path()), machine)
    with running_demo([ALONE]):
        (config,) = tmp_path.glob("regiowacht-demo-*/agent.toml")
        told = tomllib.loads(config.read_text())
        assert set(told) - {"snmp", "device"} == {"listen", "language", "asset"}
        assert {device["address"] for device in told.get("device", ())} <= {"127.0.0.1"}


def test_numbers_are_this_machines_and_move(demo: Demo) -> None:
    cores = demo.query(f'count(node_cpu_seconds_total{{{HERE},mode="idle"}})')
    assert float(cores[0]["value"][1]) == os.cpu_count()
    all_of_it = f"sum(node_cpu_seconds_total{{{HERE}}})"  # a busy machine may have no idle moment
    before = float(demo.query(all_of_it)[0]["value"][1])
    wait_for(lambda: float(demo.query(all_of_it)[0]["value"][1]) > before, "processor time to move")


def test_series_stand_under_their_scope(demo: Demo) -> None:
    scopes = {s["metric"]["scope"] for s in demo.query(f"count by (scope) ({{{HERE},job='node'}})")}
    assert scopes == {"zandbeke/infrastructuur"}


def test_a_killed_agent_reads_neer_and_the_demo_goes_on(demo: Demo) -> None:
    assert state(demo) == [AssetState.GOED]
    os.kill(demo.agent_pid(), signal.SIGKILL)
    wait_for(lambda: state(demo) == [AssetState.NEER], "the killed agent to read neer")
    wait_for(lambda: any("wordt niet herstart" in line for line in demo.err), "the demo to say so")
    assert demo.process.poll() is None


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ending_it_ends_every_process(number: signal.Signals) -> None:
    need_engine()
    need_uplot()
    with running_demo([ALONE]) as demo:
        children: dict[int, str] = {}

        def both_are_seen() -> bool:
            children.update(demo.children())
            return all(any(word in command for command in children.values()) for word in ("prometheus", "agent run"))

        wait_for(both_are_seen, "the engine and the agent below the demo")
        demo.process.send_signal(number)
        wait_for(lambda: demo.process.poll() is not None, "the demo to end")
        assert demo.process.returncode == 0
        assert [command for pid, command in children.items() if is_alive(pid)] == []


def test_killed_hard_it_leaves_no_process_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    need_engine()
    need_uplot()
    with running_demo([ALONE]) as demo:
        children = demo.children()
        demo.process.kill()
        demo.process.wait()
        wait_for(lambda: not any(is_alive(pid) for pid in children), "the children of a killed demo to end")


def run(*words: str, path: str | None = None) -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, **({} if path is None else {"PATH": path})}
    command = [sys.executable, "-m", "regiowacht", "demo", "--lang", "en", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=environ)


def assert_one_line(done: subprocess.CompletedProcess[str], code: int, *parts: str) -> None:
    assert done.returncode == code, done.stderr
    last = done.stderr.splitlines()[-1]
    assert last.startswith("regiowacht: ")
    assert all(part in last for part in parts), last
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_a_taken_port_says_which_and_what_to_do() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert_one_line(run("--port", str(port)), 3, str(port), "taken", "--port")


def test_a_missing_engine_says_so() -> None:
    assert_one_line(run("--port", "0", "--engine", "/nonexistent/prometheus"), 3, "/nonexistent/prometheus")


@pytest.mark.parametrize(
    ("words", "code", "part"),
    [
        (["--port", "70000"], 2, "70000"),
        (["--port", "x"], 2, "--port"),
        (["--as", "zandbeke/srv-flies"], 2, "zandbeke/srv-files"),
        (["--region", "/nonexistent"], 2, "/nonexistent"),
        (["--example-data", "/"], 2, "new or empty"),
        (["--example-data", __file__], 2, "new or empty"),
        (["--example-data", "x", "--without-example-data"], 2, "--without-example-data"),
    ],
)
def test_wrong_use_says_what_would_be_right(words: list[str], code: int, part: str) -> None:
    assert_one_line(run(*words), code, part)


def test_the_folder_of_a_killed_demo_is_removed_by_the_next_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    need_engine()
    need_uplot()
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with running_demo([ALONE]) as demo:
        demo.process.kill()
        demo.process.wait()
    (left,) = tmp_path.glob("regiowacht-demo-*")
    with running_demo([ALONE]):
        assert not left.exists()
    assert list(tmp_path.glob("regiowacht-demo-*")) == []


def test_a_region_whose_agents_answer_over_tls_needs_no_certificates_here(tmp_path: Path) -> None:
    need_engine()
    need_uplot()
    region = tmp_path / "region"
    shutil.copytree(example_path(), region)
    with (region / "region.yml").open("a", encoding="utf-8") as file:
        file.write("agent: {tls: true, ca: /no/such/ca.pem}\n")
    assert b"tls_cert" in bundle(load(region), next(one for one in load(region).assets if one.tls is not None))
    with running_demo([ALONE, "--region", str(region)]) as demo:
        wait_for(lambda: state(demo) == [AssetState.GOED], "the machine to be seen")
