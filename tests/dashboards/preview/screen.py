"""What these tests look at on the page."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from tests.dashboards.preview.history import END, START

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Locator, Page

PATIENCE_MS = 30_000
SPAN = f"from={START * 1000}&to={END * 1000}&refresh="


@contextmanager
def opened(browser: Browser, url: str, **looks: Any) -> Iterator[Page]:
    """Open a page in a fresh profile; a script error on it fails the test."""
    context = browser.new_context(
        **{
            "viewport": {"width": 1440, "height": 900},
            "locale": "nl-BE",
            "timezone_id": "Europe/Brussels",
            "color_scheme": "light",
            **looks,
        }
    )
    context.set_default_timeout(PATIENCE_MS)
    mistakes: list[str] = []
    page = context.new_page()
    page.on("pageerror", lambda error: mistakes.append(str(error)))
    page.on("console", lambda line: mistakes.append(line.text) if "Content Security" in line.text else None)
    try:
        page.goto(url)
        yield page
        assert mistakes == []
    finally:
        context.close()


def loaded(page: Page) -> Page:
    """Wait until every panel has asked and drawn once."""
    page.wait_for_selector("#panels[data-loaded]")
    return page


def panel(page: Page, number: int) -> Locator:
    return page.locator(f'.panel[data-id="{number}"]')


def state(page: Page, number: int) -> str | None:
    return panel(page, number).get_attribute("data-state")


def body(page: Page, number: int) -> str:
    """Return the visible text of a panel's body, white space made one blank."""
    return " ".join(panel(page, number).locator(".body").inner_text().split())


def rows(page: Page, number: int) -> list[list[str]]:
    """Return the cells of a table panel, without the heading."""
    found: list[list[str]] = (
        panel(page, number)
        .locator("tbody tr")
        .evaluate_all("rows => rows.map(row => [...row.cells].map(cell => cell.innerText.trim()))")
    )
    return found


def hex_color(css: str) -> str:
    """Return ``rgb(1, 2, 3)`` as ``#010203``."""
    return "#" + "".join(f"{int(part):02x}" for part in re.findall(r"\d+", css)[:3])


def color(where: Locator, name: str = "background-color") -> str:
    """Return a computed colour of an element as ``#rrggbb``."""
    css = where.evaluate("(node, name) => getComputedStyle(node).getPropertyValue(name)", name)
    return hex_color(str(css))
