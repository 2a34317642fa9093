"""One client's connection: what it sent, what it still gets, and until when it may take."""

from __future__ import annotations

from regiowacht_agent.http.message import BadRequest, Request, parse, plain, split_head, write
from regiowacht_contract.light import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    import socket
    from collections.abc import Callable
    from typing import Literal

    from regiowacht_agent.http.message import Response
    from regiowacht_agent.http.tls import TlsSocket

    State = Literal["handshake", "idle", "header", "write"]


READ_BYTES = 16_384
ANSWERS_A_TURN = 4
PIPELINED_BYTES = 65_536
"""What is taken in while an answer is under way: more than any head; the rest waits in the kernel."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of the server; seconds, bytes and connections. A TLS handshake has the time of a header."""

    connections_max: int = 32
    header_timeout_s: float = 5.0
    idle_timeout_s: float = 5.0
    write_timeout_s: float = 10.0
    header_max_bytes: int = 8192


class Gone(Exception):
    """The connection is at its end."""


class Connection:
    """One connection; nothing here ever waits.

    Args:
        sock: the non-blocking socket, or one with TLS whose handshake is still to come.
        answer: turns a request into a response.
        limits: bounds.
        now: monotonic seconds.
    """

    def __init__(
        self, sock: socket.socket | TlsSocket, answer: Callable[[Request], Response], limits: Limits, now: float
    ) -> None:
        self.sock = sock
        self.opened = now
        self.codes: list[int] = []
        self.handshake_failed = False
        self._answer = answer
        self._limits = limits
        self._received = bytearray()
        self._to_send = memoryview(b"")
        self._last = False
        self._at_end = False
        self.state: State = "idle"
        self.deadline = now + limits.idle_timeout_s
        if self._in_handshake:
            self._turn("handshake", now + limits.header_timeout_s)

    @property
    def wants_write(self) -> bool:
        """Whether an answer is under way, or a further request is in hand that waits for its turn."""
        return len(self._to_send) > 0 or self.state == "write"

    def on_readable(self, now: float) -> None:
        """Take in what has come and answer the requests that are complete.

        Raises:
            Gone: the client left, or the last answer is out.
        """
        try:
            data = self.sock.recv(READ_BYTES)
        except BlockingIOError:
            if self.state == "handshake" and not self._in_handshake:
                self._wait(now)
            return
        except OSError as error:
            self.handshake_failed = self._in_handshake and not isinstance(error, ConnectionError)
            raise Gone from error
        self._at_end = self._at_end or not data
        self._received += data
        self.go_on(now)

    def go_on(self, now: float) -> None:
        """Answer what is complete, a few requests at most: the other connections have their turn in between.

        Raises:
            Gone: nothing more will come, or the last answer is out.
        """
        for _ in range(ANSWERS_A_TURN):
            if self._to_send:
                return
            if self._last:
                raise Gone
            head = split_head(self._received)
            too_long = len(head if head is not None else self._received) > self._limits.header_max_bytes
            if too_long:
                self._refuse(431)
            elif head is not None:
                self._serve(head)
            elif self._at_end:
                raise Gone
            else:
                self._wait(now)
                return
            self._turn("write", now + self._limits.write_timeout_s)
            self._send()

    def on_writable(self, now: float) -> None:
        """Send what the client takes now, then go on with what it asked meanwhile.

        Raises:
            Gone: the client left, or the last answer is out.
        """
        self._send()
        if not self._to_send:
            self.go_on(now)

    def on_timeout(self) -> State:
        """Say 408 to a client in the midst of its header, and return what it was too slow at."""
        if self.state == "header":
            self._refuse(408)
            try:
                self._send()
            except Gone:
                self._to_send = memoryview(b"")
        return self.state

    @property
    def takes_more(self) -> bool:
        """Whether there is room for more of what the client sends."""
        return not self._at_end and not self._last and len(self._received) < PIPELINED_BYTES

    @property
    def _in_handshake(self) -> bool:
        return getattr(self.sock, "in_handshake", False)

    def _wait(self, now: float) -> None:
        """Wait for the next request, or for the rest of one; a header's time runs from its first byte."""
        if not self._received:
            self._turn("idle", now + self._limits.idle_timeout_s)
        elif self.state != "header":
            self._turn("header", now + self._limits.header_timeout_s)

    def _turn(self, state: State, deadline: float) -> None:
        self.state = state
        self.deadline = deadline

    def _serve(self, head: bytes) -> None:
        try:
            request = parse(head)
        except BadRequest as bad:
            self._refuse(bad.code)
            return
        self._last = not request.keep_alive
        self._say(self._answer(request), with_body=request.method != "HEAD")

    def _refuse(self, code: int) -> None:
        """Answer and close: what follows in the stream cannot be trusted to be a request."""
        self._last = True
        self._received.clear()
        self._say(plain(code), with_body=True)

    def _say(self, response: Response, *, with_body: bool) -> None:
        self.codes.append(response.code)
        self._to_send = memoryview(write(response, close=self._last, body=with_body))

    def _send(self) -> None:
        while self._to_send:
            try:
                sent = self.sock.send(self._to_send)
            except BlockingIOError:
                return
            except OSError as error:
                raise Gone from error
            self._to_send = self._to_send[sent:]
