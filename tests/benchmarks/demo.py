"""How long from `regiowacht demo` to live numbers in a browser, once everything is set up.

No peer does this from one command on one machine; the figures are seconds on the wall, read beside the load of the
machine. Goal of the first issue: live numbers within 10 seconds from the second run on.

Usage: python tests/benchmarks/demo.py [RUNS]
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from playwright.sync_api import sync_playwright

from tests.conftest import FLAGS
from tests.flow.demo_process import running_demo
from tests.parts import need

HERE = "var-gemeente=zandbeke&var-site=stadhuis&var-instance=srv-files&from=now-5m&to=now&refresh=5s"


def main(runs: int) -> None:
    """Print one row a run and the median."""
    rows = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=need("chromium"), args=list(FLAGS))
        for number in range(1, runs + 1):
            began = time.monotonic()
            with running_demo() as demo:
                lines_s = time.monotonic() - began
                page = browser.new_page(viewport={"width": 1440, "height": 900})
                page.goto(f"{demo.url('dashboards')}/d/rw-server?{HERE}")
                page.locator('.panel[data-type="timeseries"] canvas').first.wait_for()
                numbers_s = time.monotonic() - began
                page.close()
            rows.append((lines_s, numbers_s))
            print(f"run {number}: both lines after {lines_s:.1f} s, a live graph after {numbers_s:.1f} s")
        browser.close()
    lines, numbers = (statistics.median(column) for column in zip(*rows, strict=True))
    print(f"median of {runs}: {lines:.1f} s, {numbers:.1f} s (load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores)")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
