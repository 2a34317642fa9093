"""What a watcher sees of the demo in a real browser: numbers that move, and a red tile when the agent dies."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest

from regiowacht_inventory import example_path, load
from tests.dashboards.preview.screen import color, opened
from tests.flow.demo_process import Demo, wait_for

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

pytestmark = [pytest.mark.tools, pytest.mark.ui]

HERE = "var-gemeente=zandbeke&var-site=stadhuis&var-instance=srv-files&from=now-5m&to=now&refresh=5s"


def panel(page: Page, title: str) -> Locator:
    return page.locator(".panel").filter(has=page.locator("header", has_text=title)).first


def tile(page: Page, title: str) -> str:
    return panel(page, title).locator(".tile-value").first.inner_text()


def test_this_machines_numbers_are_drawn_and_move(browser: Browser, demo: Demo) -> None:
    with opened(browser, f"{demo.url('dashboards')}/d/rw-server?{HERE}") as page:
        for title in ("Processortijd per modus", "Geheugen", "Doorvoer", "Verkeer"):
            graphs = page.locator('.panel[data-type="timeseries"]')
            wait_until_it_moves(graphs.filter(has=page.locator("header", has_text=title)).first, title)


def wait_until_it_moves(graph: Locator, title: str) -> None:
    graph.locator("canvas").first.wait_for()
    before = graph.screenshot()
    wait_for(lambda: graph.screenshot() != before, f"the graph of {title} to move")


def test_killing_the_agent_turns_its_tile_red(browser: Browser, demo: Demo) -> None:
    absent = len(load(example_path()).assets) - 1
    with opened(browser, f"{demo.url('dashboards')}/d/rw-regio") as page:
        wait_for(lambda: tile(page, "Goed") == "1", "this machine to be goed")
        wait_for(lambda: tile(page, "Nog niet aangesloten") == str(absent), "the others to be not connected yet")
        calm = color(panel(page, "Neer").locator(".tile").first)
        os.kill(demo.agent_pid(), signal.SIGKILL)
        wait_for(lambda: tile(page, "Neer") == "1", "the tile to turn", 30)
        assert color(panel(page, "Neer").locator(".tile").first) != calm
        first_row = panel(page, "Wat aandacht vraagt").locator("tbody tr").first
        wait_for(lambda: "srv-files" in first_row.inner_text(), "the server to stand first in the list")
        assert "neer" in first_row.inner_text()
