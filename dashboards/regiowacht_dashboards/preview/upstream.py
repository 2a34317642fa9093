"""Asks Prometheus on behalf of the page, for reading and nothing else.

Source: Prometheus HTTP API v1. Only the calls in ``ALLOWED`` go through, each to one configured address.
"""

from __future__ import annotations

import http.client
import json
import re
import socket
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Self
from urllib.parse import urlsplit

from regiowacht_contract.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ALLOWED = re.compile(r"/api/v1/(query|query_range|labels|series|label/[a-zA-Z_][a-zA-Z0-9_]*/values)")
ANSWER_BYTES_MAX = 32_000_000
TIMEOUT_S = 30.0
CHUNK_BYTES = 1 << 16
REDIRECTS = range(300, 400)

Trouble = Literal["unreachable", "timeout", "incomplete", "large", "bad-answer"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back to the page: an HTTP status and a JSON body."""

    status: int
    body: bytes

    @classmethod
    def trouble(cls, kind: Trouble, status: int) -> Self:
        """Say in Prometheus' own error shape that there is no answer, and why."""
        shape = {"status": "error", "errorType": f"preview-{kind}", "error": kind}
        return cls(status, json.dumps(shape).encode())


@dataclass(slots=True)
class Upstream:
    """One Prometheus behind the preview.

    Attributes:
        url: ``http(s)://HOST[:PORT][/PREFIX]``.
        timeout_s: for a whole call, from connecting to the last byte.
    """

    url: str
    timeout_s: float = TIMEOUT_S
    _live: set[socket.socket] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.refuse_bad(self.url)

    @staticmethod
    def refuse_bad(url: str) -> None:
        """Refuse an address that is none, or that carries a password (it would show in the process list).

        Raises:
            UsageError: says what an address looks like.
        """
        try:
            parts = urlsplit(url)
            is_right = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
        except ValueError:
            is_right = False
        if not is_right or "@" in url:
            raise UsageError("preview.bad-url", url="…" if "@" in url else url)

    def ask(self, method: str, target: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Forward one allowed call and return the answer, or what went wrong as an answer.

        Args:
            method: GET or POST.
            target: path and query; the path has matched ``ALLOWED``.
            body: of a POST.
            headers: what to send along.
        """
        deadline = time.monotonic() + self.timeout_s
        connection = self._connection()
        try:
            connection.connect()
            with self._cut_at(deadline, connection.sock):
                return self._exchange(connection, method, target, body, headers)
        except TimeoutError:
            return Answer.trouble("timeout", 504)
        except http.client.IncompleteRead:
            return Answer.trouble("incomplete", 502)
        except http.client.HTTPException:
            return Answer.trouble("bad-answer", 502)
        except OSError:
            return Answer.trouble("unreachable", 502)
        finally:
            connection.close()

    def close(self) -> None:
        """End every call under way."""
        with self._lock:
            for sock in self._live:
                _cut(sock)

    @contextmanager
    def _cut_at(self, deadline: float, sock: socket.socket) -> Iterator[None]:
        """End whatever the block does with ``sock`` when its time is up, however slowly the other side drips.

        Raises:
            TimeoutError: the time was up before the block ended.
        """
        late = threading.Event()

        def cut() -> None:
            late.set()
            _cut(sock)

        timer = threading.Timer(max(0.0, deadline - time.monotonic()), cut)
        with self._lock:
            self._live.add(sock)
        timer.start()
        try:
            yield
        except (OSError, http.client.HTTPException):
            if late.is_set():
                raise TimeoutError from None
            raise
        finally:
            timer.cancel()
            timer.join()
            with self._lock:
                self._live.discard(sock)
        if late.is_set():
            raise TimeoutError

    def _connection(self) -> http.client.HTTPConnection:
        parts = urlsplit(self.url)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        return kind(str(parts.hostname), parts.port, timeout=self.timeout_s)

    def _exchange(
        self, connection: http.client.HTTPConnection, method: str, target: str, body: bytes, headers: Mapping[str, str]
    ) -> Answer:
        prefix = urlsplit(self.url).path.rstrip("/")
        connection.request(method, prefix + target, body or None, {**headers, "Accept": "application/json"})
        response = connection.getresponse()
        if response.status in REDIRECTS or "json" not in response.headers.get_content_type():
            return Answer.trouble("bad-answer", 502)
        parts: list[bytes] = []
        size = 0
        while chunk := response.read1(CHUNK_BYTES):
            parts.append(chunk)
            size += len(chunk)
            if size > ANSWER_BYTES_MAX:
                return Answer.trouble("large", 502)
        if response.length:  # a body shorter than its Content-Length ends the loop without an error
            return Answer.trouble("incomplete", 502)
        return Answer(response.status, b"".join(parts))


def _cut(sock: socket.socket) -> None:
    """End both directions; the plain socket's own shutdown, since TLS would first want to say goodbye."""
    with suppress(OSError):
        socket.socket.shutdown(sock, socket.SHUT_RDWR)
