"""Where Alertmanager hands on: a page on loopback behind a path that only it is told.

Alertmanager keeps a connection for each receiver and may deliver to many at once, and a delivery waits for the other
side; so a thread a connection, with a bound on how many.
"""

from __future__ import annotations

import json
import secrets
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from regiowacht_collector.alerts.notify.notice import LARGEST_BYTES, NoNotice, parse
from regiowacht_collector.alerts.notify.notifier import UnknownReceiver
from regiowacht_collector.alerts.notify.ways import Never, NotNow

if TYPE_CHECKING:
    from regiowacht_collector.alerts.notify.notifier import Notifier

CONNECTIONS = 128
SILENT_FOR_S = 60


class NotifierServer:
    """Serves a notifier from threads of its own until closed.

    Attributes:
        url: what Alertmanager is told; holds a secret, so that no other program on this machine has mails sent.
    """

    def __init__(self, notifier: Notifier, port: int = 0) -> None:
        secret = secrets.token_urlsafe(24)
        self._server = _Server(notifier, f"/{secret}/notify/", port)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/{secret}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop listening; deliveries under way are finished, and told to Alertmanager."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, notifier: Notifier, path: str, port: int) -> None:
        self.notifier = notifier
        self.path = path
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
    protocol_version = "HTTP/1.1"
    server_version = "regiowacht"
    sys_version = ""

    def do_POST(self) -> None:
        """Deliver what is posted to ``/SECRET/notify/RECEIVER``."""
        path = self.server.path
        if not secrets.compare_digest(self.path[: len(path)].encode(), path.encode()):
            self.close_connection = True  # nothing of what others post is read
            self._answer(404, "nothing is here")
            return
        body = self._body()
        if body is None:
            return
        try:
            self.server.notifier.deliver(unquote(self.path[len(path) :]), parse(json.loads(body)))
        except (NoNotice, ValueError) as error:
            self._answer(400, f"no notice of Alertmanager's: {error}")
        except UnknownReceiver as error:
            self._answer(400, f"the region knows no receiver {error}")
        except Never as error:
            self._answer(400, str(error))
        except NotNow as error:
            self._answer(503, str(error))
        else:
            self._answer(200, "told")

    def _body(self) -> bytes | None:
        """Return the body, or None where it was refused already."""
        length = self.headers.get("Content-Length", "")
        is_number = length.isascii() and length.isdigit()
        if not is_number or int(length) > LARGEST_BYTES:
            self.close_connection = True
            self._answer(413 if is_number else 411, "too large, or of no length")
            return None
        return self.rfile.read(int(length))

    def _answer(self, status: int, words: str) -> None:
        body = words.encode() + b"\n"
        self.send_response(status)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Keep no access log: its path is a secret."""
