"""Stands between a client and Pebble, which has no rate limits, and answers some of its questions itself."""

from __future__ import annotations

import json
import ssl
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import httpx

from tests.agent.certificates import CERT, KEY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.collector.gateway.acme.authority import Authority

ORDER = "/order-plz"
PROBLEM = {
    "type": "urn:ietf:params:acme:error:rateLimited",
    "detail": "too many certificates (5) already issued for this exact set of identifiers",
}


class _Between(BaseHTTPRequestHandler):
    """Hands on, but for what its server answers itself."""

    server: _Server

    def do_GET(self) -> None:
        self._hand_on()

    def do_HEAD(self) -> None:
        self._hand_on()

    def do_POST(self) -> None:
        self._hand_on()

    def _hand_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path in self.server.answers:
            return self._answer(*self.server.answers[self.path])
        headers = {name: self.headers[name] for name in ("Host", "Content-Type", "Accept") if name in self.headers}
        found = httpx.request(self.command, self.server.behind + self.path, content=body, headers=headers, verify=False)
        return self._answer(found.status_code, dict(found.headers), found.content)

    def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            if name.lower() not in {"content-length", "transfer-encoding", "connection"}:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        del format, args


class _Server(ThreadingHTTPServer):
    behind: str
    answers: dict[str, tuple[int, dict[str, str], bytes]]


@contextmanager
def between(at: Authority, answers: dict[str, tuple[int, dict[str, str], bytes]]) -> Iterator[str]:
    """Yield the directory's URL of a server with the same certificate that answers these paths itself."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(at.ca.parent / CERT, at.ca.parent / KEY)
    with _Server(("127.0.0.1", 0), _Between) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        server.behind, server.answers = at.directory.removesuffix("/dir"), answers
        thread = threading.Thread(target=server.serve_forever, args=(0.1,))
        thread.start()
        try:
            yield f"https://127.0.0.1:{server.server_port}/dir"
        finally:
            server.shutdown()
            thread.join()


def limit(retry_after: str) -> dict[str, tuple[int, dict[str, str], bytes]]:
    """Return the answer to an order of an authority that gives no more for now (RFC 8555, section 6.6)."""
    headers = {"Content-Type": "application/problem+json", "Retry-After": retry_after}
    return {ORDER: (429, headers, json.dumps(PROBLEM).encode())}
