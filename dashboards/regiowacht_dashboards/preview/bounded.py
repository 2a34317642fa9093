"""A threading HTTP server that keeps few connections, none of them for ever."""

from __future__ import annotations

import logging
import socket
import sys
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

log = logging.getLogger(__name__)

CONNECTIONS_MAX = 64
IDLE_S = 15.0
REQUEST_S = 90.0
FULL = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\nRetry-After: 1\r\n\r\n"


class BoundedServer(ThreadingHTTPServer):
    """One thread a connection, up to ``CONNECTIONS_MAX``; the next one is told 503.

    A connection may be silent for ``IDLE_S``, and one request may take ``REQUEST_S`` from first to last byte, however
    slowly it is dripped.
    """

    daemon_threads = False
    block_on_close = True
    request_queue_size = CONNECTIONS_MAX

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        self._deadlines: dict[Any, float] = {}
        self._lock = threading.Lock()
        super().__init__(address, handler)

    def server_bind(self) -> None:
        """Bind without asking the resolver for this machine's name, which may take seconds offline."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]

    def process_request(self, request: Any, client_address: Any) -> None:
        """Hand the connection to a thread, or refuse it."""
        with self._lock:
            is_full = len(self._deadlines) >= CONNECTIONS_MAX
            if not is_full:
                self._deadlines[request] = time.monotonic() + REQUEST_S
        if is_full:
            with suppress(OSError):
                request.settimeout(1)
                request.sendall(FULL)
            super().shutdown_request(request)
        else:
            super().process_request(request, client_address)

    def begin(self, request: Any) -> None:
        """Give the next request of a connection its own time."""
        with self._lock:
            if request in self._deadlines:
                self._deadlines[request] = time.monotonic() + REQUEST_S

    def shutdown_request(self, request: Any) -> None:
        """Close a connection and forget it."""
        with self._lock:
            self._deadlines.pop(request, None)
        super().shutdown_request(request)

    def service_actions(self) -> None:
        """Cut the connections whose time is up; called by serve_forever twice a second."""
        self._cut(time.monotonic())

    def close(self) -> None:
        """End every connection, then the threads and the listening socket."""
        self.shutdown()
        self._cut(float("inf"))
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep a peer that went away out of the log; anything else is a mistake of ours."""
        if isinstance(sys.exc_info()[1], OSError):
            log.debug("event=connection_ended peer=%s", client_address)
        else:
            log.error("event=request_failed peer=%s", client_address, exc_info=sys.exc_info())

    def _cut(self, now: float) -> None:
        with self._lock:
            for request, deadline in self._deadlines.items():
                if deadline <= now:
                    with suppress(OSError):
                        request.shutdown(socket.SHUT_RDWR)
