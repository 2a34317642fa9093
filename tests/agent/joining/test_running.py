"""An agent that has joined keeps to what the region says: real processes, a real gateway over TLS."""

from __future__ import annotations

import json
import signal
import socket
import time
from typing import TYPE_CHECKING

import pytest

from regiowacht_agent.joining.folder import StateFolder
from regiowacht_agent.joining.join import configure, join
from regiowacht_agent.joining.way import way_to
from tests.agent.agent_process import DEADLINE_S, AgentProcess
from tests.agent.joining.collector import BUNDLE, Collector, collector

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OTHER = BUNDLE.replace(b'"nl"', b'"en"') + b"\n[families]\narp = false\n"
EVERY = {"REGIOWACHT_TEST_ASK_EVERY_S": "0.3"}


@pytest.fixture
def region(tmp_path: Path) -> Iterator[Collector]:
    with collector(tmp_path / "collector") as made:
        yield made


@pytest.fixture
def folder(region: Collector, tmp_path: Path) -> StateFolder:
    """A server that has joined."""
    made = StateFolder(tmp_path / "state")
    made.make()
    way = way_to(region.url, ca=str(region.ca))
    join(way, made, region.code(), "", lambda *_, **__: None)
    made.trust(region.ca)
    configure(way, made, lambda *_, **__: None)
    return made


@pytest.fixture
def agent(folder: StateFolder) -> Iterator[AgentProcess]:
    made = AgentProcess.start("--state", str(folder.path), **EVERY)
    yield made
    made.end()


def wait_page(agent: AgentProcess, *words: str) -> str:
    """Return the page of metrics once it holds all of these."""
    deadline = time.monotonic() + DEADLINE_S
    page = ""
    while time.monotonic() < deadline:
        page = agent.get()[1]
        if all(word in page for word in words):
            return page
        time.sleep(0.1)
    raise AssertionError([word for word in words if word not in page])


def test_a_change_in_the_region_reaches_the_agent_by_itself(
    region: Collector, folder: StateFolder, agent: AgentProcess
) -> None:
    wait_page(agent, 'asks_total{result="same"}', "node_arp_entries", "regiowacht_agent_bundle_refused 0")
    region.publish(OTHER)
    agent.wait_said("event=reloaded")
    page = wait_page(agent, 'asks_total{result="new"} 1', "regiowacht_agent_config_reload_success 1")
    assert "node_arp_entries" not in page
    assert folder.config.read_bytes() == OTHER
    assert folder.config_before.read_bytes() == BUNDLE


def test_what_cannot_be_used_is_told_and_the_last_good_one_stays(
    region: Collector, folder: StateFolder, agent: AgentProcess
) -> None:
    region.publish(b"nonsense = 1\n")
    wait_page(agent, "regiowacht_agent_bundle_refused 1", "node_arp_entries")
    assert "nonsense" in agent.wait_said("event=bundle-not-taken")
    assert folder.config.read_bytes() == BUNDLE
    region.publish(OTHER)
    agent.wait_said("event=reloaded")
    wait_page(agent, "regiowacht_agent_bundle_refused 0")
    assert len([line for line in agent.said if "bundle-not-taken" in line]) == 1


def test_what_only_fails_when_it_is_put_in_force_is_put_back_and_tried_again(
    region: Collector, folder: StateFolder
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        busy = BUNDLE.replace(b"127.0.0.1:0", b"127.0.0.1:%d" % taken.getsockname()[1])
        made = AgentProcess.start("--state", str(folder.path), **EVERY)
        try:
            region.publish(busy)
            made.wait_said("event=bundle-kept")
            assert made.get()[0] == 200
        finally:
            made.end()
    assert BUNDLE in [path.read_bytes() for path in (folder.config, folder.config_before) if path.exists()]


def unreachable(agent: AgentProcess) -> int:
    rows = [row for row in agent.get()[1].splitlines() if 'asks_total{result="unreachable"}' in row]
    return int(rows[0].rpartition(" ")[2])


def test_a_collector_that_is_away_is_told_once_and_measuring_goes_on(
    region: Collector, folder: StateFolder, agent: AgentProcess
) -> None:
    wait_page(agent, 'asks_total{result="same"}')
    member = json.loads((folder.path / "joined.json").read_text())
    (folder.path / "joined.json").write_text(json.dumps(member | {"url": "https://127.0.0.1:1"}))
    agent.wait_said("event=bundle-not-taken")
    first = unreachable(agent)
    deadline = time.monotonic() + DEADLINE_S
    while unreachable(agent) < first + 2 and time.monotonic() < deadline:
        time.sleep(0.1)
    assert unreachable(agent) >= first + 2
    (folder.path / "joined.json").write_text(json.dumps(member))
    agent.wait_said("event=bundle-answered-again")
    assert len([line for line in agent.said if "event=bundle-not-taken" in line]) == 1


def test_a_credential_that_was_revoked_is_told(region: Collector, agent: AgentProcess) -> None:
    region.office.store.revoke("zandbeke", "srv-app")
    assert "reason=revoked" in agent.wait_said("event=bundle-not-taken")
    assert 'asks_total{result="refused"} 0' not in agent.get()[1]


def test_a_credential_is_renewed_in_its_time_and_the_new_one_is_kept_for_its_owner(
    region: Collector, folder: StateFolder, agent: AgentProcess
) -> None:
    old = folder.token()
    member = json.loads((folder.path / "joined.json").read_text())
    (folder.path / "joined.json").write_text(json.dumps(member | {"renew_after": 1.0, "expires": 2.0}))
    wait_page(agent, f"credential_expiry_timestamp_seconds {int(member['expires'] / 1e6)}")
    assert folder.token() != old
    assert folder.credential.stat().st_mode & 0o777 == 0o600
    assert not folder.next_credential.exists()
    assert region.office.identify(folder.token()).server == "srv-app"


def test_the_process_that_measures_loads_nothing_of_asking(
    region: Collector, folder: StateFolder, tmp_path: Path
) -> None:
    del region
    agent = AgentProcess.start(
        "--state", str(folder.path), "--reader", "proc", **EVERY, REGIOWACHT_TEST_MODULES_TO=str(tmp_path / "modules")
    )
    try:
        wait_page(agent, 'asks_total{result="same"}')
        agent.process.send_signal(signal.SIGTERM)
        assert agent.process.wait(DEADLINE_S) == 0
    finally:
        agent.end()
    loaded = set((tmp_path / "modules").read_text().split())
    assert "regiowacht_agent.joining.asking" in loaded
    heavy = {"ssl", "json", "http.client", "hashlib", "socketserver", "tomllib", "pathlib", "subprocess", "random"}
    assert loaded & (heavy | {f"regiowacht_agent.joining.{name}" for name in ("ask", "folder", "way", "join")}) == set()


def test_starts_are_counted_for_who_tells_copies_apart(folder: StateFolder) -> None:
    for _ in range(2):
        agent = AgentProcess.start("--state", str(folder.path), **EVERY)
        try:
            agent.wait_ready()
        finally:
            agent.end()
    assert folder.starts.read_text() == "2\n"


def test_a_configuration_that_this_version_cannot_use_falls_back_to_the_one_before(folder: StateFolder) -> None:
    folder.take(OTHER)
    folder.config.write_bytes(b"nonsense = 1\n")
    assert folder.load().lang == "nl"
