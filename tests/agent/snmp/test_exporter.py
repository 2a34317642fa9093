"""The page of a running agent and snmp_exporter say the same of the same devices: name, labels and value of all series.

What only the agent tells, and the labels that say whose a series is, are left out.
"""

from __future__ import annotations

import gzip
import http.client
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from regiowacht_contract.labels import TARGET_LABELS
from tests.agent.agent_process import AgentProcess
from tests.agent.snmp.meaning.test_snmp_exporter import exporter, parsed, theirs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.agent.snmp.meaning.test_snmp_exporter import Samples
    from tests.agent.snmp.snmpd import Snmpd

DEADLINE_S = 120.0
CONFIG = """
[asset]
gemeente = "zandbeke"
[snmp]
interval_s = 5
slow_interval_s = 30
groups = ["all"]
[[device]]
instance = "sw-1"
site = "stadhuis"
laag = "connectiviteit"
address = "127.0.0.1"
community = "env:FAKE_COMMUNITY"
engine = "fast"
"""
POLLED = "regiowacht_agent_poll_timestamp_seconds"


class Page:
    """What a running agent tells of one device, fetched as a collector does.

    Args:
        agent: it.
    """

    def __init__(self, agent: AgentProcess) -> None:
        self._agent = agent

    def fetch(self) -> Samples:
        """Return the page as it is now."""
        connection = http.client.HTTPConnection("127.0.0.1", self._agent.port, timeout=DEADLINE_S)
        try:
            connection.request("GET", "/devices", headers={"Accept-Encoding": "gzip"})
            answer = connection.getresponse()
            body = answer.read()
        finally:
            connection.close()
        return parsed((gzip.decompress(body) if answer.headers["Content-Encoding"] == "gzip" else body).decode())

    def after(self, seconds: float) -> Samples:
        """Return the page once the device was polled after that time, in seconds since 1970."""
        deadline = time.monotonic() + DEADLINE_S
        while time.monotonic() < deadline:
            told = self.fetch()
            if any(name == POLLED and value > seconds for (name, _kind, _labels), value in told.items()):
                return told
            time.sleep(0.2)
        raise AssertionError(f"not polled: {self._agent.said}")


def about_ports(told: Samples) -> Samples:
    return {
        (name, kind, tuple(pair for pair in labels if pair[0] not in TARGET_LABELS)): value
        for (name, kind, labels), value in told.items()
        if name.startswith("if") or name == "sysUpTime"
    }


@pytest.fixture
def page(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Page]:
    """The page of an agent that asks a device on the UDP port of the fixture ``device``."""
    port, community = request.getfixturevalue(request.param)
    (tmp_path / "agent.toml").write_text(f"{CONFIG}port = {port}\n")
    words = ("--config", str(tmp_path / "agent.toml"), "--listen", "127.0.0.1:0")
    agent = AgentProcess.start(*words, FAKE_COMMUNITY=community)
    try:
        yield Page(agent)
    finally:
        agent.end()


@pytest.fixture
def real(snmpd: Snmpd) -> tuple[int, str]:
    """A real snmpd: its port and its community."""
    return snmpd.port, snmpd.v2c.community.decode()


@pytest.fixture
def still() -> Iterator[tuple[int, str]]:
    """A switch of 52 ports in which time stands still: its port and its community."""
    command = [sys.executable, "-m", "tests.benchmarks.snmp_switch", "--still"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        yield int(process.stdout.readline()), "public"
        process.stdin.close()


@pytest.mark.snmp
@pytest.mark.parametrize("page", ["real"], indirect=True)
def test_a_real_device_is_told_as_snmp_exporter_tells_it(page: Page, real: tuple[int, str], tmp_path: Path) -> None:
    with exporter(tmp_path, real[1]) as port:
        before = about_ports(page.after(0.0))
        between = theirs(port, real[0])
        after = about_ports(page.after(time.time()))
    assert len(between) > 20
    assert before.keys() == between.keys() == after.keys()
    for key, number in between.items():
        low, high = sorted((before[key], after[key]))
        assert low <= number <= high, key


@pytest.mark.parametrize("page", ["still"], indirect=True)
def test_a_switch_is_told_as_snmp_exporter_tells_it(page: Page, still: tuple[int, str], tmp_path: Path) -> None:
    with exporter(tmp_path, still[1]) as port:
        other = theirs(port, still[0])
    assert len(other) == 1978
    for _ in range(3):  # what was not the same before is compressed anew, and then kept
        mine = about_ports(page.after(time.time()))
        assert mine == other
