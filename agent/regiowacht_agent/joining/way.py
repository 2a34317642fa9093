"""The way from this machine to the collector, step by step, so that what fails can be named.

Looks up the name, connects (through a proxy where there is one), does the handshake, and hands the connection to the
standard library's HTTP client. Used by ``agent join`` and by short processes, never by the one that measures.
"""

from __future__ import annotations

import base64
import contextlib
import http.client
import json
import queue
import socket
import ssl
import threading
import time
import urllib.request
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from regiowacht_agent.polls.outcome import Failed
from regiowacht_agent.polls.secret import read_secret
from regiowacht_agent.polls.url import parse_url
from regiowacht_contract.errors import Unreachable, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from regiowacht_agent.polls.url import Url

STEP_S = 15.0
DNS_SLOW_S = 2.0
"""More than a name takes where DNS is well: then one of its servers does not answer."""

ANSWER_MAX_BYTES = 2 << 20
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
EXPIRED, NOT_YET, SELF_SIGNED, SELF_SIGNED_IN_CHAIN, NO_ISSUER, HOST, ADDRESS = 10, 9, 18, 19, 20, 62, 64
"""Codes of OpenSSL's ``X509_V_ERR_*`` (x509_vfy.h)."""

VERIFY: Mapping[int, str] = {
    EXPIRED: "join.tls-expired", NOT_YET: "join.tls-expired", SELF_SIGNED: "join.tls-untrusted",
    SELF_SIGNED_IN_CHAIN: "join.tls-untrusted", NO_ISSUER: "join.tls-untrusted", HOST: "join.tls-name",
    ADDRESS: "join.tls-name",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answer:
    """What the collector answered: status, header fields by their small-letter name, and body."""

    status: int
    fields: Mapping[str, str]
    body: bytes

    def json(self) -> dict[str, Any]:
        """Return the body as JSON; empty where it is none."""
        try:
            told = json.loads(self.body)
        except (ValueError, RecursionError):
            return {}
        return told if isinstance(told, dict) else {}


@dataclass(frozen=True, slots=True)
class Way:
    """How to get to the collector.

    Attributes:
        url: of the gateway.
        ca: file with the authorities that are trusted for it; "" for the system's.
        proxy: of the proxy on the way, or None.
        proxy_login: reference to its ``USER:PASSWORD``, or "".
        tell: hears of each step that worked: a text key, and what fills it.
    """

    url: Url
    ca: str = ""
    proxy: Url | None = None
    proxy_login: str = ""
    tell: Callable[..., None] = lambda key, **values: None

    def ask(
        self, method: str, path: str, fields: Mapping[str, str] | None = None, body: Mapping[str, object] | None = None
    ) -> Answer:
        """Ask the collector one thing.

        Raises:
            Unreachable: it cannot be reached, or does not answer; says at which step, and what to do.
        """
        return self._ask(self._context(), method, path, fields, body)

    def time_unverified(self) -> float | None:
        """Return what the clock of the collector says, without knowing that it is the collector; None: nothing."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        try:
            told = self._ask(context, "GET", "/v1/hello", None, None).json().get("time")
        except Unreachable:
            return None
        return float(told) if isinstance(told, (int, float)) else None

    def _context(self) -> ssl.SSLContext:
        try:
            return ssl.create_default_context(cafile=self.ca or None)
        except (OSError, ssl.SSLError) as error:
            reason = "no PEM certificate" if isinstance(error, ssl.SSLError) else error.strerror
            raise UsageError("join.bad-ca", path=self.ca, reason=reason) from None

    def _ask(
        self,
        context: ssl.SSLContext,
        method: str,
        path: str,
        fields: Mapping[str, str] | None,
        body: Mapping[str, object] | None,
    ) -> Answer:
        with contextlib.closing(self._connected()) as tcp, contextlib.closing(self._secured(tcp, context)) as sock:
            connection = http.client.HTTPConnection(self.url.host, self.url.port, timeout=STEP_S)
            connection.sock = sock
            told = {"Host": self.url.authority, "Connection": "close", **(fields or {})}
            data = None if body is None else json.dumps(body).encode()
            if data is not None:
                told["Content-Type"] = "application/json"
            try:
                connection.request(method, self.url.target.rstrip("/") + path, data, told)
                answer = connection.getresponse()
                content = answer.read(ANSWER_MAX_BYTES + 1)
            except (OSError, http.client.HTTPException) as error:
                key = "join.no-answer-http" if self.url.scheme == "http" else "join.no-answer"
                secure = self.url._replace(scheme="https")
                raise Unreachable(key, url=self.url, reason=_reason(error), secure=secure) from None
        if len(content) > ANSWER_MAX_BYTES:
            raise Unreachable("join.no-gateway", url=self.url, status=answer.status)
        return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, content)

    def _connected(self) -> socket.socket:
        """Return a TCP connection to the collector, or to a proxy that hands everything on to it."""
        first = self.proxy or self.url
        try:
            found = self._looked_up(first.host, first.port)
        except (OSError, UnicodeError) as error:
            key = "join.dns-proxy" if self.proxy else "join.dns"
            raise Unreachable(key, host=first.host, reason=_reason(error)) from None
        addresses = list(dict.fromkeys(entry[4][0] for entry in found))
        self.tell("join.found", host=first.host, addresses=", ".join(map(str, addresses)))
        failed: OSError | None = None
        for family, kind, protocol, _, address in found:
            sock = socket.socket(family, kind, protocol)
            sock.settimeout(STEP_S)
            try:
                sock.connect(address)
            except OSError as error:
                failed = error
                sock.close()
                continue
            self.tell("join.connected", host=first.host, port=first.port)
            return self._tunnelled(sock) if self.proxy and self.url.scheme == "https" else sock
        key = "join.tcp-proxy" if self.proxy else "join.tcp"
        where = f"{first.host}:{first.port}"
        raise Unreachable(key, where=where, addresses=", ".join(map(str, addresses)), reason=_reason(failed))

    def _looked_up(self, host: str, port: int) -> list[Any]:
        """Return what ``getaddrinfo`` finds; it may wait for minutes where no name server answers, this does not.

        Raises:
            Unreachable: nothing came in time.
            OSError, UnicodeError: there is no such name.
        """
        began = time.monotonic()
        answers: queue.SimpleQueue[list[Any] | Exception] = queue.SimpleQueue()
        threading.Thread(target=_look_up, args=(host, port, answers), daemon=True).start()
        try:
            found = answers.get(timeout=STEP_S)
        except queue.Empty:
            raise Unreachable("join.dns-slow", host=host, seconds=round(STEP_S)) from None
        if isinstance(found, Exception):
            raise found
        if (took_s := time.monotonic() - began) > DNS_SLOW_S:
            self.tell("join.dns-took", seconds=round(took_s, 1))
        return found

    def _tunnelled(self, sock: socket.socket) -> socket.socket:
        host = f"[{self.url.host}]" if ":" in self.url.host else self.url.host
        head = [f"CONNECT {host}:{self.url.port} HTTP/1.1", f"Host: {host}:{self.url.port}"]
        if self.proxy_login:
            try:
                login = base64.b64encode(read_secret(self.proxy_login).encode()).decode()
            except Failed as failed:
                sock.close()
                raise UsageError("join.bad-login", reason=failed.detail) from None
            head.append(f"Proxy-Authorization: Basic {login}")
        try:
            sock.sendall("\r\n".join([*head, "", ""]).encode("latin-1"))
            said = _until_blank_line(sock)
        except OSError as error:
            sock.close()
            raise Unreachable("join.proxy-silent", proxy=self.proxy, reason=_reason(error)) from None
        words = said.partition(b"\r\n")[0].decode("latin-1")[:80]
        status = words.split(" ")[1:2]
        if not words.startswith("HTTP/1.") or status[:1] == [] or not status[0].startswith("2"):
            sock.close()
            key = "join.proxy-login" if status == ["407"] else "join.proxy-refuses"
            raise Unreachable(key, proxy=self.proxy, where=f"{host}:{self.url.port}", reason=words or "-")
        self.tell("join.through-proxy", proxy=self.proxy)
        return sock

    def _secured(self, sock: socket.socket, context: ssl.SSLContext) -> socket.socket:
        if self.url.scheme == "http":
            return sock
        try:
            secured = context.wrap_socket(sock, server_hostname=self.url.host)
        except ssl.SSLCertVerificationError as error:
            raise self._not_trusted(error, context) from None
        except (OSError, ValueError) as error:
            raise Unreachable("join.tls", url=self.url, reason=_reason(error)) from None
        if context.verify_mode == ssl.CERT_REQUIRED:
            self.tell("join.secured", until=_until(secured), issuer=_issuer(secured))
        return secured

    def _not_trusted(self, error: ssl.SSLCertVerificationError, context: ssl.SSLContext) -> Unreachable:
        """Return why a certificate is not trusted; whether it is this machine's clock is asked of the other side."""
        del context
        key = VERIFY.get(error.verify_code, "join.tls-other")
        if key == "join.tls-expired":
            theirs, ours = self.time_unverified(), time.time()
            if theirs is not None and abs(theirs - ours) > STEP_S * 20:
                return Unreachable("join.tls-clock", ours=_clock(ours), theirs=_clock(theirs))
        return Unreachable(key, url=self.url, host=self.url.host, reason=error.verify_message)


def _look_up(host: str, port: int, answers: queue.SimpleQueue[list[Any] | Exception]) -> None:
    try:
        answers.put(list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))
    except (OSError, UnicodeError) as error:
        answers.put(error)


def way_to(url: str, *, ca: str = "", proxy: str | None = None, proxy_login: str = "") -> Way:
    """Return the way to a collector.

    Args:
        url: as a person typed it.
        ca: file with the authorities that are trusted for it; "" for the system's.
        proxy: URL of a proxy; None: what the environment says (``HTTPS_PROXY``, ``NO_PROXY``); "" for none.
        proxy_login: reference to its ``USER:PASSWORD``, "" for none.

    Raises:
        UsageError: a URL is none, or would send the credential in the open.
    """
    parsed = parse_url(url.strip().rstrip("/"))
    if parsed is None or "?" in parsed.target:
        raise UsageError("join.bad-url", url=url.rpartition("@")[2])
    if parsed.scheme == "http" and parsed.host.lower() not in LOOPBACK:
        raise UsageError("join.not-secure", url=url)
    if proxy is None:
        proxy = _of_environment(parsed)
    found = parse_url(proxy) if proxy else None
    if proxy and (found is None or found.scheme != "http"):
        raise UsageError("join.bad-proxy", proxy=proxy.rpartition("@")[2])
    return Way(parsed, ca, found, proxy_login)


def _of_environment(url: Url) -> str:
    if url.host.lower() in LOOPBACK or urllib.request.proxy_bypass(url.host):
        return ""
    return urllib.request.getproxies().get(url.scheme, "")


def _until_blank_line(sock: socket.socket) -> bytes:
    said = b""
    while b"\r\n\r\n" not in said and len(said) < 16_384:
        more = sock.recv(1)  # not a byte of the handshake behind it
        if not more:
            break
        said += more
    return said


def _reason(error: BaseException | None) -> str:
    """Return what happened in a few words, as the system says it."""
    if isinstance(error, TimeoutError):
        return "timeout"
    if isinstance(error, ssl.SSLError):
        return str(error.reason or error.strerror or error).replace("_", " ").lower()
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return f"{type(error).__name__} {error}".strip()


def _until(secured: ssl.SSLSocket) -> str:
    certificate = secured.getpeercert() or {}
    return _clock(ssl.cert_time_to_seconds(str(certificate["notAfter"]))) if "notAfter" in certificate else "?"


def _issuer(secured: ssl.SSLSocket) -> str:
    certificate: Any = secured.getpeercert() or {}
    told = dict(pair for part in certificate.get("issuer", ()) for pair in part)
    return str(told.get("organizationName") or told.get("commonName") or "?")


def _clock(seconds: float) -> str:
    try:
        return time.strftime("%Y-%m-%d %H:%M", time.localtime(seconds))
    except (OverflowError, ValueError, OSError):
        return "?"
