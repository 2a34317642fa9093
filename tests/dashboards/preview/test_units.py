"""Numbers as Grafana shows them, case by case, in the browser's own JavaScript."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.dashboards.preview.screen import opened

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from regiowacht_dashboards.preview import Preview

pytestmark = [pytest.mark.ui, pytest.mark.tools]

CASES: list[dict[str, Any]] = tomllib.loads((Path(__file__).parent / "units.toml").read_text("utf-8"))["cases"]
IMPORT = """async ([name, call, cases]) => {
  const base = document.querySelector('script[type="module"]').src.replace(/[^/]+$/, "");
  const found = await import(base + name);
  return cases.map(one => found[call](...one));
}"""


def run(page: Page, module: str, function: str, cases: list[list[Any]]) -> list[Any]:
    """Call one function of the page's modules for each case."""
    answers: list[Any] = page.evaluate(IMPORT, [module, function, cases])
    return answers


def test_there_are_enough_cases() -> None:
    assert len(CASES) >= 150
    assert len({(one["unit"], one["value"], one.get("decimals")) for one in CASES}) == len(CASES)


def test_every_unit_shows_as_in_grafana(browser: Browser, preview: Preview) -> None:
    with opened(browser, preview.url) as page:
        asked = [[one["unit"], one["value"], one.get("decimals")] for one in CASES]
        shown = run(page, "units.js", "formatText", asked)
    wrong = [(one, text) for one, text in zip(CASES, shown, strict=True) if one["text"] != text]
    assert wrong == []


def test_dates_follow_zone_and_language(browser: Browser, preview: Preview) -> None:
    now = 1_772_445_600_000
    dutch = {"lang": "nl", "timeZone": "Europe/Brussels", "now": now}
    english = {**dutch, "lang": "en"}
    asked = [
        ["dateTimeAsIso", now, None, dutch],
        ["dateTimeFromNow", now - 3 * 3_600_000, None, dutch],
        ["dateTimeFromNow", now + 50 * 86_400_000, None, english],
        ["dateTimeFromNow", now - 400, None, english],
        ["locale", 12345.6, None, dutch],
        ["locale", 12345.6, None, english],
    ]
    with opened(browser, preview.url) as page:
        shown = run(page, "units.js", "formatText", asked)
    assert shown == ["2026-03-02 11:00:00", "3 uur geleden", "in 2 months", "now", "12.345,6", "12,345.6"]


def test_spans_and_steps(browser: Browser, preview: Preview) -> None:
    hour = 3_600_000
    with opened(browser, preview.url) as page:
        assert run(page, "time.js", "spanMs", [["5m"], ["1h"], ["250ms"], ["x"]]) == [300_000, hour, 250, 0]
        assert run(page, "time.js", "spanText", [[90_000], [7_200_000], [250]]) == ["90s", "2h", "250ms"]
        steps = run(
            page, "time.js", "interval", [[3 * hour, 1000, 15_000], [720 * hour, 600, 15_000], [hour, 9e9, 1000]]
        )
        assert steps == [15_000, 7_200_000, 1000]
        moments = run(page, "time.js", "moment", [["now-6h", 10 * hour], ["1234", 0], ["now", 5]])
        assert moments == [4 * hour, 1234, 5]
