"""The gateway's certificate, read again when its files have changed."""

from __future__ import annotations

import logging
import ssl
import time
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography import x509

from regiowacht_contract.credentials import at_hand
from regiowacht_contract.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable

LOOK_EVERY_S = 10.0

log = logging.getLogger(__name__)

Stamp = tuple[int, int, int, int]


class Certificate:
    """A certificate with its key, in files that another program renews.

    Args:
        certificate: PEM, the certificate itself first, those that lead to its authority behind it.
        key: PEM, not encrypted.
        now: monotonic seconds.

    Raises:
        Unavailable: a file cannot be read, holds no certificate or key, or the two do not belong together.
    """

    def __init__(self, certificate: Path, key: Path, now: Callable[[], float] = time.monotonic) -> None:
        self._certificate, self._key = (Path(at_hand(str(path))) for path in (certificate, key))
        self._now = now
        self._stamps = self._look()
        self._looked_s = now()
        self._context, self._ends_s = self._read()

    def context(self) -> ssl.SSLContext:
        """Return what the next connection is greeted with; files are looked at every ten seconds.

        Where new files cannot be used, the old certificate goes on to serve, and the log says why: they may be half
        written, the certificate already and the key not yet.
        """
        if self._now() >= self._looked_s + LOOK_EVERY_S:
            self._looked_s = self._now()
            self._renew()
        return self._context

    @property
    def ends_s(self) -> float:
        """When it ends, seconds since 1970; files are looked at here too, since nobody may connect for days."""
        self.context()
        return self._ends_s

    def _renew(self) -> None:
        try:
            stamps = self._look()
            if stamps == self._stamps:
                return
            self._context, self._ends_s = self._read()
        except Unavailable as error:
            log.warning("gateway=certificate-kept reason=%s", error)
            return
        self._stamps = stamps
        log.info("gateway=certificate-renewed path=%s", self._certificate)

    def _read(self) -> tuple[ssl.SSLContext, float]:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.options |= ssl.OP_NO_RENEGOTIATION
        context.set_alpn_protocols(["http/1.1"])
        try:
            # An encrypted key asks for a password on the terminal: nobody sits there.
            context.load_cert_chain(self._certificate, self._key, password="")
            ends = x509.load_pem_x509_certificate(self._certificate.read_bytes()).not_valid_after_utc
        except (ssl.SSLError, ValueError) as error:
            reason = getattr(error, "reason", None) or error
            raise Unavailable("gateway.bad-certificate", path=self._certificate, key=self._key, reason=reason) from None
        except OSError as error:
            raise _unread(error) from None
        return context, ends.timestamp()

    def _look(self) -> tuple[Stamp, Stamp]:
        try:
            return _stamp(self._certificate), _stamp(self._key)
        except OSError as error:
            raise _unread(error) from None


def _stamp(path: Path) -> Stamp:
    found = path.stat()
    return found.st_dev, found.st_ino, found.st_mtime_ns, found.st_size


def _unread(error: OSError) -> Unavailable:
    return Unavailable("gateway.no-certificate", path=error.filename, reason=error.strerror)
