"""Exposes the collector's own page on loopback.

Only the engine on this machine reads it, and what it holds is no secret to someone who may open ports here. So a
thread a connection suffices, with three bounds: it closes after each answer, a client that says nothing for five
seconds is dropped, and above sixteen connections new ones are closed at once.
"""

from __future__ import annotations

import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self

from regiowacht_collector.ports import refuse_taken

if TYPE_CHECKING:
    from collections.abc import Callable

SILENT_FOR_S = 5
CONNECTIONS = 16
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Exporter:
    """Serves ``/metrics`` from a thread of its own until closed.

    Raises:
        PortTaken: another process listens on that port.
    """

    def __init__(self, port: int, page: Callable[[], bytes]) -> None:
        if port:
            refuse_taken(port)
        self._server = _Server(port, page)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        """Port it listens on."""
        return int(self._server.server_address[1])

    def close(self) -> None:
        """Stop listening and wait for the answers under way."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = False

    def __init__(self, port: int, page: Callable[[], bytes]) -> None:
        self.page = page
        self._slots = threading.BoundedSemaphore(CONNECTIONS)
        super().__init__(("127.0.0.1", port), _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        if not self._slots.acquire(blocking=False):
            self.shutdown_request(request)
            return
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._slots.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a client that goes away in the middle is its own affair."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = SILENT_FOR_S
    server_version = "regiowacht"
    sys_version = ""

    def do_GET(self) -> None:
        """Answer ``/metrics``; anything else is 404."""
        found = self.path.partition("?")[0] == "/metrics"
        body = self.server.page() if found else b"only /metrics is here\n"
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", CONTENT_TYPE)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Keep no access log: one line a scrape tells nobody anything."""
