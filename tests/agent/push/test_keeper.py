"""What is known of the spool while it is used by its own thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_agent.push.counts import Totals
from regiowacht_agent.push.fresh import Fresh
from regiowacht_agent.push.keeper import STATUS_EVERY_S, Keeper
from regiowacht_agent.spool.spool import Spool
from tests.agent.push.made import scrape, shape
from tests.agent.push.receiver import wait_for

if TYPE_CHECKING:
    from pathlib import Path


def test_what_arrives_a_moment_after_it_came_is_not_told_as_waiting(tmp_path: Path) -> None:
    steady = [1000.0]
    fresh = Fresh(30.0, Totals(), lambda: steady[0])
    keeper = Keeper(lambda: Spool(str(tmp_path)), fresh, lambda: steady[0])
    keeper.start()
    try:
        steady[0] += STATUS_EVERY_S
        keeper.put([scrape(shape(3))])
        ((number, _scrape),) = fresh.take(10)
        wait_for(lambda: keeper.status.waiting == 3, "it came")
        assert number is not None
        keeper.settle([number], {})
        wait_for(lambda: keeper.status.waiting == 0, "it arrived")
    finally:
        keeper.close(10.0)
