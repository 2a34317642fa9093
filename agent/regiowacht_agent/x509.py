"""Reads out of an X.509 certificate who it names and from when until when it holds; nothing is verified.

Source: RFC 5280 section 4.1 (Certificate, TBSCertificate, Name, Validity), X.690 (DER).
"""

from __future__ import annotations

import binascii
import calendar
import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

SEQUENCE, EXPLICIT_0, INTEGER, OID, UTC_TIME, GENERALIZED_TIME = 0x30, 0xA0, 0x02, 0x06, 0x17, 0x18
BMP_STRING, UTF8_STRING = 0x1E, 0x0C
COMMON_NAME = bytes([0x55, 0x04, 0x03])
PEM = re.compile(rb"-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----([^-]*)-----END (?:TRUSTED |X509 )?CERTIFICATE-----")


class Certificate(NamedTuple):
    """What a certificate says of itself; times in seconds since 1970."""

    serial_number: str
    issuer_cn: str
    subject_cn: str
    not_before: int
    not_after: int


class _Element(NamedTuple):
    tag: int
    content: bytes
    end: int


def certificates(content: bytes) -> Iterator[bytes]:
    """Yield each certificate in a PEM file, or the one that a DER file is, as DER.

    Raises:
        ValueError: a PEM block holds no base64.
    """
    if content[:1] == bytes([SEQUENCE]):
        yield content
        return
    for block in PEM.finditer(content):
        yield binascii.a2b_base64(block[1])


def parse(der: bytes) -> Certificate:
    """Return what a certificate says.

    Raises:
        ValueError: it is no certificate, or a broken one.
    """
    try:
        parts = list(_within(_first(_first(der, SEQUENCE).content, SEQUENCE).content))
        if parts[0].tag == EXPLICIT_0:  # the version, which the oldest certificates leave out
            del parts[0]
        serial, _algorithm, issuer, validity, subject = parts[:5]
        begin, end = (_time(part) for part in _within(validity.content))
    except (IndexError, ValueError):
        raise ValueError("no certificate") from None
    if serial.tag != INTEGER:
        raise ValueError("no certificate")
    number = int.from_bytes(serial.content, "big", signed=True)
    return Certificate(str(number), _common_name(issuer.content), _common_name(subject.content), begin, end)


def _first(der: bytes, tag: int) -> _Element:
    element = _read(der, 0)
    if element.tag != tag:
        raise ValueError
    return element


def _within(content: bytes) -> Iterator[_Element]:
    at = 0
    while at < len(content):
        element = _read(content, at)
        yield element
        at = element.end


def _read(der: bytes, at: int) -> _Element:
    tag, length, begin = der[at], der[at + 1], at + 2
    if length & 0x80:
        size = length & 0x7F
        length, begin = int.from_bytes(der[begin : begin + size], "big"), begin + size
    end = begin + length
    if end > len(der):
        raise IndexError
    return _Element(tag, der[begin:end], end)


def _common_name(name: bytes) -> str:
    """Return the last common name of a distinguished name, "" where it has none."""
    found = ""
    for part in _within(name):
        for attribute in _within(part.content):
            kind, value = list(_within(attribute.content))[:2]
            if kind.content == COMMON_NAME:
                found = _text(value)
    return found


def _text(value: _Element) -> str:
    encoding = {BMP_STRING: "utf-16-be", UTF8_STRING: "utf-8"}.get(value.tag, "latin-1")
    return value.content.decode(encoding, "replace")


def _time(element: _Element) -> int:
    match = re.fullmatch(r"(\d{2}|\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z", element.content.decode("ascii"))
    if match is None or element.tag not in {UTC_TIME, GENERALIZED_TIME}:
        raise ValueError
    year, *rest = (int(part) for part in match.groups())
    if element.tag == UTC_TIME:
        year += 2000 if year < 50 else 1900
    return calendar.timegm((year, *rest, 0, 0, 0))
