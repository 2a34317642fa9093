"""Makes TLS connections, and tells what was agreed; imported only where something is asked over https."""

from __future__ import annotations

import functools
import os
import ssl

from regiowacht_agent.polls.certificate import not_after
from regiowacht_agent.polls.names import resolve
from regiowacht_agent.polls.network import connect, failure_of
from regiowacht_agent.polls.outcome import Failed
from regiowacht_contract.light import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    import socket
    from typing import Any

    from regiowacht_agent.polls.network import Deadline
    from regiowacht_agent.polls.url import Url

DER = 2
"""``_ssl.ENCODING_DER``."""


@dataclass(frozen=True, slots=True)
class Agreed:
    """What a TLS connection is: its version as ``TLS 1.3``, and when the first of the certificates sent ends."""

    version: str
    expiry: int | None


class Tls:
    """Makes TLS connections that are checked against the system's authorities, or against a file of them.

    Args:
        ca: PEM file of the authorities to trust, or "" for the system's.

    Attributes:
        agreed: of the latest connection, also of one that was not trusted.
    """

    def __init__(self, ca: str = "") -> None:
        self._ca = ca
        self.agreed: Agreed | None = None

    def __call__(self, sock: socket.socket, url: Url, deadline: Deadline) -> socket.socket:
        """Return a TLS connection over a TCP one.

        Raises:
            Failed: the other side cannot speak TLS, or is not who it should be.
        """
        self.agreed = None
        try:
            context = _context(self._ca, os.stat(self._ca).st_mtime_ns if self._ca else 0)  # noqa: PTH116 - no pathlib
        except (OSError, ValueError) as error:
            sock.close()
            raise Failed("tls", f"{self._ca}: {getattr(error, 'strerror', None) or 'no certificates in it'}") from None
        try:
            sock.settimeout(deadline.left())
            secured = context.wrap_socket(sock, server_hostname=url.host)
        except ssl.SSLCertVerificationError as error:
            sock.close()
            self.agreed = _look(url, deadline)
            raise Failed("tls", f"the certificate is not trusted: {error.verify_message}") from None
        except ssl.SSLError as error:
            sock.close()
            raise Failed("tls", f"no TLS: {(error.reason or 'no answer').lower().replace('_', ' ')}") from None
        except OSError as error:
            sock.close()
            raise failure_of(error, deadline) from None
        self.agreed = _agreed(secured)
        return secured


@functools.lru_cache(maxsize=8)
def _context(ca: str, _written: int) -> ssl.SSLContext:
    """Return the rules for connections; authorities take megabytes, so a file is read once each time it is written."""
    return ssl.create_default_context(cafile=ca or None)


def _look(url: Url, deadline: Deadline) -> Agreed | None:
    """Connect once more without trust and ask for nothing, for when a certificate ends is of most use when it has."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        sock, _ = connect(resolve(url.host, deadline), url.port, deadline)
        with sock:
            sock.settimeout(deadline.left())
            with context.wrap_socket(sock, server_hostname=url.host) as secured:
                return _agreed(secured)
    except (Failed, OSError):
        return None


def _agreed(sock: ssl.SSLSocket) -> Agreed:
    version = (sock.version() or "").replace("TLSv", "TLS ")
    ends = []
    for der in _chain(sock):
        try:
            ends.append(not_after(der))
        except ValueError:
            continue
    return Agreed(version if "." in version else f"{version}.0", min(ends, default=None))


def _chain(sock: ssl.SSLSocket) -> list[bytes]:
    """Return the certificates that the server sent; before Python 3.13 only an inner object knows beyond the first."""
    told = getattr(sock, "get_unverified_chain", None)
    if told is not None:
        return list(told())
    inner: Any = getattr(sock, "_sslobj", None)
    try:
        return [certificate.public_bytes(DER) for certificate in inner.get_unverified_chain()]
    except (AttributeError, TypeError, ValueError):
        first = sock.getpeercert(binary_form=True)
        return [first] if first else []
