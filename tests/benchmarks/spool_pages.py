"""Pages of a server under a declared load, recorded from the agent, for what keeps or sends them."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
import threading
import time
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing import get_context
from typing import TYPE_CHECKING

from regiowacht_collector.ports import free_port
from tests.benchmarks.scraped import running

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

LOAD = "5 of 15 s of one processor compress, 4 MB are written and synced each 2 s, 20 requests a second over loopback"
CYCLE_S, BUSY_S = 15.0, 5.0
WRITE_EVERY_S, WRITE_BYTES = 2.0, 4_000_000
REQUESTS_S = 20.0


def record(folder: Path, every_s: float, count: int) -> None:
    """Record so many pages of an agent of this machine, which is under the declared load meanwhile."""
    port = free_port()
    command = [sys.executable, "-m", "regiowacht", "agent", "run", "--listen", f"127.0.0.1:{port}"]
    folder.mkdir(parents=True, exist_ok=True)
    with running([*command, "--exit-with-parent"], port) as agent, _load(port):
        due = time.monotonic()
        for at in range(count):
            (folder / f"{at:05}").write_bytes(agent.scrape())
            due += every_s
            time.sleep(max(0.0, due - time.monotonic()))


def recorded(folder: Path) -> list[str]:
    """Return the pages that were recorded, in order."""
    return [path.read_text(encoding="utf-8") for path in sorted(folder.iterdir())]


class Pages:
    """Serves pages to one scraper, the next one at each scrape, and the last one from then on.

    Args:
        pages: what to serve.

    Attributes:
        served: how many were.
        port: where it listens.
    """

    def __init__(self, pages: Sequence[str]) -> None:
        self._pages = [page.encode() for page in pages]
        self.served = 0
        pages_of = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = pages_of.next()
                self.send_response(200)
                self.send_header("Content-Type", "text/plain; version=0.0.4")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]

    def next(self) -> bytes:
        """Return the page that comes next."""
        at = min(self.served, len(self._pages) - 1)
        self.served += 1
        return self._pages[at]

    @contextlib.contextmanager
    def serving(self) -> Iterator[None]:
        """Serve until the block ends."""
        thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._server.shutdown()
            self._server.server_close()


@contextlib.contextmanager
def _load(port: int) -> Iterator[None]:
    context = get_context("spawn")
    workers = [context.Process(target=one, args=(port,), daemon=True) for one in (_compress, _write, _ask)]
    for worker in workers:
        worker.start()
    try:
        yield
    finally:
        for worker in workers:
            worker.terminate()
            worker.join()


def _compress(_port: int) -> None:
    content = os.urandom(100_000) * 10
    while True:
        until = time.monotonic() + BUSY_S
        while time.monotonic() < until:
            zlib.compress(content)
        time.sleep(CYCLE_S - BUSY_S)


def _write(_port: int) -> None:
    with tempfile.NamedTemporaryFile() as file:
        while True:
            file.seek(0)
            file.write(os.urandom(WRITE_BYTES))
            file.flush()
            os.fsync(file.fileno())
            time.sleep(WRITE_EVERY_S)


def _ask(port: int) -> None:
    import urllib.request  # noqa: PLC0415 - in this process alone

    while True:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/-/healthy") as answer:
            answer.read()
        time.sleep(1 / REQUESTS_S)
