"""A window into the lab: a port on this machine's loopback that leads to a port inside a host."""

from __future__ import annotations

import contextlib
import selectors
import socket
import socketserver
import threading
from typing import TYPE_CHECKING

from tests.lab.namespaces import network_of

if TYPE_CHECKING:
    from collections.abc import Iterator

LOOPBACK = "127.0.0.1"
PIECE_BYTES = 65_536
LOOK_EVERY_S = 0.1
STUCK_S = 60.0


@contextlib.contextmanager
def window(pid: int, port: int) -> Iterator[str]:
    """Lead connections on a free port of 127.0.0.1 to 127.0.0.1:``port`` in the network of ``pid``.

    Yields:
        ``http://127.0.0.1:FREE``, until the block ends.
    """
    with _Window(pid, port) as server:
        thread = threading.Thread(target=server.serve_forever, args=(LOOK_EVERY_S,), name="window")
        thread.start()
        try:
            yield f"http://{LOOPBACK}:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
            server.is_over.set()


class _Window(socketserver.ThreadingTCPServer):
    """Has a thread for each connection; closing waits for them."""

    request_queue_size = 100

    def __init__(self, pid: int, port: int) -> None:
        super().__init__((LOOPBACK, 0), _Connection)
        self.pid, self.port = pid, port
        self.is_over = threading.Event()

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a connection that broke off: whoever it belonged to sees it."""


class _Connection(socketserver.BaseRequestHandler):
    server: _Window

    def handle(self) -> None:
        """Lead both ways until both have said all."""
        # A socket stays in the network it was made in.
        with network_of(self.server.pid):
            inside = socket.socket()
        with inside, selectors.DefaultSelector() as waiting:
            inside.settimeout(STUCK_S)
            self.request.settimeout(STUCK_S)
            inside.connect((LOOPBACK, self.server.port))
            waiting.register(self.request, selectors.EVENT_READ, inside)
            waiting.register(inside, selectors.EVENT_READ, self.request)
            while waiting.get_map() and not self.server.is_over.is_set():
                for key, _ in waiting.select(LOOK_EVERY_S):
                    self._lead(waiting, key)

    def _lead(self, waiting: selectors.BaseSelector, key: selectors.SelectorKey) -> None:
        source, other = key.fileobj, key.data
        assert isinstance(source, socket.socket)
        piece = source.recv(PIECE_BYTES)
        if piece:
            other.sendall(piece)
        else:
            waiting.unregister(source)
            with contextlib.suppress(OSError):
                other.shutdown(socket.SHUT_WR)
