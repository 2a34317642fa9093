"""Reads a request's head and writes a response, by RFC 9112; nothing that has a body is understood, or needed."""

from __future__ import annotations

import re
import time
from functools import lru_cache

from regiowacht_contract.light import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

REASONS = {
    200: "OK", 400: "Bad Request", 404: "Not Found", 405: "Method Not Allowed", 408: "Request Timeout",
    431: "Request Header Fields Too Large", 500: "Internal Server Error", 505: "HTTP Version Not Supported",
}  # fmt: skip
END = re.compile(rb"\r?\n\r?\n")
REQUEST_LINE = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+) ([!-~]+) HTTP/([0-9])\.([0-9])")
FIELD = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*")
METHODS = ("GET", "HEAD")

KEPT_HEADS = 4
"""Heads of which what they ask is kept: as many as there may be scrapers."""


class BadRequest(Exception):
    """A request that cannot be understood; ``code`` is the status to refuse it with."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Request:
    """One request.

    Attributes:
        method: as it was sent.
        path: the target without its query and without scheme and host.
        keep_alive: whether the client wants the connection to stay.
        gzip: whether the client takes a compressed body.
    """

    method: str
    path: str
    keep_alive: bool
    gzip: bool


@dataclass(frozen=True, slots=True)
class Response:
    """One response: status, body, and the header fields beside Date, Content-Length and Connection."""

    code: int
    body: bytes
    fields: tuple[tuple[str, str], ...] = ()


def plain(code: int) -> Response:
    """Return a response whose body is its own reason in words."""
    content = ("Content-Type", "text/plain; charset=utf-8")
    allow = (("Allow", ", ".join(METHODS)),) if code == 405 else ()
    return Response(code, f"{code} {REASONS[code]}\n".encode(), (content, *allow))


def split_head(received: bytearray) -> bytes | None:
    """Take the first complete head off what was received, or return None when there is none yet.

    Empty lines before a request are let go, as RFC 9112 section 2.2 asks.
    """
    while received[:2] == b"\r\n":
        del received[:2]
    end = END.search(received)
    if end is None:
        return None
    head = bytes(received[: end.start()])
    del received[: end.end()]
    return head


@lru_cache(KEPT_HEADS)
def parse(head: bytes) -> Request:
    """Return the request of a head without its empty line; a scraper sends the same one again and again.

    Raises:
        BadRequest: 400 for what is no request or carries a body, 405 for a method other than GET and HEAD, 505 for
            another major version.
    """
    lines = re.split("\r?\n", head.decode("latin-1"))
    first = REQUEST_LINE.fullmatch(lines[0])
    if first is None:
        raise BadRequest(400)
    method, target, major, minor = first.groups()
    if major != "1":
        raise BadRequest(505)
    fields = _fields(lines[1:])
    is_one_one = minor != "0"
    has_body = "transfer-encoding" in fields or fields.get("content-length", "0") != "0"
    if method not in METHODS:
        raise BadRequest(405)
    if has_body or (is_one_one and "host" not in fields):
        raise BadRequest(400)
    tokens = {token.strip().lower() for token in fields.get("connection", "").split(",")}
    keep_alive = "close" not in tokens if is_one_one else "keep-alive" in tokens
    return Request(method, _path(target), keep_alive, _takes_gzip(fields.get("accept-encoding", "")))


def write(response: Response, *, close: bool, body: bool = True, now: float | None = None) -> bytes:
    """Return the bytes of a response; without ``body`` (HEAD) the header still tells the body's length."""
    date = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(now))
    fields = [
        ("Date", date),
        *response.fields,
        ("Content-Length", str(len(response.body))),
        ("X-Content-Type-Options", "nosniff"),
        ("Connection", "close" if close else "keep-alive"),
    ]
    lines = [f"HTTP/1.1 {response.code} {REASONS[response.code]}", *(f"{name}: {value}" for name, value in fields)]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + (response.body if body else b"")


def _fields(lines: list[str]) -> Mapping[str, str]:
    """Return the header fields by their small-letter name.

    Raises:
        BadRequest: a line is no field, or one of those that decide where a message ends comes twice.
    """
    fields: dict[str, str] = {}
    for line in lines:
        field = FIELD.fullmatch(line)
        if field is None:
            raise BadRequest(400)
        name = field[1].lower()
        if name in fields and name in {"host", "content-length", "transfer-encoding"}:
            raise BadRequest(400)
        fields[name] = f"{fields[name]}, {field[2]}" if name in fields else field[2]
    return fields


def _path(target: str) -> str:
    """Return the path of a target in origin form or absolute form, without its query."""
    path = target.partition("?")[0]
    if path.startswith("/"):
        return path
    absolute = re.fullmatch(r"https?://[^/]*(/.*)?", path)
    if absolute is None:
        raise BadRequest(400)
    return absolute[1] or "/"


def _takes_gzip(accepted: str) -> bool:
    for offer in accepted.lower().split(","):
        coding, _, weight = offer.strip().partition(";")
        if coding.strip() in {"gzip", "*"}:
            return not re.fullmatch(r"\s*q=0(\.0*)?\s*", weight)
    return False
