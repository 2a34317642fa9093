"""Samples as they go between engines: what remote read answers, what remote write takes.

Values stay the eight bytes that they are, so that a staleness marker stays one. The messages are those of Prometheus'
``prompb``: ``ReadResponse{results=1}``, ``QueryResult{timeseries=1}`` (as ``WriteRequest`` has them),
``TimeSeries{labels=1, samples=2}``, ``Label{name=1, value=2}``, ``Sample{value=1, timestamp=2}``.
"""

from __future__ import annotations

import math
import struct
from typing import TYPE_CHECKING

from regiowacht_contract.wire.encode import field, head, number
from regiowacht_contract.wire.errors import Malformed
from regiowacht_contract.wire.staleness import STALE_BYTES
from regiowacht_contract.wire.varint import read_varint, varint

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

Labels = tuple[tuple[str, str], ...]
"""(name, value), sorted, ``__name__`` among them."""

Row = list[tuple[int, bytes]]
"""(milliseconds since 1970, value as little-endian float64), rising."""

Rows = dict[Labels, Row]
STALE = STALE_BYTES
OPERATORS = {"=": 0, "!=": 1, "=~": 2, "!~": 3}
BODY_BYTES = 2 << 20
"""About how much is written at once."""

_LENGTH_DELIMITED, _EIGHT_BYTES, _FOUR_BYTES = 2, 1, 5
_DOUBLE = struct.Struct("<d")


def packed(value: float | str) -> bytes:
    """Return a value as it is stored; of ``"NaN"`` the one that is no staleness marker."""
    return _DOUBLE.pack(float(value))


def same(one: bytes, other: bytes) -> bool:
    """Tell whether two values are the same but for rounding."""
    if one == other:
        return True
    if STALE in (one, other):
        return False
    a: float = _DOUBLE.unpack(one)[0]
    b: float = _DOUBLE.unpack(other)[0]
    return math.isclose(a, b, rel_tol=1e-9) or (math.isnan(a) and math.isnan(b))


def read_request(matchers: Iterable[tuple[str, str, str]], from_ms: int, until_ms: int) -> bytes:
    """Return the body that asks for all samples of the series that match, both ends of the time included.

    Args:
        matchers: (label, operator as in PromQL, value).
        from_ms: milliseconds since 1970.
        until_ms: likewise.
    """
    told = b"".join(
        field(0x1A, number(0x08, OPERATORS[operator]) + field(0x12, name.encode()) + field(0x1A, value.encode()))
        for name, operator, value in matchers
    )
    return field(0x0A, number(0x08, from_ms) + number(0x10, until_ms) + told)


def read_rows(response: bytes) -> Rows:
    """Return the series of a ``ReadResponse`` of samples.

    Raises:
        Malformed: it is none.
    """
    rows: Rows = {}
    for series in series_of(response):
        labels, row = _series(series)
        rows.setdefault(labels, []).extend(row)
    return rows


def series_of(response: bytes) -> Iterator[bytes]:
    """Yield each ``TimeSeries`` of a ``ReadResponse`` as it stands there; a ``WriteRequest`` has them likewise.

    Raises:
        Malformed: it is none.
    """
    for tag, result in _fields(response):
        if tag == 0x0A and isinstance(result, bytes):
            yield from (one for inner, one in _fields(result) if inner == 0x0A and isinstance(one, bytes))


def bodies(series: Iterable[bytes]) -> Iterator[bytes]:
    """Yield bodies of remote write, each of a bounded size, that hold all series (encoded ``TimeSeries``)."""
    parts: list[bytes] = []
    size = 0
    for one in series:
        parts.append(field(0x0A, one))
        size += len(one)
        if size >= BODY_BYTES:
            yield b"".join(parts)
            parts, size = [], 0
    if parts:
        yield b"".join(parts)


def encoded(rows: Mapping[Labels, Row]) -> Iterator[bytes]:
    """Yield each series as an encoded ``TimeSeries``; one without a sample is left out."""
    for labels, row in rows.items():
        if row:
            samples = [b"\x09" + value + b"\x10" + varint(at_ms) for at_ms, value in row]
            yield head(labels) + b"".join([field(0x12, sample) for sample in samples])


def _series(series: bytes) -> tuple[Labels, Row]:
    labels: list[tuple[str, str]] = []
    row: Row = []
    for tag, content in _fields(series):
        if tag == 0x0A and isinstance(content, bytes):
            told = {inner: one.decode() for inner, one in _fields(content) if isinstance(one, bytes)}
            labels.append((told.get(0x0A, ""), told.get(0x12, "")))
        elif tag == 0x12 and isinstance(content, bytes):
            row.append(_sample(content))
    return tuple(sorted(labels)), row


def _sample(content: bytes) -> tuple[int, bytes]:
    value, at_ms = b"\0" * 8, 0
    for tag, told in _fields(content):
        if tag == 0x09 and isinstance(told, bytes):
            value = told
        elif tag == 0x10 and isinstance(told, int):
            at_ms = told
    return at_ms, value


def _fields(data: bytes) -> Iterator[tuple[int, bytes | int]]:
    """Yield (tag, content) of a message's fields: a number of varints, bytes of everything else."""
    at, stop = 0, len(data)
    while at < stop:
        tag, at = read_varint(data, at, stop)
        kind = tag & 7
        if kind == 0:
            value, at = read_varint(data, at, stop)
            yield tag, value
            continue
        if kind == _LENGTH_DELIMITED:
            length, at = read_varint(data, at, stop)
        elif kind in (_EIGHT_BYTES, _FOUR_BYTES):
            length = 8 if kind == _EIGHT_BYTES else 4
        else:
            raise Malformed("wire-type")
        if length > stop - at:
            raise Malformed("truncated")
        yield tag, data[at : at + length]
        at += length
