"""Object identifiers: as a person writes them, as tuples of numbers, and as bytes on the wire (X.690, 8.19)."""

from __future__ import annotations

Oid = tuple[int, ...]
"""The numbers of an object identifier; of an index or a column too."""

SUBIDS_MAX = 128
"""Numbers that one may have (RFC 3416, 4.1)."""

SUBID_MAX = 2**32 - 1


def parse_oid(text: str) -> Oid:
    """Return the numbers of ``1.3.6.1`` or ``.1.3.6.1``.

    Raises:
        ValueError: it is no object identifier that SNMP can carry.
    """
    words = text.removeprefix(".").split(".")
    if not all(word.isascii() and word.isdigit() for word in words):
        raise ValueError(f"no object identifier: {text!r}")
    oid = tuple(map(int, words))
    _check(oid)
    return oid


def oid_text(oid: Oid) -> str:
    """Return the numbers with dots between them."""
    return ".".join(map(str, oid))


def encode_oid(oid: Oid) -> bytes:
    """Return the content octets, without tag and length.

    Raises:
        ValueError: SNMP cannot carry it.
    """
    _check(oid)
    found = bytearray()
    for number in (oid[0] * 40 + oid[1], *oid[2:]):
        if number < 0x80:
            found.append(number)
            continue
        septets = [number & 0x7F]
        number >>= 7  # noqa: PLW2901 - its septets are taken off one by one
        while number:
            septets.append(number & 0x7F | 0x80)
            number >>= 7  # noqa: PLW2901 - likewise
        found += bytes(reversed(septets))
    return bytes(found)


def decode_oid(body: bytes) -> Oid:
    """Return the numbers of content octets that came from outside.

    Raises:
        ValueError: they are no object identifier: empty, cut off, too long, or a number does not fit in 32 bits.
    """
    if not body or body[-1] & 0x80 or len(body) > SUBIDS_MAX * 5:
        raise ValueError("no object identifier")
    numbers: list[int] = []
    number = 0
    for octet in body:
        number = number << 7 | octet & 0x7F
        if not octet & 0x80:
            numbers.append(number)
            number = 0
        elif number > SUBID_MAX:
            raise ValueError("no object identifier")
    first = min(numbers[0] // 40, 2)
    oid = (first, numbers[0] - 40 * first, *numbers[1:])
    if len(oid) > SUBIDS_MAX or max(oid) > SUBID_MAX:
        raise ValueError("no object identifier")
    return oid


def _check(oid: Oid) -> None:
    if not (2 <= len(oid) <= SUBIDS_MAX and oid[0] <= 2 and (oid[1] < 40 or oid[0] == 2)):
        raise ValueError(f"no object identifier: {oid_text(oid)}")
    if max(oid) > SUBID_MAX or min(oid) < 0 or oid[0] * 40 + oid[1] > SUBID_MAX:
        raise ValueError(f"no object identifier: {oid_text(oid)}")
