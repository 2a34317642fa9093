"""The agent as a process: ready, scraped, told to stop, told to read its configuration again, left alone."""

from __future__ import annotations

import contextlib
import http.client
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest
from prometheus_client.parser import text_string_to_metric_families

from regiowacht_agent.reader import DEFAULT
from regiowacht_agent.version import version
from tests.agent.agent_process import DEADLINE_S, AgentProcess

Start = Callable[..., AgentProcess]


def _values(agent: AgentProcess) -> dict[str, float]:
    """Return the samples without labels of one scrape."""
    _, text = agent.get()
    return {
        sample.name: sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if not sample.labels
    }


def test_it_answers_metrics_health_and_a_page(start_agent: Start) -> None:
    agent = start_agent()
    status, text = agent.get("/metrics")
    assert status == 200
    assert "node_memory_MemTotal_bytes " in text
    assert f'regiowacht_agent_info{{version="{version()}",reader="{DEFAULT}",' in text
    assert "process_resident_memory_bytes " in text
    assert agent.get("/-/healthy")[0] == 200
    status, page = agent.get("/")
    assert status == 200
    assert 'lang="nl"' in page
    assert 'href="/metrics"' in page
    assert agent.get("/other")[0] == 404


def test_the_page_speaks_the_configured_language(start_agent: Start, tmp_path: Path) -> None:
    config = tmp_path / "agent.toml"
    config.write_text('language = "en"\nlisten = "127.0.0.1:0"\n')
    assert 'lang="en"' in start_agent("--config", str(config)).get("/")[1]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_when_told_also_with_clients_connected(start_agent: Start, number: signal.Signals) -> None:
    agent = start_agent()
    with socket.create_connection(("127.0.0.1", agent.port), timeout=DEADLINE_S) as half_open:
        half_open.sendall(b"GET /metr")
        agent.process.send_signal(number)
        assert agent.process.wait(DEADLINE_S) == 0
    assert not any("Traceback" in line for line in agent.said)


def test_sighup_puts_a_new_configuration_in_force(start_agent: Start, tmp_path: Path) -> None:
    config = tmp_path / "agent.toml"
    config.write_text('listen = "127.0.0.1:0"\n')
    agent = start_agent("--config", str(config))
    first = agent.get()[1]
    assert "node_load1 " in first
    config.write_text('listen = "127.0.0.1:0"\n[families]\nloadavg = false\n')
    agent.process.send_signal(signal.SIGHUP)
    agent.wait_said("event=reloaded")
    second = agent.get()[1]
    assert "node_load1 " not in second
    assert "regiowacht_agent_readings_total 2\n" in second
    assert _info(first) != _info(second)


def test_a_bad_configuration_leaves_the_last_good_one_in_force(start_agent: Start, tmp_path: Path) -> None:
    config = tmp_path / "agent.toml"
    config.write_text('listen = "127.0.0.1:0"\n')
    agent = start_agent("--config", str(config))
    before = _info(agent.get()[1])
    config.write_text("lisen = 1\n")
    agent.process.send_signal(signal.SIGHUP)
    said = agent.wait_said("event=reload-failed")
    assert "agent.toml:1" in said
    assert "listen" in said
    text = agent.get()[1]
    assert _info(text) == before
    assert "regiowacht_agent_config_reload_success 0\n" in text
    config.write_text('listen = "127.0.0.1:0"\n')
    agent.process.send_signal(signal.SIGHUP)
    agent.wait_said("event=reloaded")
    assert "regiowacht_agent_config_reload_success 1\n" in agent.get()[1]


@pytest.mark.parametrize("kind", ["number", "pipe", "gone"])
def test_whatever_stands_there_on_sighup_the_agent_measures_on(start_agent: Start, tmp_path: Path, kind: str) -> None:
    config = tmp_path / "agent.toml"
    config.write_text('listen = "127.0.0.1:0"\n')
    agent = start_agent("--config", str(config))
    config.unlink()
    if kind == "number":
        config.write_text("a=" + "9" * 6000)
    elif kind == "pipe":
        os.mkfifo(config)
    agent.process.send_signal(signal.SIGHUP)
    agent.wait_said("event=reload-failed")
    assert "regiowacht_agent_config_reload_success 0\n" in agent.get()[1]
    agent.process.terminate()
    assert agent.process.wait(DEADLINE_S) == 0


def test_no_scrape_is_lost_while_the_configuration_is_read_again(start_agent: Start, tmp_path: Path) -> None:
    config = tmp_path / "agent.toml"
    texts = ['listen = "127.0.0.1:0"\n', 'listen = "127.0.0.1:0"\n[families]\nloadavg = false\n']
    config.write_text(texts[0])
    agent = start_agent("--config", str(config))
    over = threading.Event()
    with ThreadPoolExecutor(2) as pool:
        scrapers = [pool.submit(_scrape_until, agent.port, over, kept) for kept in (True, False)]
        try:
            for at in range(1, 21):
                config.write_text(texts[at % 2])
                agent.process.send_signal(signal.SIGHUP)
                agent.wait_said("event=reloaded", times=at)
        finally:
            over.set()
    assert all(scraper.result() >= 20 for scraper in scrapers), "every one whole, or result() would raise"


def _scrape_until(port: int, over: threading.Event, is_kept: bool) -> int:
    """Scrape again and again, over one connection or one for each; return how many whole answers came."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=DEADLINE_S)
    answers = 0
    while not over.is_set():
        connection.request("GET", "/metrics")
        response = connection.getresponse()
        assert response.status == 200
        assert "regiowacht_agent_config_reload_success 1\n" in response.read().decode()
        answers += 1
        assert not (is_kept and connection.sock is None), "the agent closed a connection that it was to keep"
        if not is_kept:
            connection.close()
    connection.close()
    return answers


def test_an_agent_that_reads_its_configuration_again_answers_meanwhile(start_agent: Start, tmp_path: Path) -> None:
    config = tmp_path / "agent.toml"
    config.write_text('listen = "127.0.0.1:0"\n')
    agent = start_agent("--config", str(config))
    agent.process.send_signal(signal.SIGHUP)
    reader = _wait_child(agent.process.pid)
    reader.suspend()
    try:
        for _ in range(3):
            assert "node_load1 " in agent.get()[1]
        assert not any("event=reload" in line for line in agent.said)
    finally:
        reader.resume()
    agent.wait_said("event=reloaded")


def _wait_child(pid: int) -> psutil.Process:
    """Return the child of a process once it is a program of its own: until then its parent waits for it."""
    process = psutil.Process(pid)
    deadline = time.monotonic() + DEADLINE_S
    while time.monotonic() < deadline:
        for child in process.children():
            with contextlib.suppress(psutil.NoSuchProcess):
                if child.cmdline() not in ([], process.cmdline()):
                    return child
    raise AssertionError("no process reads the configuration")


def test_a_reload_can_move_the_agent_to_another_port(start_agent: Start, tmp_path: Path) -> None:
    config = tmp_path / "agent.toml"
    config.write_text('listen = "127.0.0.1:0"\n')
    agent = start_agent("--config", str(config))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        other = taken.getsockname()[1]
        config.write_text(f'listen = "127.0.0.1:{other}"\n')
        agent.process.send_signal(signal.SIGHUP)
        agent.wait_said("event=reload-failed")
        assert agent.get("/-/healthy")[0] == 200
    agent.process.send_signal(signal.SIGHUP)
    agent.wait_said("event=reloaded")
    with socket.create_connection(("127.0.0.1", other), timeout=DEADLINE_S):
        pass
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", agent.port), timeout=DEADLINE_S)


def test_systemd_is_told(start_agent: Start, tmp_path: Path) -> None:
    path = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(path))
        systemd.settimeout(DEADLINE_S)
        agent = start_agent(NOTIFY_SOCKET=str(path), WATCHDOG_USEC="200000")
        assert systemd.recv(1000).startswith(b"READY=1\nSTATUS=http://127.0.0.1:")
        assert [systemd.recv(1000) for _ in range(3)] == [b"WATCHDOG=1"] * 3
        agent.process.send_signal(signal.SIGHUP)
        heard = [systemd.recv(1000)]
        while not heard[-1].startswith(b"RELOADING=1\nMONOTONIC_USEC="):
            heard.append(systemd.recv(1000))
        while not heard[-1].startswith(b"READY=1"):
            heard.append(systemd.recv(1000))
        agent.process.terminate()
        while heard[-1] != b"STOPPING=1":
            heard.append(systemd.recv(1000))
        assert agent.process.wait(DEADLINE_S) == 0


def test_it_ends_with_its_parent_when_asked_to() -> None:
    script = (
        "import subprocess, sys, time\n"
        "agent = subprocess.Popen([sys.executable, '-m', 'regiowacht', 'agent', 'run', '--lang', 'en',"
        " '--listen', '127.0.0.1:0', '--exit-with-parent'], stderr=subprocess.PIPE, text=True)\n"
        "print(agent.pid, agent.stderr.readline(), flush=True)\n"
        "time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    pid, ready = parent.stdout.readline().split(maxsplit=1)
    assert ready.startswith("agent listening on ")
    parent.kill()
    parent.wait(DEADLINE_S)
    parent.stdout.close()
    deadline = time.monotonic() + DEADLINE_S
    while _is_agent(int(pid)):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_hundreds_of_scrapes_leave_descriptors_and_memory_as_they_were(start_agent: Start) -> None:
    agent = start_agent()
    for _ in range(50):
        agent.get()
    before = _values(agent)
    for _ in range(300):
        agent.get()
    after, readings = _values(agent), 301
    deadline = time.monotonic() + DEADLINE_S
    while after["process_open_fds"] > before["process_open_fds"] + 2:  # connections that are just closing are no leak
        assert time.monotonic() < deadline
        after, readings = _values(agent), readings + 1
    assert after["process_resident_memory_bytes"] < before["process_resident_memory_bytes"] * 1.15 + 1_000_000
    assert after["regiowacht_agent_readings_total"] == before["regiowacht_agent_readings_total"] + readings
    assert after["process_cpu_seconds_total"] > before["process_cpu_seconds_total"]


def test_an_agent_without_a_free_descriptor_lives_on_and_recovers(start_agent: Start) -> None:
    agent = start_agent()
    resource.prlimit(agent.process.pid, resource.RLIMIT_NOFILE, (24, 24))
    with contextlib.ExitStack() as stack:
        for _ in range(100):
            stack.enter_context(socket.create_connection(("127.0.0.1", agent.port), timeout=DEADLINE_S))
        agent.get("/-/healthy")
    deadline = time.monotonic() + DEADLINE_S
    while 'regiowacht_agent_family_failing{collector="cpu"} 0\n' not in agent.get()[1]:
        assert time.monotonic() < deadline
    assert agent.process.poll() is None


def test_its_own_figures_are_those_of_the_kernel(start_agent: Start) -> None:
    agent = start_agent()
    values = _values(agent)
    ticks = os.sysconf("SC_CLK_TCK")
    told = Path(f"/proc/{agent.process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    assert values["process_cpu_seconds_total"] <= (int(told[11]) + int(told[12]) + 2) / ticks
    assert abs(values["process_start_time_seconds"] - time.time()) < DEADLINE_S
    assert 3 <= values["process_open_fds"] <= values["process_max_fds"]


def test_heavy_modules_stay_out_of_a_running_agent() -> None:
    script = (
        "import sys\n"
        "import regiowacht.main, regiowacht.verbs.agent, regiowacht_agent.service, regiowacht_agent.psutil_reader\n"
        "from regiowacht_agent.config_file import load\n"
        "from regiowacht_agent.reader import open_reader\n"
        "open_reader(load(None))\n"
        "print(*sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    heavy = {"asyncio", "http.server", "http.client", "prometheus_client", "ssl", "_hashlib", "importlib.metadata",
             "pydantic", "yaml", "regiowacht_inventory", "multiprocessing", "email"}  # fmt: skip
    assert heavy & set(done.stdout.split()) == set()


def _info(text: str) -> str:
    return next(row for row in text.splitlines() if row.startswith("regiowacht_agent_info{"))


def _is_agent(pid: int) -> bool:
    """Whether that process still runs; one that waits to be reaped does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
