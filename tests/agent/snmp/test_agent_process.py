"""The agent as a process that asks devices: light, and the same after fifty new configurations."""

from __future__ import annotations

import signal
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from regiowacht_agent.light import MODULES_TO
from regiowacht_agent.snmp import value as tags
from regiowacht_agent.snmp.value import Value
from tests.agent.snmp.asking import entry, samples, text_of, until
from tests.agent.snmp.fake_agent import Quirks, serving
from tests.agent.snmp.poll.switch import UPTIME, switch

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.agent.agent_process import AgentProcess

    Start = Callable[..., AgentProcess]

HEAVY = Path(__file__).parents[1].joinpath("heavy_modules.txt").read_text(encoding="ascii").split()
RELOADS = 50
DEADLINE_S = 60.0
LONG_UP = {UPTIME: Value(tags.TICKS, 987_654_321)}
"""A device that started long ago: its tables are full, and nobody looks again whether they are."""

HEAD = 'listen = "127.0.0.1:0"\nreader = "proc"\n'


def write(folder: Path, *entries: str) -> Path:
    """Write the agent's file; return its path."""
    file = folder / "agent.toml"
    head, listen = text_of(folder, *entries), HEAD
    file.write_text(listen + head)
    return file


def told(agent: AgentProcess) -> dict[tuple[str, ...], float]:
    """Return the samples of the page of devices."""
    status, page = agent.get("/devices")
    assert status == 200
    return samples(page)


def descriptors(agent: AgentProcess) -> int:
    return len(list(Path(f"/proc/{agent.process.pid}/fd").iterdir()))


def resident_mb(agent: AgentProcess) -> float:
    return float(psutil.Process(agent.process.pid).memory_info().rss) / 2**20


def end(agent: AgentProcess) -> None:
    agent.process.terminate()
    assert agent.process.wait(DEADLINE_S) == 0


def has_ports(agent: AgentProcess, instance: str) -> bool:
    return any(key[:2] == ("ifOperStatus", instance) for key in told(agent))


def test_what_asks_devices_of_2c_loads_nothing_heavy_and_stays_small(start_agent: Start, tmp_path: Path) -> None:
    modules = tmp_path / "modules"
    with serving(switch(range(1, 53)), Quirks(counting=True)) as (_agent, server):
        file = write(tmp_path, entry("sw", server.port))
        agent = start_agent("--config", str(file), **{MODULES_TO: str(modules)})
        until(lambda: has_ports(agent, "sw"))
        assert ("snmp_poll_engine_info", "sw", "fast", "passed") in told(agent)
        mapped = Path(f"/proc/{agent.process.pid}/maps").read_text()
        assert "libcrypto" not in mapped
        assert resident_mb(agent) < 40
        end(agent)
    loaded = set(modules.read_text().split())
    assert "regiowacht_agent.snmp.checking" in loaded
    assert sorted(loaded.intersection(HEAVY)) == []
    strange = {name for name in loaded if name.startswith(("pysnmp", "cryptography", "asyncio", "pyasn1"))}
    assert strange == set()


@pytest.mark.timeout(600)
def test_fifty_new_configurations_leave_nothing_behind(start_agent: Start, tmp_path: Path) -> None:
    with ExitStack() as stack:
        servers = [
            stack.enter_context(serving(switch(range(1, 9)) | LONG_UP, Quirks(slow_every=9, slow_s=0.1)))
            for _ in range(3)
        ]
        stays, comes, changes = (server.port for _agent, server in servers)
        file = write(tmp_path, entry("stays", stays), entry("comes", comes), entry("changes", changes))
        agent = start_agent("--config", str(file))
        until(lambda: all(has_ports(agent, name) for name in ("stays", "comes", "changes")))
        process = psutil.Process(agent.process.pid)
        until(lambda: process.children() == [])
        before, threads = descriptors(agent), process.num_threads()
        for number in range(RELOADS):
            entries = [entry("stays", stays), entry("changes", changes, timeout_s=5 + number)]
            write(tmp_path, *entries, *([entry("comes", comes)] if number % 2 else []))
            agent.process.send_signal(signal.SIGHUP)
            agent.wait_said("event=reloaded", number + 1)
        until(lambda: all(has_ports(agent, name) for name in ("stays", "comes", "changes")))
        until(lambda: process.children() == [], "a process of pysnmp is left")
        until(lambda: process.num_threads() <= threads, f"{process.num_threads()} threads, {threads} before")
        assert descriptors(agent) <= before + 3  # a scrape's connection may be closing
        assert told(agent)["snmp_poll_relearns_total", "stays"] == 0, "it was learnt once"
        assert not [line for line in agent.said if "WARNING" in line or "ERROR" in line]
        end(agent)


@pytest.mark.parametrize("is_first", [True, False], ids=["learnt", "asked"])
def test_it_stops_at_once_while_devices_keep_it_waiting(start_agent: Start, tmp_path: Path, is_first: bool) -> None:
    quirks = Quirks()
    with serving(switch(range(1, 9)), quirks) as (snmp_agent, server):
        if is_first:
            quirks.slow_every, quirks.slow_s = 1, 60
        agent = start_agent("--config", str(write(tmp_path, entry("slow", server.port, timeout_s=60))))
        until(lambda: snmp_agent.asked if is_first else has_ports(agent, "slow"))
        quirks.slow_every, quirks.slow_s = 1, 60
        asked = len(snmp_agent.asked)
        until(lambda: is_first or len(snmp_agent.asked) > asked)
        begin = time.monotonic()
        end(agent)
        assert time.monotonic() - begin < 30, "it does not wait for the device"


def test_the_page_and_the_word_to_a_standby_go_on_while_a_device_is_dead(start_agent: Start, tmp_path: Path) -> None:
    with serving(switch([1]), Quirks(drop=1.0)) as (_agent, server):
        agent = start_agent("--config", str(write(tmp_path, entry("dead", server.port, timeout_s=0.2))))
        until(lambda: ("up", "dead") in told(agent))
        assert told(agent)["snmp_poll_reason_info", "dead", "timeout", ""] == 1
        assert float(agent.get("/devices/polling")[1]) < DEADLINE_S
        assert agent.get("/metrics")[0] == 200
        assert len([line for line in agent.said if "snmp-failed" in line]) == 1
        end(agent)


def test_devices_come_to_an_agent_that_had_none_and_go_again(start_agent: Start, tmp_path: Path) -> None:
    with serving(switch([1])) as (_agent, server):
        file = write(tmp_path)
        agent = start_agent("--config", str(file))
        assert told(agent) == {}
        write(tmp_path, entry("sw", server.port))
        agent.process.send_signal(signal.SIGHUP)
        until(lambda: has_ports(agent, "sw"))
        write(tmp_path)
        agent.process.send_signal(signal.SIGHUP)
        agent.wait_said("event=reloaded", 2)
        assert told(agent) == {}
        assert agent.get("/devices/polling")[1] == "none\n"
        end(agent)
