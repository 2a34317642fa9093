"""Engines for the gateway's tests: a real Prometheus, and one that answers what a test tells it."""

from __future__ import annotations

import http.server
import socket
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from regiowacht_collector import Settings
from regiowacht_collector.client import Client
from regiowacht_collector.command import engine_command
from regiowacht_collector.process import EngineProcess
from tests.collector.live import until
from tests.parts import need_engine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from regiowacht_collector.engine import Engine

CONFIG = "global: {scrape_interval: 1h}\nstorage: {tsdb: {out_of_order_time_window: %s}}\n"

Answer = tuple[int, str, dict[str, str]]
"""Status, body, headers."""


class RealEngine:
    """A Prometheus that a test may kill and start again on the same storage and port.

    Attributes:
        url: where it takes writes.
        client: asks it.
    """

    def __init__(self, folder: Path, engine: Engine | None = None, window: str = "1d") -> None:
        self._engine = engine or need_engine()
        self._folder = folder
        folder.mkdir(exist_ok=True)
        self._config = folder / "prometheus.yml"
        self._config.write_text(CONFIG % window)
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = free.getsockname()[1]
        base = f"http://127.0.0.1:{self._port}"
        self.url = f"{base}/api/v1/write"
        self.client = Client(base)
        self._process: EngineProcess | None = None

    def start(self) -> None:
        settings = Settings(data=self._folder)
        command = engine_command(self._engine, settings, self._config, self._folder / "storage", self._port)
        self._process = EngineProcess(command)
        until(self.client.is_ready, within_s=120)

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def wait(self) -> None:
        """Wait until it has ended, and free what it held."""
        assert self._process is not None
        until(lambda: self._process is not None and self._process.poll() is not None)
        self._process.stop()

    def stop(self) -> None:
        if self._process is not None:
            self._process.stop()

    def values(self, expr: str) -> dict[str, float]:
        """Return value by ``instance``."""
        return {labels.get("instance", ""): value for labels, value in self.client.query(expr)}


@contextmanager
def real_engine(folder: Path, engine: Engine | None = None, window: str = "1d") -> Iterator[RealEngine]:
    made = RealEngine(folder, engine, window)
    try:
        made.start()
        yield made
    finally:
        made.stop()


class FakeEngine:
    """Answers what it is told to.

    Attributes:
        url: where it takes writes.
        got: path, headers and body of each request.
        answer: makes the answer of a body.
        pause_s: seconds before it answers.
    """

    def __init__(self) -> None:
        self.got: list[tuple[str, dict[str, str], bytes]] = []
        self.answer: Callable[[bytes], Answer] = lambda _: (204, "", {})
        self.pause_s = 0.0
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 60

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.got.append((self.path, dict(self.headers), body))
                time.sleep(outer.pause_s)
                status, said, headers = outer.answer(body)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                if status != 204:
                    self.send_header("Content-Length", str(len(said)))
                self.end_headers()
                self.wfile.write(said.encode())

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/api/v1/write"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@contextmanager
def fake_engine() -> Iterator[FakeEngine]:
    made = FakeEngine()
    try:
        yield made
    finally:
        made.close()
