"""Readable in light and in dark, on a desk and on a telephone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import pytest

from tests.dashboards.preview.history import START
from tests.dashboards.preview.screen import SPAN, loaded, opened

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from regiowacht_dashboards.preview import Preview

pytestmark = [pytest.mark.ui, pytest.mark.tools]

FAINT = """() => {
  const rgb = css => (css.match(/[\\d.]+/g) ?? []).map(Number);
  const linear = v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  const light = rgb => rgb.slice(0, 3).map(v => linear(v / 255))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = node => {
    for (let at = node; at; at = at.parentElement) {
      const own = rgb(getComputedStyle(at).backgroundColor);
      if (own.length === 3 || own[3] === 1) return own;
    }
    return [255, 255, 255];
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const faint = [];
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || !node.checkVisibility() || node.closest("option, .skip")) continue;
    const style = getComputedStyle(node);
    const [a, b] = [light(rgb(style.color)), light(ground(node))].sort((x, y) => y - x);
    const size = parseFloat(style.fontSize);
    const least = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 600) ? 3 : 4.5;
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < least) faint.push([walker.currentNode.textContent.trim(), ratio.toFixed(2)]);
  }
  return faint;
}"""
"""Texts with less contrast than WCAG 2.2 AA asks: 4.5, or 3 where they are large."""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_every_text_has_the_contrast_of_wcag_aa(
    browser: Browser, preview: Preview, scheme: Literal["light", "dark"], width: int
) -> None:
    size = {"width": width, "height": 900}
    with opened(browser, f"{preview.url}/d/proef?{SPAN}", color_scheme=scheme, viewport=size) as page:
        loaded(page)
        assert page.evaluate(FAINT) == []


def test_nothing_sticks_out_on_a_telephone(browser: Browser, preview: Preview) -> None:
    size = {"width": 390, "height": 844}
    with opened(browser, f"{preview.url}/d/proef?{SPAN}", viewport=size) as page:
        loaded(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_drawing_moves_no_panel(browser: Browser, preview: Preview) -> None:
    with opened(browser, f"{preview.url}/d/proef?{SPAN}") as page:
        loaded(page)
        shift = page.evaluate(
            """() => new Promise(done => {
              let sum = 0;
              const seen = new PerformanceObserver(list => { for (const one of list.getEntries()) sum += one.value; });
              seen.observe({ type: "layout-shift", buffered: true });
              setTimeout(() => done(sum), 100);
            })"""
        )
        assert shift < 0.1


def test_on_a_telephone_a_table_shows_its_first_columns_whole(browser: Browser, preview: Preview) -> None:
    size = {"width": 390, "height": 844}
    with opened(browser, f"{preview.url}/d/proef?{SPAN}", viewport=size) as page:
        loaded(page)
        cells = page.locator('.panel[data-id="21"] tbody tr').first.locator("td")
        for number in range(2):
            cell = cells.nth(number)
            box = cell.bounding_box()
            assert box is not None
            assert box["x"] + box["width"] <= size["width"]
            assert cell.evaluate("node => node.scrollWidth <= node.clientWidth")


def test_a_state_too_narrow_for_its_word_shows_none_of_it(browser: Browser, preview: Preview) -> None:
    with opened(browser, f"{preview.url}/d/proef?{SPAN}") as page:
        loaded(page)
        pieces = page.locator('.panel[data-id="15"] .piece')
        assert pieces.filter(has_text="goed").count() > 0
    narrow = f"from={START * 1000}&to={(START + 100 * 3600) * 1000}&refresh="  # of which the past fills three hours
    with opened(browser, f"{preview.url}/d/proef?{narrow}") as page:
        loaded(page)
        pieces = page.locator('.panel[data-id="15"] .piece')
        assert pieces.count() > 0
        assert "".join(pieces.all_inner_texts()) == ""


COVERED = """panel => {
  const box = panel.querySelector(".scroll");
  box.style.flex = "none";
  box.style.height = "70px";
  const [axis, name] = [".state-axis", ".state-name"].map(one => panel.querySelector(one).getBoundingClientRect());
  const found = document.elementFromPoint(name.left + 2, axis.top + axis.height / 2);
  return [found.className, box.scrollHeight > box.clientHeight];
}"""
"""What lies at the height of the times and left of them, when there are more rows than fit, and whether there are."""


def test_names_of_states_go_under_the_times(browser: Browser, preview: Preview) -> None:
    with opened(browser, f"{preview.url}/d/proef?{SPAN}") as page:
        loaded(page)
        timeline = page.locator('.panel[data-id="15"]')
        timeline.scroll_into_view_if_needed()
        assert timeline.evaluate(COVERED) == ["state-axis", True]
