"""From a server to the region's Prometheus, through the gateway: a cut with a kill in it leaves no hole."""

from __future__ import annotations

import signal
import time
from typing import TYPE_CHECKING

import pytest

from regiowacht_collector.ports import free_port
from tests.agent.agent_process import DEADLINE_S, AgentProcess
from tests.collector.gateway.test_serving import Run, run
from tests.collector.live import until

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.tools

UP = 'up{instance="srv-x",job="node",gemeente="zandbeke",scope="zandbeke/infrastructuur"}'
CUT_S, HOLE_S = 12, 10
WITHIN_S = 120


def _agent(folder: Path, gateway: str) -> AgentProcess:
    (folder / "agent.toml").write_text(
        'listen = "127.0.0.1:0"\n[asset]\ngemeente = "zandbeke"\nsite = "x"\ninstance = "srv-x"\n'
        f'[push]\nurl = "{gateway}"\ninterval_s = 1\nstate = "{folder}/state"\nbacklog_speed = 1000\n'
    )
    return AgentProcess.start("--config", str(folder / "agent.toml"), "--reader", "proc")


def _is_told(running: Run) -> bool:
    return running.values(UP) == {"srv-x": 1}


def test_a_cut_with_a_kill_in_it_leaves_no_hole(tmp_path: Path) -> None:
    listen = ("--gateway-listen", f"127.0.0.1:{free_port()}")
    data, state = tmp_path / "data", tmp_path / "state"
    state.mkdir()
    with run(data, *listen) as running:
        (state / "credential").write_text(running.token_of("srv-x"))
        agent = _agent(tmp_path, running.gateway)
        try:
            until(lambda: _is_told(running), within_s=WITHIN_S)
            gateway = running.gateway
        except BaseException:
            agent.end()
            raise
    begin_s = time.time()
    try:
        agent.wait_said("event=push-failed")
        time.sleep(CUT_S)  # the cut itself, whose length is what is tested
        agent.process.send_signal(signal.SIGKILL)
        agent.process.wait(DEADLINE_S)
    finally:
        agent.end()
    agent = _agent(tmp_path, gateway)
    try:
        agent.wait_said("event=push-failed")
        end_s = time.time()
        with run(data, *listen) as running:
            until(lambda: _is_told(running), within_s=WITHIN_S)
            until(lambda: _holes(running, begin_s, end_s) == [], within_s=WITHIN_S)
            assert "regiowacht_agent_push_refused_samples_total" not in agent.get()[1]
            agent.process.terminate()
            assert agent.process.wait(DEADLINE_S) == 0
            until(lambda: running.values(UP) == {}, within_s=WITHIN_S)
    finally:
        agent.end()


def _holes(running: Run, begin_s: float, end_s: float) -> list[int]:
    """Return the moments from one time to another before which nothing was told for ``HOLE_S``, in milliseconds."""
    begin_ms, end_ms = round(begin_s * 1000) + 1000 * HOLE_S, round(end_s * 1000)
    told = running.engine.query_range(f"count_over_time({UP}[{HOLE_S}s])", begin_ms, end_ms, 1000)
    there = {at for _labels, values in told for at, _value in values}
    return [at for at in range(begin_ms, end_ms, 1000) if at not in there]
