"""Measures the preview: ``python -m tests.benchmarks.preview``.

Prints the gzipped weight of what a browser loads, and for each generated dashboard the time to first paint and to the
last panel drawn, at the median of several cold loads.
"""

from __future__ import annotations

import gzip
import statistics
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

from regiowacht_dashboards.preview import Source, serve, vendor
from regiowacht_dashboards.preview.library import Library
from regiowacht_dashboards.preview.pages import open_pages
from regiowacht_dashboards.preview.sources import Sources
from tests.conftest import FLAGS
from tests.dashboards.preview.engine import prometheus, write_past
from tests.dashboards.preview.screen import SPAN
from tests.parts import need

if TYPE_CHECKING:
    from playwright.sync_api import Browser

GENERATED = Path(__file__).parents[2] / "dashboards" / "generated" / "nl"
SERVER = "&var-gemeente=zandbeke&var-instance=srv-files"
BOARDS = {"rw-regio": "", "rw-server": SERVER}
LOADS = 7
PAINT = "performance.getEntriesByName('first-contentful-paint')[0].startTime"


def weight() -> tuple[int, int]:
    """Return the gzipped bytes of the page's own files and of uPlot's."""
    sources = Sources([Source("http://127.0.0.1:1")], 1)
    assets = open_pages(Library(GENERATED, "nl"), vendor.find(), sources).assets
    loaded = {path: asset.content for path, asset in assets.items() if path.endswith((".js", ".css", ".svg"))}
    sizes = {path: len(gzip.compress(content, 9)) for path, content in loaded.items()}
    theirs = sum(size for path, size in sizes.items() if "/vendor/" in path)
    return sum(sizes.values()) - theirs, theirs


def load(browser: Browser, url: str) -> tuple[float, float]:
    """Return milliseconds to first paint and to all panels, in a fresh profile."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    try:
        page = context.new_page()
        page.add_init_script(
            "new MutationObserver((_, seen) => { if (document.querySelector('#panels')?.dataset.loaded) {"
            " window.drawn = performance.now(); seen.disconnect(); } })"
            ".observe(document, {subtree: true, childList: true, attributes: true});"
        )
        page.goto(url)
        page.wait_for_function("() => window.drawn")
        paint, drawn = page.evaluate(f"[{PAINT}, window.drawn]")
        return float(paint), float(drawn)
    finally:
        context.close()


def main() -> None:
    """Print the table of docs/explanation/preview.md."""
    own, theirs = weight()
    print(f"gzipped: page {own / 1000:.1f} kB, uPlot {theirs / 1000:.1f} kB, together {(own + theirs) / 1000:.1f} kB")
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        folder = Path(scratch)
        browser = playwright.chromium.launch(executable_path=need("chromium"), args=list(FLAGS))
        with prometheus(write_past(folder), folder) as engine, serve(GENERATED, engine.url, 0) as preview:
            for uid, more in BOARDS.items():
                times = [load(browser, f"{preview.url}/d/{uid}?{SPAN}{more}") for _ in range(LOADS)]
                paint, drawn = (statistics.median(column) for column in zip(*times, strict=True))
                print(f"{uid}: first paint {paint:.0f} ms, all panels {drawn:.0f} ms (median of {LOADS})")
        browser.close()


if __name__ == "__main__":
    main()
