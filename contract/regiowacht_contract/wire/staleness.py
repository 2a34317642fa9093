"""The two values that are no measurement: a series has ended, or has nothing at this time."""

from __future__ import annotations

from struct import Struct

STALE_BITS = 0x7FF0000000000002
"""The NaN by which Prometheus knows that a series has ended (``pkg/value``, StaleNaN); other NaNs are values."""

ABSENT_BITS = 0x7FF8726567696F00
"""The NaN of ours that holds the place of a sample that does not exist; it never leaves the process."""

_BITS, _DOUBLE = Struct("<Q"), Struct("<d")

STALE_BYTES, ABSENT_BYTES = _BITS.pack(STALE_BITS), _BITS.pack(ABSENT_BITS)
"""The same as they stand in an ``array('d')`` and in a sample, least byte first."""

STALE: float = _DOUBLE.unpack(STALE_BYTES)[0]
ABSENT: float = _DOUBLE.unpack(ABSENT_BYTES)[0]


def is_stale(value: float) -> bool:
    """Return whether a value says that its series has ended."""
    return _DOUBLE.pack(value) == STALE_BYTES


def is_absent(value: float) -> bool:
    """Return whether a value holds the place of a sample that does not exist."""
    return _DOUBLE.pack(value) == ABSENT_BYTES
