"""A variable with 5,000 values: the page opens, one of them is found and chosen, and the panel shows what is chosen."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from regiowacht_dashboards.preview import serve
from tests.dashboards.preview.engine import load_past, prometheus
from tests.dashboards.preview.history import END, NASTY
from tests.dashboards.preview.screen import SPAN, body, loaded, opened
from tests.dashboards.preview.trial import panel, target, variable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

    from regiowacht_dashboards.preview import Preview

pytestmark = [pytest.mark.ui, pytest.mark.tools]

COUNT = 5000


def named(number: int) -> str:
    """Every hundredth would run if it were ever read as HTML."""
    return f"{NASTY}{number:04}" if number % 100 == 0 else f"toestel-{number:04}"


@pytest.fixture(scope="module")
def crowded(uplot: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Preview]:
    del uplot
    folder = tmp_path_factory.mktemp("crowded")
    names = [named(number).replace('"', '\\"') for number in range(COUNT)]
    lines = [f'veel{{naam="{name}"}} {number} {END}' for number, name in enumerate(names)]
    past = "\n".join(["# TYPE veel gauge", *lines, "# EOF", ""])
    shown = 'sum(veel{naam=~"$naam"})'
    board = {
        "uid": "veel",
        "title": "Veel",
        "schemaVersion": 41,
        "templating": {
            "list": [
                variable("naam", "label_values(veel, naam)", many=True),
                variable("een", 'label_values(veel{naam=~"$naam"}, naam)'),
            ]
        },
        "panels": [
            panel(1, "stat", "Som", (0, 0, 6, 4), targets=[target(shown, instant=True)], defaults={"unit": "none"}),
            panel(2, "table", "Alles", (0, 4, 24, 9), targets=[target("veel", instant=True, format="table")]),
        ],
    }
    (folder / "boards").mkdir()
    (folder / "boards" / "veel.json").write_text(json.dumps(board), encoding="utf-8")
    with (
        prometheus(load_past(past, folder), folder) as engine,
        serve(folder / "boards", engine.url, 0, "nl") as preview,
    ):
        yield preview


@pytest.mark.timeout(180)
def test_one_of_five_thousand_is_found_and_chosen(browser: Browser, crowded: Preview) -> None:
    with opened(browser, f"{crowded.url}/d/veel?{SPAN}") as page:
        loaded(page)
        assert page.locator("#var-een option").count() == COUNT
        box = page.locator("#var-naam")
        box.locator("summary").click()
        assert box.locator(".option").count() == COUNT + 1
        box.locator("input[type=search]").fill("toestel-4999")
        box.locator(".option:visible").click()
        page.keyboard.press("Escape")
        page.wait_for_function("() => document.querySelectorAll('#var-een option').length === 1")
        page.wait_for_function("() => document.querySelector('#panels').dataset.loaded > 1")
        assert parse_qs(urlsplit(page.url).query)["var-naam"] == ["toestel-4999"]
        assert body(page, 1) == "4999"
        assert page.title() == "Veel · Regiowacht"


@pytest.mark.timeout(180)
def test_all_five_thousand_are_added_up_and_no_label_runs(browser: Browser, crowded: Preview) -> None:
    with opened(browser, f"{crowded.url}/d/veel?{SPAN}") as page:
        loaded(page)
        assert body(page, 1) == str(sum(range(COUNT)))
        assert NASTY in page.locator('.panel[data-id="2"]').inner_text()
        assert page.title() == "Veel · Regiowacht"
