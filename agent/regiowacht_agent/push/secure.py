"""Makes TLS connections to the collector; imported only where it is spoken to over https: ssl takes megabytes."""

from __future__ import annotations

import os
import ssl

from regiowacht_agent.polls.network import failure_of
from regiowacht_agent.polls.outcome import Failed

TYPE_CHECKING = False
if TYPE_CHECKING:
    import socket

    from regiowacht_agent.polls.network import Deadline

HASHED = len("0123abcd.0")


class Secure:
    """Makes TLS connections that are checked against a file of authorities, or against the system's.

    Args:
        ca: PEM file of the authorities to trust, or "" for the system's; read again when it is another one.
    """

    def __init__(self, ca: str) -> None:
        self._ca = ca
        self._made: tuple[object, ssl.SSLContext] | None = None

    def __call__(self, sock: socket.socket, host: str, deadline: Deadline) -> socket.socket:
        """Return a TLS connection over a TCP one, which is closed where that fails.

        Raises:
            Failed: the other side cannot speak TLS, or is not who it should be.
        """
        try:
            sock.settimeout(deadline.left())
            return self._context().wrap_socket(sock, server_hostname=host.encode())
        except ssl.SSLCertVerificationError as error:
            sock.close()
            raise Failed("tls", f"the certificate is not trusted: {error.verify_message}") from None
        except ssl.SSLError as error:
            sock.close()
            raise Failed("tls", f"no TLS: {(error.reason or 'no answer').lower().replace('_', ' ')}") from None
        except OSError as error:
            sock.close()
            raise failure_of(error, deadline) from None
        except BaseException:
            sock.close()
            raise

    def look(self) -> None:
        """See that the authorities can be read.

        Raises:
            Failed: they cannot.
        """
        self._context()

    def _context(self) -> ssl.SSLContext:
        stamp = self._stamp()
        if self._made is None or self._made[0] != stamp:
            try:
                self._made = (stamp, _made(self._ca))
            except (OSError, ValueError) as error:
                reason = getattr(error, "strerror", None) or "no certificates in it"
                raise Failed("tls", f"{self._ca}: {reason}") from None
        return self._made[1]

    def _stamp(self) -> object:
        if not self._ca:
            return None
        try:
            seen = os.stat(self._ca)  # noqa: PTH116 - without pathlib
        except OSError as error:
            raise Failed("tls", f"{self._ca}: {error.strerror}") from None
        return seen.st_mtime_ns, seen.st_size, seen.st_ino


def _made(ca: str) -> ssl.SSLContext:
    """Return the rules for connections.

    Of the system's authorities, 140 of which take a megabyte, only those are read that are needed, where there is a
    folder of them by their hashes (openssl-rehash(1)).
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    folder = os.environ.get("SSL_CERT_DIR") or ssl.get_default_verify_paths().capath
    if ca:
        context.load_verify_locations(cafile=ca)
    elif folder and not os.environ.get("SSL_CERT_FILE") and _is_hashed(folder):
        context.load_verify_locations(capath=folder)
    else:
        context.set_default_verify_paths()
    return context


def _is_hashed(folder: str) -> bool:
    try:
        names = os.listdir(folder)  # noqa: PTH208 - without pathlib
    except OSError:
        return False
    return any(len(name) == HASHED and name.endswith(".0") for name in names)
