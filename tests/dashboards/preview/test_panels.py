"""Every panel type in a real browser, on a real Prometheus, with a known past."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.dashboards.preview.history import END, NASTY, START
from tests.dashboards.preview.screen import SPAN, body, color, loaded, opened, panel, rows, state

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from regiowacht_dashboards.preview import Preview

pytestmark = [pytest.mark.ui, pytest.mark.tools]

GREEN, ORANGE, RED = "#009e73", "#e69f00", "#c8401a"


@pytest.fixture(scope="module")
def page(browser: Browser, preview: Preview) -> Iterator[Page]:
    """The hand-made dashboard, drawn once for all tests that only look."""
    with opened(browser, f"{preview.url}/d/proef?{SPAN}") as page:
        yield loaded(page)


def test_stat_shows_value_unit_and_colour_of_its_threshold(page: Page) -> None:
    assert body(page, 1) == "97.0%"
    assert color(panel(page, 1).locator(".tile")) == RED


def test_stat_shows_the_word_of_a_mapping_and_the_line_behind_it(page: Page) -> None:
    assert body(page, 2) == "goed"
    assert panel(page, 2).locator(".spark .line").count() == 1


def test_no_series_shows_the_panels_own_words(page: Page) -> None:
    assert state(page, 3) == "empty"
    assert body(page, 3) == "niets gemeten"


def test_gauge_has_one_arc_a_series_coloured_by_threshold(page: Page) -> None:
    arcs = panel(page, 4).locator(".gauge-value")
    strokes = [color(arcs.nth(i), "stroke") for i in range(arcs.count())]
    assert strokes == [RED, GREEN]
    assert body(page, 4) == "97% veel 25% weinig"
    assert panel(page, 4).locator(".gauge-ring").count() == 6


def test_bargauge_fills_by_value(page: Page) -> None:
    fills = panel(page, 5).locator(".bar-fill")
    assert [color(fills.nth(i)) for i in range(fills.count())] == [RED, GREEN]
    widths = [fills.nth(i).evaluate("node => node.style.width") for i in range(fills.count())]
    assert widths == ["97%", "25%"]
    assert body(page, 5) == "veel 97% weinig 25%"


def test_data_link_keeps_time_and_choices(page: Page) -> None:
    address = urlsplit(panel(page, 5).locator("a").first.get_attribute("href") or "")
    assert address.path == "/d/ander"
    assert parse_qs(address.query) == {
        "from": [str(START * 1000)],
        "to": [str(END * 1000)],
        "var-gemeente": ["$__all"],
        "var-naam": ["veel"],
    }


def test_text_is_markdown_and_nothing_in_it_runs(page: Page) -> None:
    words = panel(page, 6)
    assert words.locator(".prose h4").inner_text() == "Kop"
    assert words.locator(".prose strong").inner_text() == "vet"
    assert words.locator(".prose li").all_inner_texts() == ["een", "twee"]
    assert words.locator(".prose a").evaluate_all("all => all.map(one => one.href)") == ["https://example.org/"]
    assert words.locator(".prose img").count() == 0
    assert NASTY in words.locator(".prose").inner_text()


def test_a_type_it_cannot_draw_says_so(page: Page) -> None:
    assert state(page, 7) == "unsupported"
    assert "heatmap" in body(page, 7)


def chart(page: Page, number: int, expression: str) -> Any:
    """Return what ``expression`` says of the panel's uPlot chart ``u``; the drawing keeps it on the plot."""
    return panel(page, number).locator(".plot").evaluate(f"node => {{ const u = node.chart; return {expression}; }}")


def test_mirrored_series_are_drawn_below_zero_and_told_above(page: Page) -> None:
    low, high = chart(page, 11, "[Math.min(...u.data[2]), Math.max(...u.data[1])]")
    assert (round(low), round(high)) == (-4_000_000, 9_000_000)
    assert rows(page, 11) == [["in", "5.00 Mb/s", "9 Mb/s"], ["uit", "2.50 Mb/s", "4 Mb/s"]]
    heads = panel(page, 11).locator("th").all_inner_texts()
    assert heads == ["", "Laatste", "Hoogste"]


def test_axis_carries_the_unit(page: Page) -> None:
    texts = chart(page, 11, "u.axes[1]._values")
    assert "5 Mb/s" in texts
    assert "0 b/s" in texts


def test_stacked_series_stand_on_each_other(page: Page) -> None:
    sums = chart(page, 12, "[u.data[1][60], u.data[2][60], u.bands.length]")
    below, above, bands = sums
    assert above > below > 0
    assert bands == 1


def test_threshold_lines_are_drawn_in_their_colour(page: Page) -> None:
    seen = (
        panel(page, 13)
        .locator("canvas")
        .evaluate(
            """canvas => {
          const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          const found = { red: 0, orange: 0 };
          for (let i = 0; i < data.length; i += 4) {
            if (data[i] === 200 && data[i + 1] === 64 && data[i + 2] === 26) found.red++;
            if (data[i] === 230 && data[i + 1] === 159 && data[i + 2] === 0) found.orange++;
          }
          return found;
        }"""
        )
    )
    assert seen["red"] > 50
    assert seen["orange"] > 50


def test_a_hole_in_the_data_stays_a_hole(page: Page) -> None:
    holes = chart(page, 14, "u.data[1].filter(v => v === null).length")
    assert isinstance(holes, int)
    assert holes > 50
    assert panel(page, 14).locator(".body").get_attribute("data-series") == "1"


def test_legend_names_series_by_their_format_or_their_labels(page: Page) -> None:
    assert panel(page, 11).locator("tbody button").all_inner_texts() == ["in", "uit"]
    assert panel(page, 12).locator(".legend button").all_inner_texts() == [
        'proef_line{richting="in"}',
        'proef_line{richting="uit"}',
    ]


def test_state_timeline_merges_equal_states(page: Page) -> None:
    pieces = panel(page, 15).locator(".state-row").first.locator(".piece")
    assert pieces.all_inner_texts() == ["goed", "neer", "goed"]
    assert color(pieces.nth(1)) == RED
    assert panel(page, 15).locator(".state-row").nth(1).get_attribute("aria-label") == "poort 2: goed"
    assert panel(page, 15).locator(".legend li").all_inner_texts() == ["goed", "neer"]


def test_status_history_has_a_block_a_step(page: Page) -> None:
    blocks = panel(page, 16).locator(".state-row").first.locator(".piece")
    colours = [color(blocks.nth(i)) for i in range(blocks.count())]
    assert len(colours) == 36
    assert colours.count(RED) == 6


def test_table_organizes_renames_formats_sorts_and_links(page: Page) -> None:
    assert panel(page, 21).locator("th").all_inner_texts() == ["Grootte", "Schijf", "gemeente"]
    assert rows(page, 21) == [["3.0 GiB", "a", "zandbeke"], ["1.5 KiB", "b", "oosthove"]]
    assert panel(page, 21).locator("td a").first.get_attribute("href") == "/d/ander?var-schijf=a"
    assert panel(page, 21).locator("th").first.get_attribute("aria-sort") == "descending"


def test_tables_of_two_queries_merge_by_their_labels(page: Page) -> None:
    found = {row[1]: row[2:] for row in rows(page, 22)}
    assert found == {"oosthove": ["1536", "1"], "zandbeke": [str(3 * 1024**3), "1"]}


def test_labels_with_html_and_quotes_stay_text(page: Page) -> None:
    assert [row[2] for row in rows(page, 23)] == ["\"quotes\" & 'more'", NASTY]
    assert page.locator("main img").count() == 0
    assert page.title() == "Proef · Regiowacht"


def test_a_refused_query_says_what_prometheus_says(page: Page) -> None:
    assert state(page, 24) == "error"
    assert body(page, 24).startswith("Prometheus weigert de vraag:")
    assert "parse error" in body(page, 24)


def test_half_an_answer_is_drawn_and_says_what_is_missing(page: Page) -> None:
    assert state(page, 25) == "ok"
    assert panel(page, 25).locator(".body").get_attribute("data-series") == "2"
    assert panel(page, 25).locator(".mark").inner_text().startswith("Onvolledig:")


def test_times_on_the_axis_are_local(page: Page) -> None:
    texts = chart(page, 12, "u.axes[0]._values")
    assert "08:30" in texts


def test_panels_do_not_overlap(page: Page) -> None:
    boxes = page.locator(".panel:visible").evaluate_all(
        "all => all.map(one => { const r = one.getBoundingClientRect(); return [r.left, r.top, r.right, r.bottom]; })"
    )
    for i, a in enumerate(boxes):
        for b in boxes[i + 1 :]:
            assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
