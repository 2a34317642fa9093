"""Reads labels and samples in the one form that nearly all writers send, and says so where they are in another."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from regiowacht_collector.gateway.write.rights import Label
    from regiowacht_collector.gateway.write.times import Moment, Times

LABEL, NAME, VALUE = 0x0A, 0x0A, 0x12
"""Tags of a series' label, of its name and of its value."""

WITH_VALUE, WITH_VALUE_SIZE = b"\x12\x10\x09", 18
"""How a sample begins whose value is told, and how long it is with a time between 2004 and 2109."""

WITHOUT_VALUE, WITHOUT_VALUE_SIZE = b"\x12\x07", 9
"""The same of one whose value is zero and left away."""

MOST_LABELS = 256
"""More are read where the work is counted."""

SHORTEST = 8
"""Of labels with a name and a value."""

STAMP = 7
"""Length of those times, their tag with them."""

Sample = tuple[bytes, "Moment"]
"""A sample as a field of its series, and when that was."""


def labels_of(body: bytes, at: int, stop: int) -> tuple[list[Label], int] | None:
    """Return the labels that stand at ``at``, in the order in which they were sent, and where they end.

    None where one of them is not in its shortest form: name, then value, neither of them empty.

    Raises:
        IndexError: the body ends before they do.
    """
    found: list[Label] = []
    while at < stop and body[at] == LABEL and len(found) < MOST_LABELS:
        end = at + 2 + body[at + 1]
        if SHORTEST <= end - at <= stop - at and end - at < 0x80 and body[at + 2] == NAME:
            value = at + 4 + body[at + 3]
            begin = value + 2
            if at + 4 < value < end - 2 and body[value] == VALUE and begin + body[value + 1] == end:
                found.append((body[at + 4 : value], body[begin:end]))
                at = end
                continue
        one = _long_label(body, at, stop)
        if one is None:
            return None
        found.append(one[0])
        at = one[1]
    return found, at


def _long_label(body: bytes, at: int, stop: int) -> tuple[Label, int] | None:
    """Return a label of which parts are longer than 127 bytes, and where it ends; None where it is of another form."""
    size, name = size_of(body, at + 1)
    end = name + size
    if size <= 0 or end > stop or body[name] != NAME:
        return None
    size, name = size_of(body, name + 1)
    value = name + size
    if size <= 0 or value >= end or body[value] != VALUE:
        return None
    size, begin = size_of(body, value + 1)
    return ((body[name:value], body[begin:end]), end) if size > 0 and begin + size == end else None


def samples_of(body: bytes, at: int, stop: int, times: Times) -> list[Sample] | None:
    """Return the samples that fill a body from ``at`` to ``stop``; None where they are not rising, or are not all."""
    found: list[Sample] = []
    last_ms = None
    while at < stop:
        size = WITH_VALUE_SIZE if body.startswith(WITH_VALUE, at) else WITHOUT_VALUE_SIZE
        if size == WITHOUT_VALUE_SIZE and not body.startswith(WITHOUT_VALUE, at):
            return None
        end = at + size
        moment = times[body[end - STAMP : end]] if end <= stop else None
        if moment is None or (last_ms is not None and moment.at_ms <= last_ms):
            return None
        found.append((body[at:end], moment))
        at, last_ms = end, moment.at_ms
    return found


def size_of(body: bytes, at: int) -> tuple[int, int]:
    """Return the length that stands at ``at`` and where it ends; -1 where it has more than two bytes, or too many."""
    size = body[at]
    if size < 0x80:
        return size, at + 1
    high = body[at + 1]
    return (size + (high - 1 << 7) if 0 < high < 0x80 else -1), at + 2
