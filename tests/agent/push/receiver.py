"""A receiver of remote write for tests: stores what it is sent, and answers as the test says."""

from __future__ import annotations

import struct
import sys
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

from regiowacht_contract.wire.snappy import decompress
from regiowacht_contract.wire.varint import read_varint

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator

DEADLINE_S = 30.0
BODY_MAX_BYTES = 64 << 20

Series = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Sent:
    """One sample as it arrived; ``bits`` tell one NaN from another."""

    series: Series
    at_ms: int
    value: float
    bits: int

    @property
    def name(self) -> str:
        """The metric's name."""
        return dict(self.series)["__name__"]


@dataclass
class Answer:
    """What a write is answered."""

    code: int = 204
    body: bytes = b""
    fields: dict[str, str] = field(default_factory=dict)


@dataclass
class Write:
    """One write as it arrived."""

    fields: dict[str, str]
    samples: list[Sent]
    path: str
    body: bytes = b""


class Receiver:
    """An HTTP server on a free port of the loopback.

    Attributes:
        answer: decides about each write; what it answers 2xx is stored.
        stored: value by series and time.
        again: samples that were stored before.
        writes: every write, whatever became of it.
    """

    def __init__(self, port: int = 0, context: ssl.SSLContext | None = None) -> None:
        self.answer: Callable[[Write], Answer] = lambda _write: Answer()
        self.stored: dict[tuple[Series, int], float] = {}
        self.again = 0
        self.writes: list[Write] = []
        self._lock = threading.Lock()
        receiver = self

        class Handler(_Handler):
            owner = receiver

        self._server = _Server(("127.0.0.1", port), Handler)
        if context is not None:
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._scheme = "http" if context is None else "https"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        """What an agent is told."""
        return f"{self._scheme}://127.0.0.1:{self.port}"

    def take(self, write: Write) -> Answer:
        """Answer a write, and store it where the answer is that it is."""
        with self._lock:
            self.writes.append(write)
            answer = self.answer(write)
            if 200 <= answer.code < 300:
                for sample in write.samples:
                    self.again += (sample.series, sample.at_ms) in self.stored
                    self.stored[sample.series, sample.at_ms] = sample.value
            return answer

    def read(self, fields: dict[str, str], path: str, body: bytes) -> Write | None:
        """Return a write; None for one that cannot be read, which is answered 400: here that is a test's failure."""
        told = decompress(body, BODY_MAX_BYTES)
        return Write(fields, list(decoded(told)), path, told)

    def names(self) -> set[str]:
        """Return the names of the metrics that are stored."""
        with self._lock:
            return {dict(series)["__name__"] for series, _at_ms in self.stored}

    def of(self, name: str) -> dict[int, float]:
        """Return value by time of a metric."""
        with self._lock:
            return {at: value for (series, at), value in self.stored.items() if dict(series)["__name__"] == name}

    def close(self) -> None:
        """Stop listening, and let go of connections."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(DEADLINE_S)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of agents that are killed while they are answered."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)  # type: ignore[arg-type] # told on as it came


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    owner: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        fields = {name.lower(): value for name, value in self.headers.items()}
        write = self.owner.read(fields, self.path, body)
        answer = Answer(400) if write is None else self.owner.take(write)
        self.send_response(answer.code)
        for name, value in answer.fields.items():
            self.send_header(name, value)
        if answer.code != 204:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if answer.code != 204:
            self.wfile.write(answer.body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def decoded(body: bytes) -> Iterator[Sent]:
    """Yield the samples of a body of remote write."""
    for number, content in _fields(body):
        if number != 1:
            continue
        labels: list[tuple[str, str]] = []
        samples: list[tuple[int, int]] = []
        for part, inner in _fields(content):
            if part == 1:
                told = {at: _bytes(word).decode() for at, word in _fields(inner)}
                labels.append((told[1], told[2]))
            elif part == 2:
                values = dict(_fields(inner))
                samples.append((int.from_bytes(_bytes(values.get(1, bytes(8))), "little"), _number(values.get(2, 0))))
        for bits, at_ms in samples:
            (value,) = struct.unpack("<d", struct.pack("<Q", bits))
            yield Sent(tuple(labels), at_ms, value, bits)


def _fields(content: bytes | int) -> Iterator[tuple[int, bytes | int]]:
    told, at = _bytes(content), 0
    while at < len(told):
        tag, at = read_varint(told, at, len(told))
        kind = tag & 7
        if kind == 0:
            value, at = read_varint(told, at, len(told))
            yield tag >> 3, value
            continue
        size = 8
        if kind == 2:
            size, at = read_varint(told, at, len(told))
        else:
            assert kind == 1
        yield tag >> 3, told[at : at + size]
        at += size


def _bytes(content: bytes | int) -> bytes:
    assert isinstance(content, bytes)
    return content


def _number(content: bytes | int) -> int:
    assert isinstance(content, int)
    return content


def wait_for(is_so: Callable[[], bool], what: str, deadline_s: float = DEADLINE_S) -> None:
    """Wait until something is so."""
    until = time.monotonic() + deadline_s
    while not is_so():
        assert time.monotonic() < until, f"never: {what}"
        time.sleep(0.01)
