"""What the state of every asset costs the engine, for growing regions, on a real Prometheus.

No peer keeps a state of everything declared, so there is no ratio; the figures stand beside the number of assets.
Every asset is a server; a page of the benchmark's own tells `up` of each, nine in ten of
them 1. Everything runs every 15 s.

Usage: python -m tests.benchmarks.state_rules [SECONDS] [ASSETS ...]; default 90 seconds each for 4,000 and 20,000.
"""

from __future__ import annotations

import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from regiowacht_collector import Options, Settings, running_collector
from regiowacht_collector.client import Client
from regiowacht_inventory import Region, load

if TYPE_CHECKING:
    from collections.abc import Iterator

CLOCK_TICKS = 100
WARM_UP_S = 45
GEMEENTEN = 20


def write_region(folder: Path, assets: int) -> Region:
    """Write and load a region of servers alone, spread over the gemeenten."""
    (folder / "gemeenten").mkdir(parents=True)
    (folder / "region.yml").write_text("name: Meetregio\nregio: meet\n", encoding="utf-8")
    for number in range(GEMEENTEN):
        head = (
            f"gemeente: g{number}\nid: {number + 1}\nname: G{number}\ncountry: BE\ncode: '{44000 + number}'\n"
            "sites: {huis: {address: Markt 1}}\nservers:\n"
        )
        rows = "".join(
            f"  - {{name: s{row}, site: huis, address: 10.{number}.{row // 250}.{row % 250 + 1}, os: linux}}\n"
            for row in range(assets // GEMEENTEN)
        )
        (folder / "gemeenten" / f"g{number}.yml").write_text(head + rows, encoding="utf-8")
    return load(folder)


def page_of(region: Region) -> bytes:
    """Return `up` of every asset as an exposition: nine in ten are up."""
    lines = [
        "up{" + ",".join(f'{k}="{v}"' for k, v in asset.target_labels.items()) + f"}} {int(index % 10 != 0)}"
        for index, asset in enumerate(region.assets)
    ]
    return ("\n".join(lines) + "\n").encode()


@contextmanager
def served(page: bytes) -> Iterator[str]:
    """Serve one page on loopback, and yield its ``host:port``."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, *_: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def measure(assets: int, seconds: int) -> None:
    """Run one region for a while and print its row."""
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        region = write_region(home / "region", assets)
        settings = Settings(data=home / "data", port=0)
        options = Options(exporter_port=0, only=[])
        with served(page_of(region)) as address, running_collector(region, settings, options) as collector:
            client = Client(collector.url)
            add_targets(home / "data" / "config" / "prometheus.yml", address, collector.url.removeprefix("http://"))
            client.reload()
            time.sleep(WARM_UP_S)
            before_s = cpu_s(collector.pid())
            time.sleep(seconds)
            used = (cpu_s(collector.pid()) - before_s) / seconds
            print(f"{len(region.assets):>7,} assets: {row(client)}, {used:.2f} core, {rss_mb(collector.pid()):.0f} MB")


def add_targets(config: Path, page: str, engine: str) -> None:
    """Have the engine scrape the page, its labels as they are, and itself."""
    told = yaml.safe_load(config.read_text(encoding="utf-8"))
    for job, target in (("up", page), ("measured", engine)):
        told["scrape_configs"].append(
            {"job_name": job, "honor_labels": True, "static_configs": [{"targets": [target]}]}
        )
    config.write_text(yaml.safe_dump(told), encoding="utf-8")


def row(client: Client) -> str:
    """Return what the engine tells of its rules."""
    took = {
        labels["rule_group"].rpartition(";")[2]: value
        for labels, value in client.query("prometheus_rule_group_last_duration_seconds")
    }
    seen = client.query("count(regiowacht:asset_state < 2)")[0][1]
    missed = client.query("sum(prometheus_rule_group_iterations_missed_total)")[0][1]
    groups = " ".join(f"{group}={value:.2f}s" for group, value in sorted(took.items()))
    return f"{seen:,.0f} seen, {groups}, {missed:.0f} missed"


def cpu_s(pid: int | None) -> float:
    """Return user and system time of a process, from /proc/PID/stat."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / CLOCK_TICKS


def rss_mb(pid: int | None) -> float:
    """Return the resident memory of a process in MB, from /proc/PID/status."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


if __name__ == "__main__":
    words = [int(word) for word in sys.argv[1:]]
    for number in words[1:] or (4_000, 20_000):
        measure(number, words[0] if words else 90)
