"""Posts bodies to the collector over one connection that stays open, directly or through a proxy.

Source: RFC 9112 (HTTP/1.1), RFC 9110 section 9.3.6 (CONNECT).
"""

from __future__ import annotations

import socket
import threading
import time

from regiowacht_agent.polls.http_get import Wire, read_reply
from regiowacht_agent.polls.names import resolve
from regiowacht_agent.polls.network import Deadline, connect
from regiowacht_agent.polls.outcome import Failed
from regiowacht_contract.light import suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from regiowacht_agent.polls.http_get import Reply
    from regiowacht_agent.polls.url import Url
    from regiowacht_agent.push.receiver import Receiver
    from regiowacht_agent.push.secure import Secure

REPLY_MAX_BYTES = 4096
"""Of what is said when something is refused; the rest is the same again."""

CONNECT_S = 10.0
IDLE_MAX_S = 100.0
"""A connection that nobody used for longer may have been forgotten on the way, in silence: a new one is sure."""

USER_TIMEOUT = getattr(socket, "TCP_USER_TIMEOUT", None)


class Stopped(Exception):
    """The agent stops: nobody waits for an answer any more."""


class Line:
    """A connection to the collector, made when it is needed, and again when it broke.

    Args:
        receiver: who is at the other end.
        fields: header fields of every body, beside the receiver's.
        monotonic: seconds that never jump.

    Attributes:
        opened: how many connections were made.
        timeout_s: what a body and its answer may take.
    """

    def __init__(
        self,
        receiver: Receiver,
        fields: Mapping[str, str] | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._receiver = receiver
        self.timeout_s = receiver.timeout_s
        self._fields = fields or {}
        self._monotonic = monotonic
        self._secure: Secure | None = None
        self._sock: socket.socket | None = None
        self._wire: Wire | None = None
        self._used = 0.0
        self._is_stopped = False
        self._lock = threading.Lock()
        self.opened = 0

    def post(self, body: bytes) -> Reply:
        """Send a body and return the answer to it.

        A connection that the other side closed since the last time is made anew, once: it had sent no word of an
        answer, and a body that arrives twice is the same samples again.

        Raises:
            Failed: it could not be reached, did not answer in time, or what it says is no HTTP.
            Stopped: ``stop`` was called meanwhile.
        """
        deadline = Deadline(self._receiver.timeout_s, self._monotonic)
        head = self._head(len(body))
        if self._sock is not None and self._monotonic() - self._used > IDLE_MAX_S:
            self.close()
        was_open = self._sock is not None
        try:
            try:
                return self._exchange(head, body, deadline)
            except _Closed as closed:
                self.close()
                if not was_open:
                    raise Failed(closed.reason, closed.detail) from None
                return self._exchange(head, body, deadline)
        except Failed:
            self.close()
            if self._is_stopped:
                raise Stopped from None
            raise

    def stop(self) -> None:
        """Let go of the connection, and of whoever waits for an answer over it; called by another thread."""
        self._is_stopped = True
        with self._lock:
            if self._sock is not None:
                with suppress(OSError):
                    socket.socket.shutdown(self._sock, socket.SHUT_RDWR)

    def close(self) -> None:
        """Close the connection; the next body makes another."""
        with self._lock:
            sock, self._sock, self._wire = self._sock, None, None
        if sock is not None:
            sock.close()

    def _exchange(self, head: bytes, body: bytes, deadline: Deadline) -> Reply:
        wire = self._opened(deadline)
        wire.renew(deadline)
        try:
            wire.send(head + body)
            wire.fill()
        except Failed as failed:
            if failed.reason == "timeout":
                raise
            raise _Closed(failed.reason, failed.detail) from None
        if wire.is_over:
            raise _Closed("protocol", "it closed the connection without an answer")
        reply = read_reply(wire, REPLY_MAX_BYTES)
        self._used = self._monotonic()
        if _is_last(reply, wire):
            self.close()
        return reply

    def _opened(self, deadline: Deadline) -> Wire:
        if self._wire is None:
            sock = self._connected(Deadline(min(CONNECT_S, deadline.left()), self._monotonic))
            with self._lock:
                self._sock, self._wire = sock, Wire(sock, deadline)
                if self._is_stopped:
                    raise Failed("timeout", "the agent is stopping")
            self.opened += 1
        return self._wire

    def _connected(self, deadline: Deadline) -> socket.socket:
        """Return a connection to the collector, or to a proxy that hands everything on to it.

        Raises:
            Failed: there is none to be had.
        """
        receiver = self._receiver
        first = receiver.proxy or receiver.url
        sock, _ = connect(resolve(first.host, deadline), first.port, deadline)
        try:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if USER_TIMEOUT is not None:
                sock.setsockopt(socket.IPPROTO_TCP, USER_TIMEOUT, int(receiver.timeout_s * 1000))
            if receiver.is_secure and receiver.proxy is not None:
                _tunnel(sock, receiver.url, receiver.proxy_fields(), deadline)
        except BaseException:
            sock.close()
            raise
        return self._secured(sock, deadline) if receiver.is_secure else sock

    def _secured(self, sock: socket.socket, deadline: Deadline) -> socket.socket:
        if self._secure is None:
            from regiowacht_agent.push.secure import Secure  # noqa: PLC0415 - ssl takes megabytes

            self._secure = Secure(self._receiver.ca)
        return self._secure(sock, self._receiver.url.host, deadline)

    def _head(self, size: int) -> bytes:
        receiver = self._receiver
        told = {"Host": receiver.url.authority, "Content-Length": str(size), **receiver.fields(), **self._fields}
        target = receiver.url.target
        if receiver.proxy is not None and not receiver.is_secure:
            target = str(receiver.url)
            told |= receiver.proxy_fields()
        return _head("POST", target, told)


class ProxyRefused(Failed):
    """The proxy on the way does not let through."""

    def __init__(self, detail: str) -> None:
        super().__init__("unreachable", detail)


class _Closed(Failed):
    """The other side had closed the connection before it answered anything."""


def _tunnel(sock: socket.socket, url: Url, fields: Mapping[str, str], deadline: Deadline) -> None:
    """Have a proxy hand everything on to the collector.

    Raises:
        Failed: it does not.
        ProxyRefused: it says so.
    """
    where = f"[{url.host}]:{url.port}" if ":" in url.host else f"{url.host}:{url.port}"
    wire = Wire(sock, deadline)
    wire.send(_head("CONNECT", where, {"Host": where, **fields}))
    first = wire.line()
    while wire.line():
        pass
    if not first.startswith((b"HTTP/1.1 2", b"HTTP/1.0 2")):
        raise ProxyRefused(f"the proxy says {first.partition(b' ')[2][:80].decode('latin-1')!r}")


def _head(method: str, target: str, fields: Mapping[str, str]) -> bytes:
    rows = (f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items()), "", "")
    return "\r\n".join(rows).encode("latin-1")


def _is_last(reply: Reply, wire: Wire) -> bool:
    """Return whether nothing can be sent over a connection after that answer: it said so, or its end is not known."""
    is_bounded = "content-length" in reply.fields or reply.code == 204
    says = reply.fields.get("connection", "").lower()
    return reply.version == "1.0" or "close" in says or not is_bounded or reply.is_cut or wire.has_more or wire.is_over
