"""Servers on the loopback that answer as a test wants, well or badly."""

from __future__ import annotations

import contextlib
import datetime
import ipaddress
import socket
import ssl
import threading
from typing import TYPE_CHECKING, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

WITHIN_S = 60.0


@contextlib.contextmanager
def tcp(handle: Callable[[socket.socket], None], context: ssl.SSLContext | None = None) -> Iterator[int]:
    """Serve connections one after the other, each by ``handle``; yields the port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        over = threading.Event()

        def work() -> None:
            while not over.is_set():
                try:
                    sock, _ = listener.accept()
                except OSError:
                    return
                with contextlib.suppress(OSError), sock:
                    sock.settimeout(WITHIN_S)
                    if context is None:
                        handle(sock)
                    else:
                        with context.wrap_socket(sock, server_side=True) as secured:
                            handle(secured)

        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            over.set()
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            thread.join(WITHIN_S)


def head_of(sock: socket.socket) -> bytes:
    """Read a request's head."""
    head = b""
    while b"\r\n\r\n" not in head:
        part = sock.recv(4096)
        if not part:
            raise ConnectionError
        head += part
    return head


def answers(*parts: bytes) -> Callable[[socket.socket], None]:
    """Return a handler that reads a request and sends these bytes, whatever was asked."""

    def handle(sock: socket.socket) -> None:
        head_of(sock)
        for part in parts:
            sock.sendall(part)

    return handle


def page(body: bytes | str, content_type: str = "text/plain; version=0.0.4", code: str = "200 OK") -> bytes:
    """Return a whole HTTP response."""
    data = body.encode() if isinstance(body, str) else body
    head = f"HTTP/1.1 {code}\r\nContent-Type: {content_type}\r\nContent-Length: {len(data)}\r\n\r\n"
    return head.encode() + data


@contextlib.contextmanager
def udp(answer: Callable[[bytes], bytes | None]) -> Iterator[int]:
    """Answer datagrams with what ``answer`` returns, or not where that is None; yields the port."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        with udp_on(sock, answer):
            yield sock.getsockname()[1]


@contextlib.contextmanager
def udp_on(sock: socket.socket, answer: Callable[[bytes], bytes | None]) -> Iterator[None]:
    """Answer the datagrams of a socket that is there already."""
    sock.settimeout(0.05)
    over = threading.Event()

    def work() -> None:
        while not over.is_set():
            try:
                data, sender = sock.recvfrom(65_535)
            except TimeoutError:
                continue
            reply = answer(data)
            if reply is not None:
                sock.sendto(reply, sender)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(WITHIN_S)


class Pki(NamedTuple):
    """A certificate for 127.0.0.1 and localhost: the authority's file, the server's context, and when it ends."""

    ca: Path
    context: ssl.SSLContext
    ends: int


def make_pki(folder: Path, days: int = 30) -> Pki:
    """Make an authority and a server's certificate that ends in ``days`` days (negative: that has ended)."""
    now = datetime.datetime.now(datetime.UTC).replace(microsecond=0)
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test authority")])
    later = now + datetime.timedelta(days=days + 365)
    authority = (
        _builder(ca_name, ca_name, ca_key.public_key(), now, later)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(ca_key, hashes.SHA256())
    )
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.IPv4Address("127.0.0.1"))]
    ends = now + datetime.timedelta(days=days)
    own = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    certificate = (
        _builder(own, ca_name, key.public_key(), now, ends)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    ca, chain = folder / "ca.pem", folder / "server.pem"
    ca.write_bytes(authority.public_bytes(serialization.Encoding.PEM))
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    chain.write_bytes(secret + certificate.public_bytes(serialization.Encoding.PEM) + ca.read_bytes())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)
    return Pki(ca, context, int(ends.timestamp()))


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey,
    now: datetime.datetime,
    until: datetime.datetime,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(min(now, until) - datetime.timedelta(days=2))
        .not_valid_after(until)
    )
