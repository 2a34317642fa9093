"""One connection: uvicorn's HTTP/1.1 over httptools, with a deadline for everything that a client may draw out.

uvicorn bounds the pause between two requests alone: who connects and says nothing, sends a head byte by byte or a body
that never ends, is held for ever. Here every state has its deadline; ``Server`` looks at them every second.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

if TYPE_CHECKING:
    import asyncio
    import socket

    from uvicorn.config import Config
    from uvicorn.server import ServerState

    from regiowacht_collector.gateway.connections import Connections
    from regiowacht_collector.gateway.limits import Limits

NEVER = float("inf")


class Connection(HttpToolsProtocol):
    """A connection from its accepting on, its TLS handshake included.

    Requests sent before the answer to the one before them ("pipelined") are not read: no client of remote write does
    so, and each would be a body that is held.

    Attributes:
        address: where it comes from.
        deadline: when it is closed unless it gets on, by ``time.monotonic``.
    """

    def __init__(
        self,
        accepted: socket.socket,
        address: str,
        connections: Connections,
        limits: Limits,
        config: Config,
        state: ServerState,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        super().__init__(config, state, {}, loop)
        self.address = address
        self._accepted = accepted
        self._all = connections
        self._limits = limits
        self._is_made = False
        self._is_new = True
        self._in_head = True
        self._head_bytes = 0
        self._body_until = NEVER
        self._is_deaf = False
        self.deadline = time.monotonic() + limits.header_s

    def is_half_open(self) -> bool:
        """Tell whether no whole head has come yet."""
        return self._is_new

    def drop(self) -> None:
        """Close it at once, in a handshake too."""
        if self._is_made:
            self.transport.abort()
        else:
            self._accepted.close()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin with the head of a first request."""
        super().connection_made(transport)
        self._is_made = True
        self.deadline = time.monotonic() + self._limits.header_s

    def connection_lost(self, exc: Exception | None) -> None:
        """Give its place to another."""
        self._all.release(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on; a head that has become too long ends it."""
        if self._is_deaf:
            return
        super().data_received(data)
        if self._in_head:
            self._head_bytes += len(data)
            if self._head_bytes > self._limits.header_bytes:
                self._say_goodbye(b"431 Request Header Fields Too Large")

    def on_message_begin(self) -> None:
        """Begin a head, within its own time."""
        if not self._is_new and not self.cycle.response_complete:
            self._is_deaf = True
            self.cycle.keep_alive = False
            return
        super().on_message_begin()
        self._in_head, self._head_bytes = True, 0
        self.deadline = time.monotonic() + self._limits.header_s

    def on_url(self, url: bytes) -> None:
        """Take a part of the request line."""
        if not self._is_deaf:
            self._head_bytes += len(url)
            super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header field."""
        if not self._is_deaf:
            self._head_bytes += len(name) + len(value)
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Start the request, unless its head was too long."""
        if self._is_deaf:
            return
        if self._head_bytes > self._limits.header_bytes:
            self._say_goodbye(b"431 Request Header Fields Too Large")
            return
        self._in_head = self._is_new = False
        self._body_until = time.monotonic() + self._limits.header_s + self._body_seconds()
        self._await_body()
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Take a part of the body; the next has its own time."""
        if not self._is_deaf:
            self._await_body()
            super().on_body(body)

    def on_message_complete(self) -> None:
        """Leave it to the application, which has time-outs of its own."""
        if not self._is_deaf:
            self.deadline = time.monotonic() + self._limits.answer_s
            if self.cycle.response_complete:
                self._rest()
            super().on_message_complete()

    def on_response_complete(self) -> None:
        """Wait for the next request."""
        super().on_response_complete()
        if not self.cycle.more_body:
            self._rest()

    def expire(self) -> None:
        """Close it: its time is over."""
        if self._is_made and self._in_head and self._head_bytes:
            self._say_goodbye(b"408 Request Timeout")
        else:
            self.drop()

    def _body_seconds(self) -> float:
        """Return how long the body may take on the whole; one without a length, as long as the largest."""
        told = next((value for name, value in self.headers if name == b"content-length"), b"")
        size = min(int(told), self._limits.body_bytes) if told.isdigit() else self._limits.body_bytes
        return size / self._limits.body_bytes_a_second

    def _await_body(self) -> None:
        self.deadline = min(time.monotonic() + self._limits.body_idle_s, self._body_until)

    def _rest(self) -> None:
        self.deadline = time.monotonic() + self._limits.idle_s

    def _say_goodbye(self, status: bytes) -> None:
        """Answer without the application, and close."""
        self._is_deaf = True
        self.deadline = time.monotonic() + 1
        if not self.transport.is_closing():
            self.transport.write(b"HTTP/1.1 " + status + b"\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
            self.transport.close()
