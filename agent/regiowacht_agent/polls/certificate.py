"""Reads out of a certificate until when it holds, also out of one that nobody trusts.

Source: RFC 5280 section 4.1 (Certificate, TBSCertificate, Validity), X.690 (DER).
"""

from __future__ import annotations

import calendar
import re

SEQUENCE, EXPLICIT_0, UTC_TIME, GENERALIZED_TIME = 0x30, 0xA0, 0x17, 0x18
BEFORE_VALIDITY = 3
"""Serial number, signature algorithm and issuer."""


def not_after(der: bytes) -> int:
    """Return when a certificate ends, in seconds since 1970.

    Raises:
        ValueError: it is no certificate.
    """
    try:
        _, certificate, _ = _read(der, 0)
        _, tbs, _ = _read(certificate, 0)
        tag, _, after = _read(tbs, 0)
        place = after if tag == EXPLICIT_0 else 0
        for _ in range(BEFORE_VALIDITY):
            _, _, place = _read(tbs, place)
        _, validity, _ = _read(tbs, place)
        _, _, place = _read(validity, 0)
        tag, told, _ = _read(validity, place)
        return _time(tag, told.decode("ascii"))
    except IndexError:
        raise ValueError("a certificate that ends too early") from None


def _read(der: bytes, place: int) -> tuple[int, bytes, int]:
    """Return tag and content of the element there, and where the next one begins."""
    tag, length, place = der[place], der[place + 1], place + 2
    if length & 0x80:
        size = length & 0x7F
        length, place = int.from_bytes(der[place : place + size], "big"), place + size
    end = place + length
    if end > len(der):
        raise IndexError
    return tag, der[place:end], end


def _time(tag: int, told: str) -> int:
    match = re.fullmatch(r"(\d{2}|\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z", told)
    if match is None or tag not in {UTC_TIME, GENERALIZED_TIME}:
        raise ValueError("a certificate without an end")
    year, *rest = (int(part) for part in match.groups())
    if tag == UTC_TIME:
        year += 2000 if year < 50 else 1900
    return calendar.timegm((year, *rest, 0, 0, 0))
