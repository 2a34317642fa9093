"""The agent's HTTP server in a thread of its own, with a client's side to try it with."""

from __future__ import annotations

import contextlib
import os
import socket
import ssl
import threading
import time
from typing import TYPE_CHECKING

from regiowacht_agent.http.listen import open_listener
from regiowacht_agent.http.message import Request, Response, plain
from regiowacht_agent.http.server import HttpServer
from regiowacht_agent.http.tls import Tls
from tests.agent.certificates import write_pair

if TYPE_CHECKING:
    from pathlib import Path

    from regiowacht_agent.http.connection import Limits

DEADLINE_S = 20.0
BIG = os.urandom(16_000_000)
GET = b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"
GET_ONE = b"GET /metrics HTTP/1.0\r\n\r\n"


def answer(request: Request) -> Response:
    """Answer /metrics with a series and /big with more than any buffer holds."""
    bodies = {"/metrics": b"up 1\n", "/big": BIG}
    return Response(200, bodies[request.path]) if request.path in bodies else plain(404)


class RunningServer:
    """A server that turns in a thread of its own until told to stop.

    Args:
        limits: its bounds.
        address: where it listens.
        folder: where a certificate and its key are written that it then answers with; None: without TLS.
    """

    def __init__(self, limits: Limits, address: str = "127.0.0.1:0", folder: Path | None = None) -> None:
        self.cert: Path | None = None
        tls = None
        if folder is not None:
            self.cert, key = write_pair(folder)
            tls = Tls(str(self.cert), str(key))
        self.server = HttpServer([open_listener(address)], answer, limits, tls=tls)
        self.host, self.port = self.server.addresses[0]
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        while not self._stop.is_set():
            self.server.turn(0.02)

    def plain(self) -> socket.socket:
        """Return a connection on which nothing was said yet."""
        return socket.create_connection((self.host, self.port), timeout=DEADLINE_S)

    def client(self, **how: ssl.TLSVersion) -> ssl.SSLContext:
        """Return what a client checks the certificate with; ``how`` sets what it takes."""
        context = ssl.create_default_context(cafile=str(self.cert))
        for name, value in how.items():
            setattr(context, name, value)
        return context

    def connect(self, context: ssl.SSLContext | None = None) -> socket.socket:
        """Return a connection that a request can be sent on."""
        if self.cert is None:
            return self.plain()
        return (context or self.client()).wrap_socket(self.plain(), server_hostname=self.host)

    def talk(self, data: bytes) -> bytes:
        """Send bytes and return everything until the server closes."""
        with self.connect() as sock:
            sock.sendall(data)
            return rest(sock)

    def wait_closed(self, reason: str, count: int = 1) -> None:
        """Wait until the server has let so many connections go for that reason."""
        deadline = time.monotonic() + DEADLINE_S
        while self.server.closed[reason] < count:
            assert time.monotonic() < deadline, self.server.closed
            time.sleep(0.02)

    def end(self) -> None:
        """Stop it."""
        self._stop.set()
        self._thread.join(DEADLINE_S)
        self.server.close()


def rest(sock: socket.socket) -> bytes:
    """Return what comes until the other side closes."""
    with contextlib.suppress(ConnectionResetError):
        return b"".join(iter(lambda: sock.recv(65536), b""))
    return b""
