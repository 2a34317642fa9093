"""Reads which certificate a client is to come with, as a person names it: a file, or the SHA-256."""

from __future__ import annotations

import time
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256

from regiowacht_collector.gateway.client_certificate import HEX
from regiowacht_contract.errors import UsageError

PEM = b"-----BEGIN"


def read_certificate(told: str, now: float | None = None) -> tuple[str, float | None]:
    """Return a certificate's SHA-256 in small hexadecimal digits, and when it ends; None: a SHA-256 does not say.

    Args:
        told: the SHA-256 in hexadecimal digits, with colons or without, or a file in PEM or DER. Of several
            certificates in a file the first is the client's.
        now: seconds since 1970.

    Raises:
        UsageError: it is neither, or the certificate has ended.
    """
    plain = told.replace(":", "").lower()
    if HEX.fullmatch(plain):
        return plain, None
    try:
        content = Path(told).read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UsageError("joining.no-certificate", path=told, reason=reason) from None
    try:
        found = x509.load_pem_x509_certificate(content) if PEM in content else x509.load_der_x509_certificate(content)
    except ValueError:
        raise UsageError("joining.bad-certificate", path=told) from None
    ends = found.not_valid_after_utc
    if ends.timestamp() <= (time.time() if now is None else now):
        raise UsageError("joining.ended-certificate", path=told, ends=ends.date().isoformat())
    return found.fingerprint(SHA256()).hex(), ends.timestamp()
