"""Measures the preview beside Grafana's own components: ``python -m tests.benchmarks.preview``.

Prints the gzipped weight of what a browser loads, and the time to first paint and to the last panel drawn, at the best
and the median of several cold loads: of generated dashboards, and of one of twelve panels that the preview and a page
of ``@grafana/ui`` draw in turn (``tests/benchmarks/grafana_ui``), so that load on the machine weighs on both. That page
knows no variables, overrides, links or time picker; it does less than the preview.
"""

from __future__ import annotations

import gzip
import json
import os
import statistics
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

from regiowacht_dashboards.preview import Source, serve, vendor
from regiowacht_dashboards.preview.library import Library
from regiowacht_dashboards.preview.pages import open_pages
from regiowacht_dashboards.preview.sources import Sources
from tests.benchmarks import grafana_ui
from tests.benchmarks.grafana_ui.board import board
from tests.conftest import FLAGS
from tests.dashboards.preview.engine import prometheus, write_past
from tests.dashboards.preview.screen import SPAN
from tests.parts import need

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.dashboards.preview.engine import Engine

GENERATED = Path(__file__).parents[2] / "dashboards" / "generated" / "nl"
SERVER = "&var-gemeente=zandbeke&var-instance=srv-files"
BOARDS = {"rw-regio": "", "rw-server": SERVER}
LOADS = 7
OURS_DRAWN = "document.querySelector('#panels')?.dataset.loaded"
PEER_DRAWN = "document.documentElement?.dataset.drawn"
Load = tuple[float, float, float]
PAINT = "performance.getEntriesByName('first-contentful-paint')[0].startTime"


def weight() -> tuple[int, int]:
    """Return the gzipped bytes of the page's own files and of uPlot's."""
    sources = Sources([Source("http://127.0.0.1:1")], 1)
    assets = open_pages(Library(GENERATED, "nl"), vendor.find(), sources).assets
    loaded = {path: asset.content for path, asset in assets.items() if path.endswith((".js", ".css", ".svg"))}
    sizes = {path: len(gzip.compress(content, 9)) for path, content in loaded.items()}
    theirs = sum(size for path, size in sizes.items() if "/vendor/" in path)
    return sum(sizes.values()) - theirs, theirs


def load(browser: Browser, url: str, drawn: str) -> Load:
    """Return milliseconds to first paint and to all panels (when ``drawn`` holds), in a fresh profile.

    The third is the processor time of the page's main thread until then, which load on the machine changes less.
    """
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    try:
        page = context.new_page()
        session = context.new_cdp_session(page)
        session.send("Performance.enable", {"timeDomain": "threadTicks"})
        page.add_init_script(
            f"new MutationObserver((_, seen) => {{ if ({drawn}) {{"
            " window.drawn = performance.now(); seen.disconnect(); } })"
            ".observe(document, {subtree: true, childList: true, attributes: true});"
        )
        page.goto(url)
        page.wait_for_function("() => window.drawn")
        paint, all_drawn = page.evaluate(f"[{PAINT}, window.drawn]")
        metrics = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
        return float(paint), float(all_drawn), metrics["TaskDuration"] * 1000
    finally:
        context.close()


def told(name: str, times: list[Load]) -> Load:
    """Print the best and the median of a page's loads; return the best."""
    columns = list(zip(*times, strict=True))
    best, middle = [min(column) for column in columns], [statistics.median(column) for column in columns]
    words = ("first paint", "all panels", "CPU of its thread")
    parts = (f"{word} {low:.0f} ms (median {mid:.0f})" for word, low, mid in zip(words, best, middle, strict=True))
    print(f"{name}: {', '.join(parts)}, best of {len(times)}; load {os.getloadavg()[0]:.1f}", flush=True)
    return best[0], best[1], best[2]


def beside(browser: Browser, folder: Path, engine: Engine) -> None:
    """Print what the same twelve panels take in the preview and with Grafana's own components."""
    twelve = board()
    (folder / "twelve").mkdir()
    (folder / "twelve" / "twelve.json").write_text(json.dumps(twelve), encoding="utf-8")
    ours, theirs = [], []
    with (
        serve(folder / "twelve", engine.url, 0) as preview,
        grafana_ui.served(twelve, engine.url) as (peer, loaded),
    ):
        for _ in range(LOADS):
            ours.append(load(browser, f"{preview.url}/d/twelve?{SPAN}", OURS_DRAWN))
            theirs.append(load(browser, f"{peer}/?{SPAN}", PEER_DRAWN))
    best, peers = told("twelve panels, the preview", ours), told("twelve panels, @grafana/ui 13.2.3", theirs)
    paint, drawn, cpu = (own / peer for own, peer in zip(best, peers, strict=True))
    print(f"ours / theirs: first paint {paint:.2f}, all panels {drawn:.2f}, CPU {cpu:.2f}")
    print(f"@grafana/ui, gzipped: {grafana_ui.weight(loaded) / 1000:.0f} kB in {len(loaded)} files")


def main() -> None:
    """Print the figures of docs/explanation/preview.md."""
    own, theirs = weight()
    print(f"gzipped: page {own / 1000:.1f} kB, uPlot {theirs / 1000:.1f} kB, together {(own + theirs) / 1000:.1f} kB")
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        folder = Path(scratch)
        browser = playwright.chromium.launch(executable_path=need("chromium"), args=list(FLAGS))
        print(f"Chromium {browser.version}")
        with prometheus(write_past(folder), folder) as engine, serve(GENERATED, engine.url, 0) as preview:
            beside(browser, folder, engine)
            for uid, more in BOARDS.items():
                url = f"{preview.url}/d/{uid}?{SPAN}{more}"
                told(uid, [load(browser, url, OURS_DRAWN) for _ in range(LOADS)])
        browser.close()


if __name__ == "__main__":
    main()
