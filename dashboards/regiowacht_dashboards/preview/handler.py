"""Answers the browser: who may ask, which path leads where, with which security headers."""

from __future__ import annotations

import logging
import re
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import unquote, urlsplit

from regiowacht_dashboards.preview.bounded import IDLE_S, BoundedServer
from regiowacht_dashboards.preview.upstream import ALLOWED

if TYPE_CHECKING:
    from regiowacht_dashboards.preview.pages import Pages
    from regiowacht_dashboards.preview.upstream import Upstream

log = logging.getLogger(__name__)

BODY_BYTES_MAX = 256_000
LENGTH_DIGITS_MAX = 10
TARGET = re.compile(r"/[!-~]*")
HOST = re.compile(r"(?P<name>[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")
ABSOLUTE = re.compile(r"https?://(?P<host>[^/?#]*)(?P<rest>/.*)?", re.IGNORECASE)
DASHBOARD = re.compile(r"/d/([^/]{1,120})(?:/[^/]*)?/?")
FORM = "application/x-www-form-urlencoded"
SECURITY = {
    # Scripts and styles come from here and nowhere else; nothing inline runs; nobody may frame the page.
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
FOR_EVER = "public, max-age=31536000, immutable"


class Handler(BaseHTTPRequestHandler):
    """One connection of a browser; ``bind`` makes the class for one preview."""

    protocol_version = "HTTP/1.1"
    timeout = IDLE_S
    disable_nagle_algorithm = True
    pages: ClassVar[Pages]
    hosts: ClassVar[frozenset[str]]

    def handle_one_request(self) -> None:
        """Read and answer one request, in its own time."""
        if isinstance(self.server, BoundedServer):
            self.server.begin(self.connection)
        super().handle_one_request()

    def parse_request(self) -> bool:
        """Read the head of a request, and refuse one that two readers could understand in two ways (RFC 9112)."""
        if not super().parse_request():
            return False
        absolute = ABSOLUTE.fullmatch(self.path)
        if absolute:
            # RFC 9112, 3.2.2: a server takes the absolute form; only its path and query count from here on.
            self.path = absolute["rest"] or "/"
        if not self._is_clear() or (absolute and _name(absolute["host"]) not in self.hosts):
            self._refuse(400)
            return False
        return True

    def do_HEAD(self) -> None:
        """Answer as GET does, without the body."""
        self.do_GET()

    def do_GET(self) -> None:
        """Answer a page, an asset or a question to Prometheus."""
        if not self._is_welcome():
            return
        path = urlsplit(self.path).path
        asset = self.pages.assets.get(path)
        dashboard = DASHBOARD.fullmatch(path)
        if asset is not None:
            self._send(200, asset.media, asset.content, FOR_EVER)
        elif path == "/" or dashboard:
            status, page = self.pages.html(unquote(dashboard[1]) if dashboard else None)
            self._send(status, "text/html; charset=utf-8", page)
        elif question := self._question():
            self._forward(*question, b"")
        else:
            self._refuse(404)

    def do_POST(self) -> None:
        """Answer a question to Prometheus that is too long for a URL."""
        if not self._is_welcome():
            return
        length = self.headers.get("Content-Length", "")
        question = self._question()
        if question is None:
            self._refuse(404)
        elif self.headers.get_content_type() != FORM:
            self._refuse(415)
        elif not length.isascii() or not length.isdigit():
            self._refuse(411)
        elif len(length) > LENGTH_DIGITS_MAX or int(length) > BODY_BYTES_MAX:
            self._refuse(413)
        else:
            self._forward(*question, self.rfile.read(int(length)))

    def log_message(self, format: str, *args: object) -> None:
        """Keep requests out of standard error; ``--log debug`` of the caller's logging shows them."""
        log.debug("event=request " + format, *args)  # noqa: G003 - the base class hands a %-format

    def version_string(self) -> str:
        """Tell no versions."""
        return "regiowacht"

    def _is_welcome(self) -> bool:
        """Refuse a foreign Host (DNS rebinding) and questions that another site's page asks."""
        host = _name(self.headers.get("Host", ""))
        site = self.headers.get("Sec-Fetch-Site", "same-origin")
        is_question = self.path.startswith("/api/")
        if host not in self.hosts or (is_question and site not in {"same-origin", "none"}):
            self._refuse(403)
            return False
        return True

    def _is_clear(self) -> bool:
        """Tell whether the request has one target, at most one host and one length."""
        hosts = self.headers.get_all("Host", [])
        lengths = self.headers.get_all("Content-Length", [])
        return (
            TARGET.fullmatch(self.path) is not None
            and len(hosts) <= 1
            and all(not host or HOST.fullmatch(host) for host in hosts)
            and len(lengths) <= 1
            and "Transfer-Encoding" not in self.headers
        )

    def _question(self) -> tuple[Upstream, str] | None:
        """Return which source is asked, and what; None where the request is no question that may be asked."""
        found = self.pages.sources.find(self.path)
        return found if found and ALLOWED.fullmatch(urlsplit(found[1]).path) else None

    def _forward(self, upstream: Upstream, target: str, body: bytes) -> None:
        headers = {"Content-Type": FORM} if body else {}
        answer = upstream.ask("POST" if self.command == "POST" else "GET", target, body, headers)
        self._send(answer.status, "application/json", answer.body)

    def _refuse(self, status: int) -> None:
        self.close_connection = True
        self._send(status, "text/plain; charset=utf-8", f"{status}\n".encode())

    def _send(self, status: int, media: str, body: bytes, cache: str = "no-store") -> None:
        self.send_response(status)
        headers = {**SECURITY, "Content-Type": media, "Content-Length": str(len(body)), "Cache-Control": cache}
        for name, value in headers.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def _name(host: str) -> str:
    """Return the name or address in a Host header, without its port; "" where it is none."""
    found = HOST.fullmatch(host)
    return found["name"].strip("[]").lower() if found else ""


def bind(pages: Pages, hosts: frozenset[str]) -> type[Handler]:
    """Return the handler of one preview."""
    return type("BoundHandler", (Handler,), {"pages": pages, "hosts": hosts})
