"""TLS for the agent's server: one certificate, its key, and connections that never wait.

Imported only where TLS is on: the ssl module costs 5 MB of memory.
"""

from __future__ import annotations

import os
import socket
import ssl
import stat
import time

from regiowacht_agent.log import LOGGER, line
from regiowacht_agent.system import AS_IT_IS, NOT_BLOCKING, NOT_INHERITED
from regiowacht_agent.x509 import certificates, parse
from regiowacht_contract.errors import ConfigInvalid, RegiowachtError, Unavailable
from regiowacht_contract.light import dataclass, suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import NoReturn

LOOK_EVERY_S = 1.0
"""How often the files are looked at; what changed is taken when it has stayed the same for that long."""

FILE_MAX_BYTES = 1 << 20
DER_BEGINS = b"\x30"
"""A certificate in DER, which OpenSSL does not take here."""

KEY_TOO_SHORT = "the key is too short; RSA takes 2048 bits at least"
WORDS = {"EE_KEY_TOO_SMALL": KEY_TOO_SHORT, "CA_KEY_TOO_SMALL": KEY_TOO_SHORT}
"""What OpenSSL calls in its own way and a person meets: an old certificate of 1024 bits, or one in its chain."""

PLAIN = b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nConnection: close\r\nContent-Length: 37\r\n\r\n"
PLAIN_BODY = b"400 This port speaks HTTPS, not HTTP\n"

Signature = tuple[tuple[int, ...], ...]
"""Of each file the times of its content (ns) and of its last change (ns), its size, inode and device."""


class HandshakeFailed(OSError):
    """A client and this server could not agree on TLS."""


@dataclass(frozen=True, slots=True)
class _Loaded:
    """A certificate in use.

    Attributes:
        context: what connections are made with.
        signature: changes when one of the files does.
        not_after: until when it is valid, in seconds since 1970.
    """

    context: ssl.SSLContext
    signature: Signature
    not_after: int


class Tls:
    """The certificate and key of a server, read again when the files change.

    Args:
        cert: PEM file with the certificate and what else of its chain a client needs.
        key: PEM file with its key, without a passphrase.
        monotonic: seconds that never jump.
        clock: seconds since 1970.

    Attributes:
        reload_worked: whether the files as they are now are in use.

    Raises:
        Unavailable: a file cannot be read.
        ConfigInvalid: a file is not what it should be, or they do not belong together.
    """

    def __init__(
        self,
        cert: str,
        key: str,
        monotonic: Callable[[], float] = time.monotonic,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._cert, self._key = cert, key
        self._monotonic, self._clock = monotonic, clock
        self._look_next = monotonic() + LOOK_EVERY_S
        self._loaded = _load(cert, key)
        self._seen = self._loaded.signature
        self._refused: Signature | None = None
        self._has_warned = False
        self.reload_worked = True
        self._warn_of_expiry()

    @property
    def not_after(self) -> int:
        """Until when the certificate is valid, in seconds since 1970."""
        return self._loaded.not_after

    def wrap(self, sock: socket.socket) -> TlsSocket:
        """Return a connection, whose handshake is still to come, over a non-blocking socket.

        Raises:
            OSError: the client has left already; the socket is closed.
        """
        try:
            return TlsSocket(self._loaded.context, sock)
        except (OSError, ValueError) as error:
            sock.close()
            raise OSError(str(error)) from None

    def look(self) -> None:
        """Take changed files into use, or say once why they cannot be; cheap enough to be called all the time."""
        now = self._monotonic()
        if now < self._look_next:
            return
        self._look_next = now + LOOK_EVERY_S
        self._warn_of_expiry()
        found = _signature(self._cert, self._key)
        before, self._seen = self._seen, found
        has_settled = found == before or self._clock() - max(one[1] for one in found) / 1e9 > LOOK_EVERY_S
        if has_settled and found not in (self._loaded.signature, self._refused):
            self._reload(found)

    def _reload(self, found: Signature) -> None:
        try:
            self._loaded = _load(self._cert, self._key)
        except RegiowachtError as error:
            self._refused, self.reload_worked = found, False
            LOGGER.error(line("certificate-refused", reason=error, kept=_day(self.not_after)))
        else:
            self._refused, self.reload_worked, self._has_warned = None, True, False
            LOGGER.info(line("certificate-taken", file=self._cert, valid_until=_day(self.not_after)))
            self._warn_of_expiry()

    def _warn_of_expiry(self) -> None:
        if not self._has_warned and self._clock() >= self.not_after:
            self._has_warned = True
            LOGGER.warning(line("certificate-expired", file=self._cert, valid_until=_day(self.not_after)))


class TlsSocket:
    """A non-blocking connection with TLS, with the methods of a socket that the server uses.

    What would wait raises BlockingIOError, as a socket does. The server's part of a handshake always fits the kernel's
    buffer, so that reading is all it ever waits for.
    """

    def __init__(self, context: ssl.SSLContext, sock: socket.socket) -> None:
        # An answer is sent record by record: each would wait for the client to acknowledge the one before it.
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._sock = context.wrap_socket(sock, server_side=True, do_handshake_on_connect=False)
        self._is_over = False
        self.in_handshake = True

    def fileno(self) -> int:
        """Return the descriptor."""
        return self._sock.fileno()

    def recv(self, size: int) -> bytes:
        """Return what has come, b"" at the end; goes on with the handshake first.

        Args:
            size: 16,384 at least, which is what one record holds at most: nothing stays behind unseen.

        Raises:
            BlockingIOError: nothing has come.
            HandshakeFailed: the client speaks no TLS, or none that this server accepts.
            OSError: the client left.
        """
        if self._is_over:
            return socket.socket.recv(self._sock, size)
        try:
            if self.in_handshake:
                self._sock.do_handshake()
                self.in_handshake = False
            return self._sock.recv(size)
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
            raise BlockingIOError from None
        except ssl.SSLEOFError:
            raise ConnectionResetError from None
        except ssl.SSLError as error:
            self._refuse(error)

    def send(self, data: memoryview) -> int:
        """Send what fits one record, and return how much that was.

        Raises:
            BlockingIOError: the client does not take more now.
            OSError: the client left.
        """
        try:
            return self._sock.send(data[:16_384])
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
            raise BlockingIOError from None

    def shutdown(self, how: int) -> None:
        """Tell the client that nothing more comes; what it still sends is read as it is."""
        self._is_over = True
        with suppress(OSError, ValueError):
            self._sock.unwrap()
        socket.socket.shutdown(self._sock, how)

    def close(self) -> None:
        """Close the connection."""
        self._sock.close()

    def _refuse(self, error: ssl.SSLError) -> NoReturn:
        if not self.in_handshake:
            raise ConnectionResetError from error
        if error.reason == "HTTP_REQUEST":
            with suppress(OSError):
                socket.socket.send(self._sock, PLAIN + PLAIN_BODY)
        raise HandshakeFailed(error.reason) from None


def client_context() -> ssl.SSLContext:
    """Return what this machine asks its own agent with: the certificate's names are those that others know it by."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _load(cert: str, key: str) -> _Loaded:
    signature = _signature(cert, key)
    chain, secret = _content(cert), _content(key)
    try:
        until = parse(next(certificates(chain.lstrip(DER_BEGINS)))).not_after
    except (StopIteration, ValueError):
        raise ConfigInvalid("agent.tls-no-certificate", path=cert) from None
    if b"PRIVATE KEY-----" not in secret:
        raise ConfigInvalid("agent.tls-no-key", path=key)
    if b"ENCRYPTED" in secret:
        raise ConfigInvalid("agent.tls-passphrase", path=key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_RENEGOTIATION | ssl.OP_NO_COMPRESSION
    context.num_tickets = 0  # a scraper begins anew each time; a ticket would only cost
    try:
        context.load_cert_chain(cert, key, password=_no_passphrase)
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            raise ConfigInvalid("agent.tls-mismatch", cert=cert, key=key) from None
        raise ConfigInvalid(
            "agent.tls-broken", cert=cert, key=key, reason=WORDS.get(error.reason, error.reason or error)
        ) from None
    except (OSError, ValueError) as error:
        raise ConfigInvalid("agent.tls-broken", cert=cert, key=key, reason=error) from None
    return _Loaded(context, signature, until)


def _content(path: str) -> bytes:
    try:
        descriptor = os.open(path, os.O_RDONLY | NOT_BLOCKING | NOT_INHERITED | AS_IT_IS)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise Unavailable("agent.tls-unreadable", path=path, reason="not an ordinary file")
            return file.read(FILE_MAX_BYTES)
    except OSError as error:
        raise Unavailable("agent.tls-unreadable", path=path, reason=error.strerror) from None


def _signature(*paths: str) -> Signature:
    """Return what changes when one of the files does; a file that is not there counts as empty."""
    found = []
    for path in paths:
        try:
            seen = os.stat(path)  # noqa: PTH116 - every second: no Path for each
            found.append((seen.st_mtime_ns, seen.st_ctime_ns, seen.st_size, seen.st_ino, seen.st_dev))
        except OSError:
            found.append((0, 0, 0, 0, 0))
    return tuple(found)


def _no_passphrase() -> str:
    """Keep OpenSSL from asking the terminal."""
    raise ValueError("the key has a passphrase")


def _day(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
