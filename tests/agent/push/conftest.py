"""What tests of pushing share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from regiowacht_agent.push.clock import Clock
from regiowacht_agent.push.counts import Totals
from regiowacht_agent.push.lanes import Lanes
from regiowacht_agent.push.receiver import Receiver as To
from regiowacht_agent.spool.spool import Spool
from tests.agent.push.made import push
from tests.agent.push.receiver import Receiver

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Start = Callable[..., Lanes]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Return a receiver that takes everything."""
    made = Receiver()
    yield made
    made.close()


@pytest.fixture
def totals() -> Totals:
    """Return counts."""
    return Totals()


@pytest.fixture
def start(totals: Totals, tmp_path: Path) -> Iterator[Start]:
    """Return a function that starts lanes to a URL over a spool in the test's folder."""
    running: list[Lanes] = []

    def begin(url: str, clock: Clock | None = None, **settings: object) -> Lanes:
        told = push(url, **settings)
        lanes = Lanes(told, lambda: Spool(str(tmp_path / "spool")), To(told), clock or Clock(), totals, begin_s=0.0)
        lanes.start()
        running.append(lanes)
        return lanes

    yield begin
    for lanes in running:
        lanes.stop(2.0)
