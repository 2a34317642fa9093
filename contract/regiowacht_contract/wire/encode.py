"""Bodies of remote write 1.0, before they are packed: labels are encoded once, samples without an object each.

The messages are those of Prometheus' ``prompb``::

    WriteRequest   { repeated TimeSeries timeseries = 1; repeated MetricMetadata metadata = 3; }
    TimeSeries     { repeated Label labels = 1; repeated Sample samples = 2; }
    Label          { string name = 1; string value = 2; }
    Sample         { double value = 1; int64 timestamp = 2; }
    MetricMetadata { MetricType type = 1; string metric_family_name = 2; string help = 4; string unit = 5; }

A value is written out even where it is zero, which protobuf would leave away: so a body of the same series is as long
as the last one, and who reads it knows all but values and times at a glance. Two bodies, one behind the other, are a
body of all their series.
"""

from __future__ import annotations

import sys
from array import array
from struct import Struct

from regiowacht_contract.wire.staleness import ABSENT_BYTES
from regiowacht_contract.wire.varint import varint

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

TYPES = ("unknown", "counter", "gauge", "histogram", "gaugehistogram", "summary", "info", "stateset")
"""Words of a metric's type, each at its number (``MetricMetadata.MetricType``)."""

VALUE_AT, VALUE_BYTES = 3, 8
"""Where the value stands in an encoded sample, and how long it is."""

_MOST_SPLITS = 8
_MOST_FRAMES = 4096


def head(labels: Iterable[tuple[str, str]]) -> bytes:
    """Return the labels of a series, encoded and sorted by name.

    Args:
        labels: (name, value), ``__name__`` among them; each name once, no value empty.
    """
    return b"".join(field(0x0A, text(0x0A, name) + text(0x12, value)) for name, value in sorted(labels))


def request(heads: Sequence[bytes], values: Sequence[float], at_ms: int) -> bytes:
    """Return a body with one sample a series, all of one time.

    Args:
        heads: of each series what ``head`` returned.
        values: of each series its value, or ``ABSENT`` where there is none; quickest as an ``array('d')``.
        at_ms: milliseconds since 1970.

    Raises:
        ValueError: there are more values than series, or fewer.
    """
    raw = _raw(values)
    samples = _samples(raw, at_ms)
    if len(samples) != len(heads):
        raise ValueError(f"{len(heads)} series, {len(samples)} values")
    if not samples:
        return b""
    frames = _frames(len(samples[0]))
    parts = [b""] * (3 * len(samples))
    parts[0::3] = [frames[len(one)] for one in heads]
    parts[1::3] = heads
    parts[2::3] = samples
    if ABSENT_BYTES in raw:
        parts = [part for at in range(0, len(parts), 3) if not _is_absent(parts[at + 2]) for part in parts[at : at + 3]]
    return b"".join(parts)


def backlog(heads: Sequence[bytes], columns: Sequence[Sequence[float]], times_ms: Sequence[int]) -> bytes:
    """Return a body with many samples a series: all of the first series, then all of the second.

    Args:
        heads: of each series what ``head`` returned.
        columns: for each time the values of all series, as ``request`` takes them.
        times_ms: milliseconds since 1970, rising.

    Raises:
        ValueError: there are more columns than times, or more values than series, or fewer.
    """
    blocks = [_column(_raw(column), at_ms) for column, at_ms in zip(columns, times_ms, strict=True)]
    if any(len(block) != len(heads) for block in blocks):
        raise ValueError(f"{len(heads)} series, other numbers of values")
    rows = [b"".join(row) for row in zip(*blocks, strict=True)]
    frames = _frames(0)
    told = [(frames[len(one) + len(row)], one, row) for one, row in zip(heads, rows, strict=False) if row]
    return b"".join([part for parts in told for part in parts])


def metadata(metrics: Iterable[tuple[str, str, str, str]]) -> bytes:
    """Return what metrics mean, as a body, or to be put behind one.

    Args:
        metrics: (name, type, help, unit); the type is one of ``TYPES``, the unit may be empty.
    """
    return b"".join(
        field(0x1A, number(0x08, TYPES.index(kind)) + text(0x12, name) + text(0x22, help_) + text(0x2A, unit))
        for name, kind, help_, unit in metrics
    )


def field(tag: int, content: bytes) -> bytes:
    """Return a message within a message, also where it is empty."""
    return b"%c%b%b" % (tag, varint(len(content)), content)


def text(tag: int, content: str) -> bytes:
    """Return a text within a message; nothing where it is empty, as protobuf has it."""
    return field(tag, content.encode()) if content else b""


def number(tag: int, value: int) -> bytes:
    """Return a whole number within a message; nothing where it is zero."""
    return b"%c%b" % (tag, varint(value)) if value else b""


class Frames(dict[int, bytes]):
    """What stands before a series, by the length of its labels.

    Args:
        more: bytes of what follows the labels.
    """

    def __init__(self, more: int) -> None:
        super().__init__()
        self._more = more

    def __missing__(self, size: int) -> bytes:
        made = b"\x0a" + varint(size + self._more)
        if len(self) < _MOST_FRAMES:
            self[size] = made
        return made


_FRAMES: dict[int, Frames] = {}
_SPLITS: dict[tuple[int, int], Struct] = {}


def _frames(more: int) -> Frames:
    """Return the frames of series whose samples are so long; a sample has few lengths, labels some hundreds."""
    if more not in _FRAMES:
        _FRAMES[more] = Frames(more)
    return _FRAMES[more]


def _column(raw: bytes, at_ms: int) -> tuple[bytes, ...]:
    """Return the encoded samples of one time, nothing in the place of those that are absent."""
    samples = _samples(raw, at_ms)
    return tuple(b"" if _is_absent(one) else one for one in samples) if ABSENT_BYTES in raw else samples


def _samples(raw: bytes, at_ms: int) -> tuple[bytes, ...]:
    """Return the encoded samples of one time: the values are laid into a row of blanks, a byte of all at a time."""
    stamp = b"\x10" + varint(at_ms) if at_ms else b""
    blank = field(0x12, b"\x09" + bytes(VALUE_BYTES) + stamp)
    size = len(blank)
    count = len(raw) // VALUE_BYTES
    row = bytearray(blank * count)
    for byte in range(VALUE_BYTES):
        row[VALUE_AT + byte :: size] = raw[byte::VALUE_BYTES]
    return _split(count, size).unpack(row)


def _split(count: int, size: int) -> Struct:
    """Return what cuts a row into samples; 32 bytes of memory a sample, so few are kept."""
    key = count, size
    if key not in _SPLITS:
        if len(_SPLITS) >= _MOST_SPLITS:
            _SPLITS.clear()
        _SPLITS[key] = Struct(f"{size}s" * count)
    return _SPLITS[key]


def _raw(values: Sequence[float]) -> bytes:
    """Return the values' eight bytes each, least byte first."""
    told = values if isinstance(values, array) and values.typecode == "d" else array("d", values)
    if sys.byteorder == "big":
        told = told[:]
        told.byteswap()
    return told.tobytes()


def _is_absent(sample: bytes) -> bool:
    return sample[VALUE_AT : VALUE_AT + VALUE_BYTES] == ABSENT_BYTES
