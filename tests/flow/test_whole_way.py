"""A server that joined over TLS: kills of agent and collector cost nothing but what was not measured."""

from __future__ import annotations

import json
import time
import urllib.parse
import urllib.request
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from tests.flow.test_joining import SERVER, agent, running, wait

if TYPE_CHECKING:
    from pathlib import Path

    from tests.flow.test_joining import Running

INTERVAL_S = 5
ALONE_S = 20
UP = f'up{{instance="{SERVER}",job="node",gemeente="zandbeke"}}'
STATE = f'regiowacht:asset_state{{instance="{SERVER}"}}'


@pytest.mark.tools
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_kills_at_both_ends_cost_only_what_was_not_measured(tmp_path: Path) -> None:
    state = tmp_path / "state"
    with running(tmp_path) as collector:
        collector.join(state)
        with agent(state) as first:
            wait(lambda: len(_times(collector)) > 1)
            collector.kill()
            first.wait_said("event=push-failed")
            time.sleep(ALONE_S)  # the cut itself, whose length is what is tested
            first.process.kill()
            killed_s = time.time()
            first.process.wait(60)
        with agent(state) as second:
            second.wait_ready()
            back_s = time.time()
            second.wait_said("event=push-failed")
            time.sleep(ALONE_S)
            mended_s = time.time()
            collector.start()
            wait(lambda: collector.values(UP) == {SERVER: 1})
            wait(lambda: _holes(_times(collector), killed_s, back_s, mended_s) == [])
            times = _times(collector)
            assert len(times) == len(set(times))
            wait(lambda: collector.values(STATE) == {SERVER: 0})
        died_s = time.monotonic()
        wait(lambda: collector.values(STATE).get(SERVER, 0) > 0)
        print(f"a killed agent was seen after {time.monotonic() - died_s:.0f} s")


def _times(collector: Running) -> list[float]:
    """Return when the server was measured, in seconds, oldest first."""
    url = f"{collector.engine}/api/v1/query?{urllib.parse.urlencode({'query': UP + '[15m]'})}"
    with urllib.request.urlopen(url, timeout=30) as answer:
        found = json.load(answer)["data"]["result"]
    return [float(at_s) for one in found for at_s, _value in one["values"]]


def _holes(times: list[float], killed_s: float, back_s: float, mended_s: float) -> list[tuple[float, float]]:
    """Return where two readings are far apart while an agent ran, and where there is none up to the mend."""
    far_s = 3 * INTERVAL_S
    told = [one for one in times if one <= mended_s] or [0.0]
    apart = [*pairwise(told), (told[-1], mended_s)]
    return [
        (before, after)
        for before, after in apart
        if after - before > far_s and not (before > killed_s - far_s and after < back_s + far_s)
    ]
