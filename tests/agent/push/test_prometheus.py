"""Both lanes against a real Prometheus: what it takes, what it is too late for, and what its death costs."""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING

from regiowacht_agent.spool.spool import Spool
from tests.agent.push.made import scrape, shape
from tests.agent.push.receiver import wait_for
from tests.collector.gateway.engines import RealEngine, real_engine

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from regiowacht_agent.push.counts import Totals
    from regiowacht_agent.push.lanes import Lanes

    Start = Callable[..., Lanes]

EVERY_MS = 60_000
READINGS, SERIES = 1440, 5
"""A day, a reading a minute."""


def _backlog(folder: Path) -> int:
    """Leave a day's readings in a spool, and return the time of the last one."""
    end_ms = int(time.time() * 1000) - EVERY_MS
    spool, of = Spool(str(folder / "spool")), shape(SERIES)
    for at in range(READINGS):
        spool.put(scrape(of, end_ms - (READINGS - 1 - at) * EVERY_MS))
    spool.close()
    return end_ms


def _stored(engine: RealEngine) -> int:
    return int(sum(value for _, value in engine.client.query("count_over_time(made_up[2d])")))


def test_a_day_of_backlog_is_stored_whole(start: Start, tmp_path: Path, totals: Totals) -> None:
    _backlog(tmp_path)
    with real_engine(tmp_path / "engine", window="15d") as engine:
        lanes = start(engine.url.removesuffix("/api/v1/write"), backlog_speed=10_000)
        lanes.put([scrape(shape(SERIES), int(time.time() * 1000))])
        wait_for(lambda: _stored(engine) == SERIES * (READINGS + 1), "all of it is there", 120)
        assert not totals.refused
        lanes.stop(5.0)


def test_what_the_window_does_not_hold_is_set_aside_and_the_rest_is_stored(
    start: Start, tmp_path: Path, totals: Totals
) -> None:
    end_ms = _backlog(tmp_path)
    with real_engine(tmp_path / "engine", window="6h") as engine:
        lanes = start(engine.url.removesuffix("/api/v1/write"), backlog_speed=10_000)
        lanes.put([scrape(shape(SERIES), end_ms + EVERY_MS)])
        total = SERIES * (READINGS + 1)
        wait_for(lambda: totals.refused["old"] + sum(totals.samples.values()) == total, "all of it is settled", 120)
        assert _stored(engine) == total - totals.refused["old"]
        kept = _stored(engine) // SERIES
        assert 355 <= kept <= 365, "six hours and the newest"
        assert sum(totals.writes.values()) < 100
        lanes.stop(5.0)


def test_its_death_in_the_middle_costs_nothing(start: Start, tmp_path: Path, totals: Totals) -> None:
    _backlog(tmp_path)
    with real_engine(tmp_path / "engine", window="15d") as engine:
        lanes = start(engine.url.removesuffix("/api/v1/write"), backlog_speed=1)
        now_ms = int(time.time() * 1000)
        for death in range(3):
            taken = totals.samples.total()
            lanes.put([scrape(shape(SERIES), now_ms + death)])
            wait_for(lambda taken=taken: totals.samples.total() > taken, "something arrives", 60)  # type: ignore[misc]
            os.kill(engine.pid, signal.SIGKILL)
            engine.wait()
            engine.start()
        lanes.put([scrape(shape(SERIES), now_ms + 3)])
        wait_for(lambda: _stored(engine) == SERIES * (READINGS + 4), "all of it is there", 120)
        assert not totals.refused
        lanes.stop(5.0)


def test_a_server_that_takes_no_backlog_still_gets_what_is_new(start: Start, tmp_path: Path, totals: Totals) -> None:
    _backlog(tmp_path)
    with real_engine(tmp_path / "engine", window="0s") as engine:
        lanes = start(engine.url.removesuffix("/api/v1/write"), backlog_speed=10_000)
        now_ms = int(time.time() * 1000)
        lanes.put([scrape(shape(SERIES), now_ms)])
        wait_for(lambda: totals.refused.total() + totals.samples.total() == SERIES * (READINGS + 1), "settled", 120)
        lanes.put([scrape(shape(SERIES), now_ms + 1000)])
        wait_for(lambda: totals.samples["live"] == 2 * SERIES, "what is new is taken")
        lanes.stop(5.0)
