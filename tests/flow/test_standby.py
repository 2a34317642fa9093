"""A poller that dies: its standby asks the devices in its place, and their series go on as if nothing had happened."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from regiowacht_agent.render import bundle
from regiowacht_collector.client import Client
from regiowacht_contract.defaults import DEVICES_PATH
from regiowacht_contract.states import AssetState
from regiowacht_inventory import Snmp, load
from tests.agent.agent_process import AgentProcess
from tests.agent.snmp.fake_agent import serving
from tests.agent.snmp.poll.switch import switch
from tests.collector.live import collecting, until, values
from tests.inventory.base import BASE, write_base

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from regiowacht_collector import RunningCollector
    from regiowacht_inventory import Asset, Region

pytestmark = pytest.mark.tools

STATE = "regiowacht:asset_state"
DEVICES = {"rt-1": (1, 2, 3), "sw-1": (1, 2, 3, 4, 5)}
"""Names of the devices, and indexes of their ports."""

INTERVAL_S = 5
WITHIN_S = 120.0


def _region(folder: Path) -> Region:
    """Return two servers on the loopback, of which one asks two devices, and the other one while that one does not."""
    text = BASE["gemeenten/aa.yml"].replace("snmp: v3, ssh: ssh", "snmp: v2")
    shared = BASE["region.yml"].replace("file:/etc/community", "env:FAKE_COMMUNITY")
    region = load(write_base(folder, {**BASE, "gemeenten/aa.yml": text, "region.yml": shared}))
    wanted = [asset for asset in region.assets if asset.name in {"srv-1", "srv-2", *DEVICES}]
    assets = tuple(replace(asset, address="127.0.0.1") for asset in wanted)
    return replace(region, assets=assets, snmp=Snmp.model_validate({"interval": f"{INTERVAL_S}s"}))


@dataclass(frozen=True, slots=True)
class _Site:
    """The site: its region, the ports of its devices, and a folder."""

    region: Region
    ports: Mapping[str, int]
    folder: Path
    stack: ExitStack

    def asset(self, name: str) -> Asset:
        return next(asset for asset in self.region.assets if asset.name == name)

    def start(self, name: str, port: int = 0, poller_port: int = 0) -> AgentProcess:
        """Start a server's agent with what the region says, but for the ports."""
        text = bundle(self.region, self.asset(name)).decode()
        for device, where in self.ports.items():
            text = text.replace(f'instance = "{device}"\n', f'instance = "{device}"\nport = {where}\n')
        if poller_port:
            assert "port = 9780" in text
            text = text.replace("port = 9780", f"port = {poller_port}")
        config = self.folder / f"{name}.toml"
        config.write_text(text, encoding="utf-8")
        agent = AgentProcess.start("--config", str(config), "--listen", f"127.0.0.1:{port}", FAKE_COMMUNITY="public")
        self.stack.callback(agent.end)
        return agent


@pytest.fixture
def site(tmp_path: Path) -> Iterator[_Site]:
    """A site with its devices running."""
    with ExitStack() as stack:
        ports = {name: stack.enter_context(serving(switch(rows)))[1].port for name, rows in DEVICES.items()}
        yield _Site(_region(tmp_path / "region"), ports, tmp_path, stack)


def _page(agent: AgentProcess) -> str:
    code, text = agent.get(DEVICES_PATH)
    assert code == 200
    return text


def _series(collector: RunningCollector) -> list[tuple[tuple[str, str], ...]]:
    """Return the labels of every series of a device's port, sorted."""
    found = Client(collector.url).query('ifHCInOctets{job="snmp"}')
    return sorted(tuple(sorted(labels.items())) for labels, _ in found)


def _standby(agent: AgentProcess, name: str) -> float:
    row = next(line for line in agent.get()[1].splitlines() if line.startswith(f"regiowacht_agent_standby_{name}{{"))
    assert 'poller="srv-1"' in row
    return float(row.rpartition(" ")[2])


def test_a_standby_takes_over_and_hands_back_and_no_series_is_there_twice(site: _Site) -> None:
    poller = site.start("srv-1")
    standby = site.start("srv-2", poller_port=poller.port)
    where = {site.asset(name).key: f"127.0.0.1:{one.port}" for name, one in (("srv-1", poller), ("srv-2", standby))}
    with collecting(site.region, site.folder / "data", where) as collector:
        until(lambda: set(values(collector, STATE).values()) == {AssetState.GOED}, collector, WITHIN_S)
        ports = sum(map(len, DEVICES.values()))
        until(lambda: len(_series(collector)) == ports, collector, WITHIN_S)
        before = _series(collector)
        assert _page(standby) == ""
        assert _standby(standby, "active") == 0

        where_poller = poller.port
        poller.end()
        until(lambda: values(collector, STATE)["srv-1"] == AssetState.NEER, collector, WITHIN_S)
        until(lambda: _standby(standby, "active") == 1, collector, WITHIN_S)
        until(lambda: all(f'instance="{name}"' in _page(standby) for name in DEVICES), collector, WITHIN_S)
        until(lambda: _series(collector) == before, collector, WITHIN_S)
        assert {values(collector, STATE)[name] for name in DEVICES} == {AssetState.GOED}
        assert Client(collector.url).query("regiowacht:poller_silent") == []

        again = site.start("srv-1", port=where_poller)
        until(lambda: _standby(standby, "active") == 0, collector, WITHIN_S)
        assert _page(standby) == ""
        until(lambda: all(f'instance="{name}"' in _page(again) for name in DEVICES), collector, WITHIN_S)
        until(lambda: _series(collector) == before, collector, WITHIN_S)
        until(lambda: values(collector, STATE)["srv-1"] == AssetState.GOED, collector, WITHIN_S)
        assert {values(collector, STATE)[name] for name in DEVICES} == {AssetState.GOED}
        assert _standby(standby, "takeovers_total") == 1
    said = [line.partition("event=")[2].partition(" ")[0] for line in standby.said if "event=standby" in line]
    assert said == ["standby-takes-over", "standby-hands-back"]
