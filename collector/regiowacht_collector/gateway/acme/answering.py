"""Answers the authority's question of HTTP-01 (RFC 8555, section 8.3) while an order runs."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from socketserver import TCPServer, ThreadingMixIn
from typing import TYPE_CHECKING

from regiowacht_collector.gateway.listening import listen

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator, Mapping

WELL_KNOWN = "/.well-known/acme-challenge/"
AT_ONCE = 32
ANSWER_WITHIN_S = 10.0


class _Listener(ThreadingMixIn, TCPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, listening: socket.socket, answers: Mapping[str, str]) -> None:
        super().__init__(listening.getsockname(), _Answer, bind_and_activate=False)
        self.socket.close()
        self.socket = listening
        self.answers = answers
        self._places = threading.BoundedSemaphore(AT_ONCE)

    def process_request(self, request: socket.socket | tuple[bytes, socket.socket], client_address: object) -> None:
        """Answer in a thread of its own, where there is a place for one more."""
        if self._places.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(
        self, request: socket.socket | tuple[bytes, socket.socket], client_address: object
    ) -> None:
        """Answer, and free the place."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._places.release()

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of strangers who hang up or are too slow: anybody can reach this port."""
        del request, client_address


class _Answer(BaseHTTPRequestHandler):
    timeout = ANSWER_WITHIN_S
    server: _Listener

    def do_GET(self) -> None:
        answer = (
            self.server.answers.get(self.path.removeprefix(WELL_KNOWN)) if self.path.startswith(WELL_KNOWN) else None
        )
        body = (answer or "").encode()
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", "application/octet-stream")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def version_string(self) -> str:
        return "regiowacht"

    def log_message(self, format: str, *args: object) -> None:
        del format, args


@contextmanager
def answering(address: tuple[str, int], answers: Mapping[str, str]) -> Iterator[None]:
    """Answer with ``answers`` (by token) for as long as the block lasts.

    Raises:
        PortTaken: another process listens there.
        Unavailable: this user may not listen there, or this machine has no such address.
    """
    listening = listen(*address)
    listening.setblocking(True)
    with _Listener(listening, answers) as listener:
        thread = threading.Thread(target=listener.serve_forever, args=(0.1,), name="acme-http", daemon=True)
        thread.start()
        try:
            yield
        finally:
            listener.shutdown()
            thread.join()
