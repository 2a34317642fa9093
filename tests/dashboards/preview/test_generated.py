"""Every generated dashboard draws whole in the preview, in both languages."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from regiowacht_dashboards.preview import serve
from tests.dashboards.preview.screen import SPAN, loaded, opened

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.dashboards.preview.engine import Engine

pytestmark = [pytest.mark.ui, pytest.mark.tools]

GENERATED = Path(__file__).parents[3] / "dashboards" / "generated"
SERVER = "&var-gemeente=zandbeke&var-instance=srv-files"


@pytest.mark.parametrize("lang", ["nl", "en"])
@pytest.mark.parametrize("uid", ["rw-regio", "rw-server"])
def test_every_panel_draws(browser: Browser, engine: Engine, uplot: Path, uid: str, lang: str) -> None:
    del uplot
    dashboard = json.loads((GENERATED / lang / f"{uid}.json").read_text("utf-8"))
    wanted = sorted(str(one["id"]) for one in dashboard["panels"] if one["type"] != "row")
    more = SERVER if uid == "rw-server" else ""
    with (
        serve(GENERATED / lang, engine.url, 0, "nl") as preview,
        opened(browser, f"{preview.url}/d/{uid}?{SPAN}{more}") as page,
    ):
        loaded(page)
        drawn = page.locator('.panel[data-state="ok"]').evaluate_all("all => all.map(one => one.dataset.id)")
        assert page.locator("html").get_attribute("lang") == lang
        assert sorted(drawn) == wanted
        assert page.locator(".mark svg").count() == 0
