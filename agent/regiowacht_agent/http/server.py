"""Serves HTTP in one thread over selectors, with a bound on connections that a scraper always gets through."""

from __future__ import annotations

import selectors
import socket
import time
from collections import Counter

from regiowacht_agent.http.connection import Connection, Gone, Limits
from regiowacht_contract.light import suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from regiowacht_agent.http.message import Request, Response
    from regiowacht_agent.http.tls import Tls

DRAIN_BYTES = 65_536
ACCEPTS_A_TURN = 16
"""Connections taken from the kernel before those that are open are looked at again."""


class HttpServer:
    """Answers requests on listening sockets; every call of ``turn`` does what there is to do and returns.

    When the bound on connections is reached, the one that has been idle or half-open for longest makes room, so that
    any number of silent clients cannot keep a scraper out.

    Args:
        listeners: listening sockets; the server makes them non-blocking and closes them in the end.
        answer: turns a request into a response; what it takes, all clients wait for.
        limits: bounds.
        clock: monotonic seconds.
        tls: certificate and key; None serves plain HTTP. Another one holds for connections from then on.
    """

    def __init__(
        self,
        listeners: Iterable[socket.socket],
        answer: Callable[[Request], Response],
        limits: Limits | None = None,
        clock: Callable[[], float] = time.monotonic,
        tls: Tls | None = None,
    ) -> None:
        self.tls = tls
        self.limits = limits or Limits()
        self.codes: Counter[int] = Counter()
        self.closed: Counter[str] = Counter()
        self._answer = answer
        self._clock = clock
        self._selector = selectors.DefaultSelector()
        self._connections: dict[int, Connection] = {}
        self._listeners: tuple[socket.socket, ...] = ()
        self.listen_on(listeners)

    def listen_on(self, listeners: Iterable[socket.socket]) -> None:
        """Take these listening sockets in place of the ones there were."""
        old, self._listeners = self._listeners, tuple(listeners)
        for listener in old:
            self._selector.unregister(listener)
            listener.close()
        for listener in self._listeners:
            listener.setblocking(False)
            self._selector.register(listener, selectors.EVENT_READ, None)

    @property
    def addresses(self) -> tuple[tuple[str, int], ...]:
        """Host and port of every listening socket."""
        return tuple(listener.getsockname()[:2] for listener in self._listeners)

    @property
    def open_connections(self) -> int:
        """Connections that are open now."""
        return len(self._connections)

    def watch(self, sock: socket.socket) -> None:
        """Return from ``turn`` when that socket can be read, and empty it: how a signal wakes the server."""
        self._selector.register(sock, selectors.EVENT_READ, sock)

    def turn(self, wait_s: float) -> None:
        """Wait for something to do, at most ``wait_s`` seconds or until a client's time is up, and do it."""
        if self.tls is not None:
            self.tls.look()
        deadlines = [connection.deadline for connection in self._connections.values()]
        until = min(deadlines, default=float("inf")) - self._clock()
        ready = self._selector.select(max(0.0, min(wait_s, until)))
        now = self._clock()
        accepting: list[socket.socket] = []
        for key, mask in ready:
            if isinstance(key.data, Connection):
                self._serve(key.data, mask)
            elif key.data is None:
                accepting.append(key.fileobj)  # type: ignore[arg-type]
            else:
                key.data.recv(4096)
        for listener in accepting:
            self._accept(listener)
        self._expire(now)

    def close(self) -> None:
        """Close every connection and every listening socket."""
        for connection in list(self._connections.values()):
            self._drop(connection)
        self.listen_on(())
        self._selector.close()

    def _accept(self, listener: socket.socket) -> None:
        for _ in range(ACCEPTS_A_TURN):
            try:
                sock, _ = listener.accept()
            except (BlockingIOError, ConnectionError):
                return
            except OSError:  # no descriptors or no memory left: one fewer connection, then the next turn tries again
                self._make_room()
                return
            sock.setblocking(False)
            if len(self._connections) >= self.limits.connections_max:
                self._make_room()
            try:
                stream = sock if self.tls is None else self.tls.wrap(sock)
            except OSError:
                continue
            connection = Connection(stream, self._answer, self.limits, self._clock())
            self._connections[stream.fileno()] = connection
            self._selector.register(stream, selectors.EVENT_READ, connection)
            self._serve(connection, selectors.EVENT_READ)

    def _make_room(self) -> None:
        """Close the connection that has done nothing for longest; one that is being answered only if all are."""
        waiting = [one for one in self._connections.values() if one.state != "write"]
        oldest = min(waiting or self._connections.values(), key=lambda one: one.opened, default=None)
        if oldest is not None:
            self.closed["full"] += 1
            self._drop(oldest)

    def _serve(self, connection: Connection, mask: int) -> None:
        now = self._clock()
        try:
            if mask & selectors.EVENT_WRITE:
                connection.on_writable(now)
            if mask & selectors.EVENT_READ:
                connection.on_readable(now)
        except Gone:
            if connection.handshake_failed:
                self.closed["handshake"] += 1
            self._drop(connection)
            return
        events = (selectors.EVENT_WRITE if connection.wants_write else 0) | (
            selectors.EVENT_READ if connection.takes_more else 0
        )
        self._selector.modify(connection.sock, events or selectors.EVENT_WRITE, connection)
        self._count(connection)

    def _count(self, connection: Connection) -> None:
        if connection.codes:
            for code in connection.codes:
                self.codes[code] += 1
            connection.codes.clear()

    def _expire(self, now: float) -> None:
        """Let go of clients whose time was up at ``now``, before the answers of this turn took any."""
        for connection in [one for one in self._connections.values() if one.deadline <= now]:
            self.closed[connection.on_timeout()] += 1
            self._drop(connection)

    def _drop(self, connection: Connection) -> None:
        self._count(connection)
        del self._connections[connection.sock.fileno()]
        self._selector.unregister(connection.sock)
        with suppress(OSError):  # the client was first
            connection.sock.shutdown(socket.SHUT_WR)
            connection.sock.recv(DRAIN_BYTES)  # closing with unread bytes would take back the answer just sent
        connection.sock.close()
