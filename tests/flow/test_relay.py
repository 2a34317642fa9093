"""A server without an agent, from its own page to its state: an agent carries it, a collector scrapes the agent."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from regiowacht_agent.render import bundle
from regiowacht_collector.client import Client
from regiowacht_contract.states import AssetState
from regiowacht_inventory import example_path, load
from tests.agent.agent_process import AgentProcess
from tests.collector.live import collecting, exporter, until, values

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator
    from pathlib import Path

    from regiowacht_inventory import Region

pytestmark = pytest.mark.tools

POLLER = ("zandbeke", "srv-files")
STATE = "regiowacht:asset_state"
PAGE = (
    '# TYPE windows_cpu_time_total counter\nwindows_cpu_time_total{core="0",mode="idle"} 5\ntheirs{job="x"} 1\nup 0\n'
)


@pytest.fixture
def windows() -> Iterator[tuple[subprocess.Popen[str], Region]]:
    """A page like windows_exporter's, and a region in which srv-dc has it and nothing else is asked for."""
    with exporter(PAGE) as (address, process):
        region = load(example_path())
        zandbeke = next(one for one in region.gemeenten if one.gemeente == "zandbeke")
        server = next(one for one in zandbeke.servers if one.name == "srv-dc")
        moved = server.model_copy(update={"relay": f"http://{address}/metrics"})
        gemeente = zandbeke.model_copy(update={"servers": (moved,)})
        assets = tuple(asset for asset in region.assets if asset.key in {POLLER, ("zandbeke", "srv-dc")})
        gemeenten = tuple(gemeente if one is zandbeke else one for one in region.gemeenten)
        try:
            yield process, replace(region, gemeenten=gemeenten, assets=assets)
        finally:
            process.kill()


def _agent(region: Region, folder: Path) -> AgentProcess:
    asset = next(asset for asset in region.assets if asset.key == POLLER)
    config = folder / "agent.toml"
    config.write_bytes(bundle(region, asset) + b"\n[polls]\ninterval_s = 1\n")
    return AgentProcess.start("--config", str(config), "--listen", "127.0.0.1:0")


def test_a_relayed_server_has_a_state_and_its_series_its_labels(
    windows: tuple[subprocess.Popen[str], Region], tmp_path: Path
) -> None:
    process, region = windows
    agent = _agent(region, tmp_path)
    try:
        with collecting(region, tmp_path / "data", {POLLER: f"127.0.0.1:{agent.port}"}) as collector:
            until(lambda: values(collector, STATE).get("srv-dc") == AssetState.GOED, collector)
            ((labels, value),) = Client(collector.url).query("windows_cpu_time_total")
            assert value == 5
            del labels["__name__"]
            assert labels == {
                "gemeente": "zandbeke",
                "scope": "zandbeke/infrastructuur",
                "site": "stadhuis",
                "instance": "srv-dc",
                "job": "relay",
                "core": "0",
                "mode": "idle",
            }
            ((labels, _value),) = Client(collector.url).query("theirs")
            assert (labels["scope"], labels["exported_job"]) == ("zandbeke/overig", "x")
            until(lambda: values(collector, STATE)["srv-files"] == AssetState.GOED, collector)
            process.kill()
            until(lambda: values(collector, STATE)["srv-dc"] == AssetState.NEER, collector)
            assert Client(collector.url).query("windows_cpu_time_total") == []
            agent.end()
            until(lambda: values(collector, STATE)["srv-dc"] == AssetState.STIL, collector)
            until(lambda: values(collector, STATE)["srv-files"] == AssetState.NEER, collector)
    finally:
        agent.end()
