"""What a reader does on the page: choosing, sorting, hovering, closing rows, switching themes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from regiowacht_dashboards.preview import serve
from tests.dashboards.preview import trial
from tests.dashboards.preview.history import NASTY, START
from tests.dashboards.preview.screen import SPAN, body, color, loaded, opened, panel, rows, state

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from regiowacht_dashboards.preview import Preview
    from tests.dashboards.preview.engine import Engine

pytestmark = [pytest.mark.ui, pytest.mark.tools]


def options(page: Page, name: str) -> list[str]:
    """Return what a variable offers; one of several choices is opened for it and closed again."""
    box = page.locator(f"#var-{name}")
    if box.evaluate("node => node.tagName") == "SELECT":
        return box.locator("option").all_inner_texts()
    box.locator("summary").click()
    box.locator(".option").first.wait_for()
    found = box.locator(".option").all_inner_texts()
    page.keyboard.press("Escape")
    return found


def choose(page: Page, name: str, *texts: str) -> None:
    """Choose values of a variable with several, and wait until everything was asked again."""
    count = page.locator("#panels").get_attribute("data-loaded") or "0"
    box = page.locator(f"#var-{name}")
    box.locator("summary").click()
    for text in texts:
        box.locator(".option", has_text=text).click()
    page.keyboard.press("Escape")
    page.wait_for_function("n => Number(document.querySelector('#panels').dataset.loaded) > n", arg=int(count))


def test_variables_narrow_each_other(browser: Browser, preview: Preview) -> None:
    with opened(browser, f"{preview.url}/d/proef?{SPAN}") as page:
        loaded(page)
        assert options(page, "gemeente") == ["Alle", "lindevoorde", "meerdonk", "oosthove", "zandbeke"]
        assert len(options(page, "instance")) == 8
        choose(page, "gemeente", "zandbeke")
        assert options(page, "site") == ["Alle", "bibliotheek", "stadhuis"]
        assert options(page, "instance") == ["ap-1", "srv-dc", "srv-files", "sw-1"]
        choose(page, "site", "bibliotheek")
        assert options(page, "instance") == ["ap-1"]
        query = parse_qs(urlsplit(page.url).query)
        assert (query["var-gemeente"], query["var-site"]) == (["zandbeke"], ["bibliotheek"])


def test_several_values_and_all_again(browser: Browser, preview: Preview) -> None:
    with opened(browser, f"{preview.url}/d/proef?{SPAN}&var-gemeente=zandbeke") as page:
        loaded(page)
        choose(page, "gemeente", "oosthove")
        assert options(page, "site") == ["Alle", "bibliotheek", "gemeentehuis", "stadhuis"]
        choose(page, "gemeente", "Alle")
        assert parse_qs(urlsplit(page.url).query)["var-gemeente"] == ["$__all"]


def test_a_choice_that_is_gone_falls_back(browser: Browser, preview: Preview) -> None:
    with opened(browser, f"{preview.url}/d/proef?{SPAN}&var-gemeente=nergens&var-instance=niets") as page:
        loaded(page)
        query = parse_qs(urlsplit(page.url).query)
        assert (query["var-gemeente"], query["var-instance"]) == (["$__all"], ["ap-1"])


def test_a_hostile_site_can_be_chosen_and_never_runs(browser: Browser, preview: Preview) -> None:
    with opened(browser, f"{preview.url}/d/proef?{SPAN}&var-gemeente=meerdonk") as page:
        loaded(page)
        choose(page, "site", NASTY)
        assert options(page, "instance") == ["srv-meer"]
        assert page.title() == "Proef · Regiowacht"


def test_a_closed_row_opens_and_asks(browser: Browser, preview: Preview) -> None:
    with opened(browser, f"{preview.url}/d/proef?{SPAN}") as page:
        loaded(page)
        assert not panel(page, 31).is_visible()
        page.get_by_role("button", name="Dicht").click()
        expect(panel(page, 31)).to_have_attribute("data-state", "ok")
        assert body(page, 31) == "0.250"
        page.get_by_role("button", name="Grafieken").click()
        assert not panel(page, 11).is_visible()


def test_sorting_hovering_and_singling_out(browser: Browser, preview: Preview) -> None:
    with opened(browser, f"{preview.url}/d/proef?{SPAN}") as page:
        loaded(page)
        panel(page, 21).locator("th button").first.click()
        assert [row[1] for row in rows(page, 21)] == ["b", "a"]
        panel(page, 11).locator(".u-over").hover()
        tip = page.locator(".tip")
        assert "Mb/s" in tip.inner_text()
        assert tip.locator("tr").count() == 2
        panel(page, 12).locator(".legend button").first.click()
        shown = "node => node.chart.series.slice(1).map(s => s.show)"
        assert panel(page, 12).locator(".plot").evaluate(shown) == [True, False]


def test_dragging_over_a_graph_narrows_the_time(browser: Browser, preview: Preview) -> None:
    with opened(browser, f"{preview.url}/d/proef?{SPAN}") as page:
        loaded(page)
        panel(page, 11).scroll_into_view_if_needed()
        box = panel(page, 11).locator(".u-over").bounding_box()
        assert box is not None
        y = box["y"] + 40
        page.mouse.move(box["x"] + box["width"] * 0.25, y)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] * 0.5, y, steps=4)
        page.mouse.up()
        page.wait_for_function("() => Number(document.querySelector('#panels').dataset.loaded) > 1")
        query = parse_qs(urlsplit(page.url).query)
        width_s = (int(query["to"][0]) - int(query["from"][0])) / 1000
        assert 2400 < width_s < 3000


def test_time_picker_and_links_keep_everything(browser: Browser, preview: Preview) -> None:
    with opened(browser, f"{preview.url}/d/proef?{SPAN}&var-gemeente=zandbeke") as page:
        loaded(page)
        page.locator(".menu.tool summary", has_text="Dashboards").click()
        page.locator(".menu nav a").nth(1).wait_for()
        hrefs = page.locator(".menu nav a").evaluate_all("all => all.map(one => one.getAttribute('href'))")
        assert len(hrefs) == 2
        kept = parse_qs(urlsplit(hrefs[0]).query)
        assert (kept["var-gemeente"], kept["from"]) == (["zandbeke"], [str(START * 1000)])
        page.keyboard.press("Escape")
        page.locator(".time summary").click()
        page.get_by_role("button", name="Laatste 6 uur").click()
        page.wait_for_function("() => location.search.includes('from=now-6h')")
        assert page.locator(".time summary").inner_text() == "Laatste 6 uur"


def test_exact_times_are_in_the_dashboards_zone(browser: Browser, preview: Preview) -> None:
    with opened(browser, f"{preview.url}/d/proef?{SPAN}", timezone_id="America/New_York") as page:
        loaded(page)
        page.locator(".time summary").click()
        inputs = page.locator(".exact input")
        assert [inputs.nth(i).input_value() for i in range(2)] == ["2026-03-02T08:00", "2026-03-02T11:00"]
        inputs.nth(0).fill("2026-03-02T09:30")
        page.get_by_role("button", name="Toepassen").click()
        page.wait_for_function("from => location.search.includes(`from=${from}`)", arg=(START + 5400) * 1000)


def test_it_follows_the_system_until_the_reader_switches(browser: Browser, preview: Preview) -> None:
    with opened(browser, f"{preview.url}/d/proef?{SPAN}", color_scheme="dark") as page:
        loaded(page)
        dark = color(page.locator("html"))
        page.get_by_role("button", name="Licht of donker").click()
        light = color(page.locator("html"))
        page.reload()
        loaded(page)
        assert color(page.locator("html")) == light
        assert dark != light


def test_refresh_asks_again_and_keeps_the_place(browser: Browser, preview: Preview) -> None:
    with opened(browser, f"{preview.url}/d/proef?{SPAN[: -len('refresh=')]}refresh=1s") as page:
        loaded(page)
        before = page.evaluate("document.documentElement.scrollHeight")
        page.evaluate("scrollTo(0, 600)")
        page.wait_for_function("() => Number(document.querySelector('#panels').dataset.loaded) > 2")
        assert page.evaluate("[scrollY, document.documentElement.scrollHeight]") == [600, before]


def test_language_follows_the_dashboard(browser: Browser, engine: Engine, uplot: Path, tmp_path: Path) -> None:
    del uplot
    folder = trial.write(tmp_path / "en")
    with serve(folder, engine.url, 0, "nl") as preview, opened(browser, f"{preview.url}/d/proef?{SPAN}") as page:
        loaded(page)
        assert page.locator("html").get_attribute("lang") == "en"
        assert panel(page, 11).locator("th").all_inner_texts() == ["", "Last", "Max"]
        assert body(page, 24).startswith("Prometheus refuses the query:")


def test_the_list_names_dashboards_and_unreadable_files(
    browser: Browser, engine: Engine, uplot: Path, tmp_path: Path
) -> None:
    del uplot
    folder = trial.write(tmp_path / "nl")
    (folder / "half.json").write_text('{"uid": "half", ')
    (folder / "none.json").write_text(json.dumps({"uid": "none"}))
    with serve(folder, engine.url, 0, "nl") as preview, opened(browser, preview.url) as page:
        assert page.locator(".card h2").all_inner_texts() == [NASTY, "Proef"]
        assert page.get_by_role("alert").inner_text() == "Niet leesbaar: half.json, none.json"
        page.goto(f"{preview.url}/d/nergens")
        assert page.get_by_role("alert").first.inner_text() == "Dit dashboard is er niet."
        page.get_by_role("link", name="Proef").click()
        loaded(page)
        assert state(page, 3) == "empty"
