"""Until when a certificate is valid: the one thing of it that the standard library does not tell without a handshake.

Source: RFC 5280 section 4.1 (the order of a certificate's fields), X.690 (how DER writes them).
"""

from __future__ import annotations

import binascii
import re
from datetime import UTC, datetime

SEQUENCE, VERSION, UTC_TIME, LONG_TIME = 0x30, 0xA0, 0x17, 0x18
FIELDS_BEFORE_VALIDITY = 3
"""Serial number, signature algorithm, issuer."""

PEM = re.compile(rb"-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----")


class NoCertificate(ValueError):
    """What was given is no certificate in PEM."""


def not_after(pem: bytes) -> float:
    """Return when the first certificate of a PEM file ends to be valid, in seconds since 1970.

    Raises:
        NoCertificate: there is none, or it cannot be read.
    """
    found = PEM.search(pem)
    if found is None:
        raise NoCertificate("no certificate in PEM")
    try:
        return _not_after(binascii.a2b_base64(found[1]))
    except (IndexError, ValueError) as error:
        raise NoCertificate(str(error)) from None


def _not_after(der: bytes) -> float:
    at, _ = _enter(der, 0, SEQUENCE)
    at, _ = _enter(der, at, SEQUENCE)
    if der[at] == VERSION:
        at = _end(der, at)
    for _ in range(FIELDS_BEFORE_VALIDITY):
        at = _end(der, at)
    at, _ = _enter(der, at, SEQUENCE)
    at = _end(der, at)
    tag = der[at]
    begin, end = _enter(der, at, tag)
    return _time(tag, der[begin:end].decode("ascii"))


def _time(tag: int, text: str) -> float:
    """Return a time; one with two digits for its year lies between 1950 and 2049 (RFC 5280 section 4.1.2.5.1)."""
    if tag == UTC_TIME:
        text = f"{'19' if text[:2] >= '50' else '20'}{text}"
    elif tag != LONG_TIME:
        raise ValueError("no time where the end of validity stands")
    if not re.fullmatch("[0-9]{14}Z", text):
        raise ValueError("no time in UTC")
    century, year, month, day, hour, minute, second = (int(text[at : at + 2]) for at in range(0, 14, 2))
    return datetime(100 * century + year, month, day, hour, minute, second, tzinfo=UTC).timestamp()


def _enter(der: bytes, at: int, tag: int) -> tuple[int, int]:
    """Return where the content of the element at ``at`` begins and ends; it has to have this tag."""
    if der[at] != tag:
        raise ValueError("not the fields of a certificate")
    size = der[at + 1]
    begin = at + 2
    if size & 0x80:
        begin += size & 0x7F
        size = int.from_bytes(der[at + 2 : begin], "big")
    if begin + size > len(der):
        raise ValueError("a part is missing")
    return begin, begin + size


def _end(der: bytes, at: int) -> int:
    """Return where the next element begins."""
    return _enter(der, at, der[at])[1]
