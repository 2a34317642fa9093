"""Takes the pictures of the documentation from a running demo, so that they show what a reader will see.

Usage: ``python docs/screenshots.py [SECONDS]``; the demo measures this machine that long before the pictures are taken.
The region is the made-up one, which has a past from the start.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from playwright.sync_api import sync_playwright

from tests.conftest import FLAGS
from tests.flow.demo_process import running_demo
from tests.parts import need

IMAGES = Path(__file__).resolve().parent / "images"
HERE = "var-gemeente=zandbeke&var-site=stadhuis&var-instance=srv-files"
DESK, WALL = (1440, 1000), (1920, 1080)
PICTURES = (
    ("regio-overzicht.png", "rw-regio?var-datasource=voorbeeldgegevens", "light", DESK),
    ("server.png", f"rw-server?{HERE}&from=now-5m&to=now", "dark", DESK),
    ("lijnen.png", "rw-wan?var-datasource=voorbeeldgegevens", "dark", DESK),
    ("noc.png", "rw-noc?var-datasource=voorbeeldgegevens", "dark", WALL),
    ("piramide.png", "rw-piramide?var-datasource=voorbeeldgegevens", "light", DESK),
    ("capaciteit.png", "rw-capaciteit?var-datasource=voorbeeldgegevens", "light", DESK),
)


def main(seconds: int) -> None:
    """Run the demo and write every picture."""
    with sync_playwright() as playwright, running_demo(["--lang", "nl"]) as demo:
        demo.example()
        time.sleep(seconds)
        browser = playwright.chromium.launch(executable_path=need("chromium"), args=list(FLAGS))
        for name, path, scheme, (width, height) in PICTURES:
            context = browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme="dark" if scheme == "dark" else "light",
                locale="nl-BE",
                timezone_id="Europe/Brussels",
            )
            page = context.new_page()
            page.goto(f"{demo.url('dashboards')}/d/{path}")
            page.wait_for_selector("#panels[data-loaded]")
            page.screenshot(path=IMAGES / name)
            context.close()
            print(f"docs/images/{name}")
        browser.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300)
