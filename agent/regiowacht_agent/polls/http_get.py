"""Gets one page over HTTP/1.1 within a deadline and a size, and tells how long each phase took.

Of the standard library's client neither the phases nor a deadline for a whole answer can be had, and it costs more
memory than the rest of a poll. Source: RFC 9112.
"""

from __future__ import annotations

import re

from regiowacht_agent.polls.names import resolve
from regiowacht_agent.polls.network import connect, failure_of
from regiowacht_agent.polls.outcome import Failed
from regiowacht_contract.light import Protocol, dataclass, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    import socket
    from collections.abc import Mapping

    from regiowacht_agent.polls.network import Address, Deadline
    from regiowacht_agent.polls.url import Url

HEADER_MAX_BYTES = 65_536
INTERIM_MAX = 10
LENGTH_DIGITS_MAX = 18
READ_BYTES = 65_536
STATUS_LINE = re.compile(rb"HTTP/(1\.[01]) ([1-5][0-9]{2})(?: [^\r\n]*)?")
FIELD = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*")
CHUNK = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]*)?")
NO_BODY = frozenset({204, 304})
FRAMING = frozenset({"content-length", "transfer-encoding"})
"""Fields that say where the body ends: of these a second one is not another opinion, but more of the same list."""


class Secure(Protocol):
    """Makes a TLS connection of a TCP one."""

    def __call__(self, sock: socket.socket, url: Url, deadline: Deadline) -> socket.socket:
        """Return the TLS connection; raises ``Failed`` after closing the other."""


@dataclass(slots=True)
class Journey:
    """How far an asking came: durations of its phases in seconds, summed, and the address that it went to."""

    phases: dict[str, float] = field(default_factory=dict)
    address: Address | None = None

    def add(self, phase: str, seconds: float) -> None:
        """Count seconds to a phase."""
        self.phases[phase] = self.phases.get(phase, 0.0) + seconds


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server answered.

    Attributes:
        code: status.
        version: of HTTP, as ``1.1``.
        fields: header fields by their small-letter name; of repeated ones the last, of ``FRAMING`` all, as in a list.
        body: the whole body, or its beginning.
        length: bytes that the header promised, or -1.
        is_cut: the body is longer than what was read.
    """

    code: int
    version: str
    fields: Mapping[str, str]
    body: bytes
    length: int
    is_cut: bool


def get(
    url: Url, deadline: Deadline, journey: Journey, fields: Mapping[str, str], size_max: int, secure: Secure | None
) -> Reply:
    """Return the answer to one GET, without following it anywhere.

    Args:
        url: what to ask for.
        deadline: when everything ends.
        journey: takes the phases, also those of an asking that fails.
        fields: header fields beside Host, Connection and Accept-Encoding.
        size_max: bytes of the body to read at most.
        secure: makes a TLS connection of a TCP one, for https.

    Raises:
        Failed: it could not be reached, did not answer in time, or what it says is no HTTP.
    """
    now = deadline.now
    begin = now()
    try:
        addresses = resolve(url.host, deadline)
    finally:
        journey.add("resolve", now() - begin)
    begin = now()
    sock, journey.address = connect(addresses, url.port, deadline)
    journey.add("connect", now() - begin)
    try:
        if url.scheme == "https" and secure is not None:
            begin = now()
            sock = secure(sock, url, deadline)
            journey.add("tls", now() - begin)
        return _ask(sock, url, deadline, journey, fields, size_max)
    finally:
        sock.close()


def _ask(
    sock: socket.socket, url: Url, deadline: Deadline, journey: Journey, fields: Mapping[str, str], size_max: int
) -> Reply:
    now = deadline.now
    begin = now()
    told = {"Host": url.authority, "Connection": "close", "Accept-Encoding": "identity", **fields}
    head = [f"GET {url.target} HTTP/1.1", *(f"{name}: {value}" for name, value in told.items()), "", ""]
    wire = Wire(sock, deadline)
    wire.send("\r\n".join(head).encode())
    wire.fill()
    journey.add("processing", now() - begin)
    begin = now()
    try:
        return read_reply(wire, size_max)
    finally:
        journey.add("transfer", now() - begin)


class Wire:
    """Reads lines and bytes of a connection before the deadline.

    Args:
        sock: the connection.
        deadline: when waiting for it ends; another one may be set for the next exchange.

    Attributes:
        is_over: nothing more comes.
    """

    def __init__(self, sock: socket.socket, deadline: Deadline) -> None:
        self._sock = sock
        self._deadline = deadline
        self._have = bytearray()
        self.is_over = False

    @property
    def has_more(self) -> bool:
        """Whether something came that nobody took."""
        return bool(self._have)

    def renew(self, deadline: Deadline) -> None:
        """Wait until another moment from now on."""
        self._deadline = deadline

    def send(self, data: bytes) -> None:
        """Send it whole.

        Raises:
            Failed: the other side does not take it.
        """
        self._sock.settimeout(self._deadline.left())
        try:
            self._sock.sendall(data)
        except OSError as error:
            raise failure_of(error, self._deadline) from None

    def fill(self) -> None:
        """Read what comes next; the end of the connection is told by ``is_over``."""
        self._sock.settimeout(self._deadline.left())
        try:
            data = self._sock.recv(READ_BYTES)
        except OSError as error:
            raise failure_of(error, self._deadline) from None
        self.is_over = not data
        self._have += data

    def line(self) -> bytes:
        """Return the next line without its end."""
        while (end := self._have.find(b"\n")) < 0:
            if self.is_over or len(self._have) > HEADER_MAX_BYTES:
                raise Failed("protocol", "the answer is no HTTP")
            self.fill()
        found = bytes(self._have[:end]).rstrip(b"\r")
        del self._have[: end + 1]
        return found

    def take(self, size: int) -> bytes:
        """Return that many bytes, fewer where the connection ends before."""
        while len(self._have) < size and not self.is_over:
            self.fill()
        found = bytes(self._have[:size])
        del self._have[:size]
        return found


def read_reply(wire: Wire, size_max: int) -> Reply:
    """Return the answer that comes, of its body so many bytes at most.

    Raises:
        Failed: it does not come in time, or is no HTTP.
    """
    for _ in range(INTERIM_MAX):
        first = STATUS_LINE.fullmatch(wire.line())
        if first is None:
            raise Failed("protocol", "the answer is no HTTP")
        fields = _fields(wire)
        if first[2][0:1] != b"1":
            break
    else:
        raise Failed("protocol", "no final answer")
    code = int(first[2])
    body, length = _body(wire, code, fields, size_max)
    return Reply(code, first[1].decode(), fields, body[:size_max], length, len(body) > size_max)


def _fields(wire: Wire) -> dict[str, str]:
    found: dict[str, str] = {}
    size = 0
    while row := wire.line():
        size += len(row)
        match = FIELD.fullmatch(row.decode("latin-1"))
        if size > HEADER_MAX_BYTES:
            raise Failed("protocol", "the header has no end")
        if match is None:
            continue
        name, value = match[1].lower(), match[2]
        found[name] = f"{found[name]}, {value}" if name in FRAMING and name in found else value
    return found


def _body(wire: Wire, code: int, fields: Mapping[str, str], size_max: int) -> tuple[bytes, int]:
    """Return the body, of a longer one a byte more than ``size_max``, and the length that was promised.

    Source: RFC 9112 sections 6.1 and 6.3.
    """
    if code in NO_BODY:
        return b"", 0
    if "transfer-encoding" in fields:
        if fields["transfer-encoding"].lower() != "chunked":  # what it is packed in was not asked for
            raise Failed("protocol", "the answer is packed in another way than in chunks")
        return _chunked(wire, size_max), -1
    if not fields.get("content-length"):
        return wire.take(size_max + 1), -1
    promised = _length(fields["content-length"])
    body = wire.take(min(promised, size_max + 1))
    if len(body) < min(promised, size_max + 1):
        raise Failed("protocol", "the answer broke off")
    return body, promised


def _length(told: str) -> int:
    """Return the length of the body, which may be told several times as long as it is the same one."""
    lengths = [length.strip(" \t") for length in told.split(",")]
    if not all(length.isascii() and length.isdecimal() and len(length) <= LENGTH_DIGITS_MAX for length in lengths):
        raise Failed("protocol", "the length of the body is no number")
    if len({int(length) for length in lengths}) > 1:
        raise Failed("protocol", "the answer tells two lengths of its body")
    return int(lengths[0])


def _chunked(wire: Wire, size_max: int) -> bytes:
    body = bytearray()
    while len(body) <= size_max:
        match = CHUNK.fullmatch(wire.line())
        if match is None:
            raise Failed("protocol", "a chunk has no length")
        size = int(match[1], 16)
        if not size:
            break
        wanted = min(size, size_max + 1 - len(body))
        part = wire.take(wanted)
        if len(part) < wanted or (wanted == size and wire.take(2) != b"\r\n"):
            raise Failed("protocol", "the answer broke off")
        body += part
    return bytes(body)
