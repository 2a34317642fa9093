"""A real target, and waiting for what a real engine says."""

from __future__ import annotations

import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from regiowacht_collector import Options, Settings, running_collector
from regiowacht_collector.client import Client
from regiowacht_contract.errors import Unreachable
from tests.parts import need

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from regiowacht_collector import RunningCollector
    from regiowacht_inventory import Region

WITHIN_S = 60.0

_EXPORTER = r"""
import http.server, sys
PAGE = sys.argv[1].encode()
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.end_headers()
        self.wfile.write(PAGE)
    def log_message(self, *args): pass
server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
"""


@contextmanager
def exporter(page: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Serve ``page`` from a process of its own; yields its address and the process, to be killed."""
    command = [sys.executable, "-c", _EXPORTER, page]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield f"127.0.0.1:{int(process.stdout.readline())}", process
        finally:
            process.kill()


def until(condition: Callable[[], bool], collector: RunningCollector | None = None, within_s: float = WITHIN_S) -> None:
    """Wait for a condition, looking after the collector meanwhile; fail when it does not come true in time."""
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, "it did not come true in time"
        if collector is not None:
            collector.check()
        time.sleep(0.05)


@contextmanager
def collecting(
    region: Region,
    data: Path,
    addresses: Mapping[tuple[str, str], str] | None = None,
    engine: Path | None = None,
    carried: tuple[str, ...] = (),
) -> Iterator[RunningCollector]:
    """Run a collector at one second, that scrapes just ``addresses``, and the pages of ``carried`` series."""
    found = engine or need("prometheus")
    options = Options(
        scrape_interval_s=1,
        devices_interval_s=1,
        rule_interval_s=1,
        exporter_port=0,
        addresses=addresses or {},
        only=frozenset(addresses or {}),
        carried=carried,
    )
    settings = Settings(data=data, port=0, engine=type(data)(found), restarts=False)
    with running_collector(region, settings, options) as collector:
        yield collector


def values(collector: RunningCollector, expr: str) -> dict[str, float]:
    """Return value by ``instance`` (or ``""``) of an instant query; nothing while the engine is away."""
    try:
        return {labels.get("instance", ""): value for labels, value in Client(collector.url).query(expr)}
    except Unreachable:
        return {}
