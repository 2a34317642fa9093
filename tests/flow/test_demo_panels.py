"""Every question of every panel, asked of the demo's Prometheus, is answered with data."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Any

import pytest

from regiowacht_dashboards.build import build
from regiowacht_dashboards.interpolation import expressions
from regiowacht_dashboards.settings import for_region
from regiowacht_inventory import example_path, load
from tests.flow.demo_process import ALONE, Demo, running_demo, wait_for
from tests.parts import need_engine, need_uplot

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.tools

WINDOWS = {
    "regio": "voorbeeld",
    "__rate_interval": "8s",
    "__interval": "2s",
    "__range": "15m",
}
THIS_MACHINE = {"gemeente": "zandbeke", "site": "stadhuis", "instance": "srv-files"}
CHOSEN: dict[str, dict[str, str]] = {"rw-regio": WINDOWS, "rw-server": {**WINDOWS, **THIS_MACHINE}}
"""What a watcher has chosen on top: all of the region, or this machine."""


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    need_engine()
    need_uplot()
    with running_demo([ALONE]) as running:
        wait_for(
            lambda: bool(running.query('rate(node_cpu_seconds_total{instance="srv-files"}[8s])')), "the first rates"
        )
        yield running


def questions(folder: Path) -> list[tuple[str, str, str]]:
    """Return (dashboard, panel, expression) of the region and of this machine, in Dutch, but not of open alerts."""
    written = build(folder, for_region(load(example_path()), "nl"))
    boards: list[dict[str, Any]] = [json.loads(file.path.read_text(encoding="utf-8")) for file in written]
    return [
        (board["uid"], panel, expr)
        for board in boards
        if board["uid"] in CHOSEN
        for panel, expr in expressions(board, CHOSEN[board["uid"]])
        if "ALERTS" not in expr
    ]


def test_every_panel_has_data(demo: Demo, tmp_path: Path) -> None:
    left = questions(tmp_path)
    assert len(left) > 30

    def all_answered() -> bool:
        left[:] = [(uid, panel, expr) for uid, panel, expr in left if not demo.query(expr)]
        return not left

    with contextlib.suppress(AssertionError):
        wait_for(all_answered, "data in every panel")
    assert left == []
