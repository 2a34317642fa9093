"""What one file of the spool holds, told at its end so that nobody has to read all of it to know."""

from __future__ import annotations

from struct import Struct

from regiowacht_agent.spool.frames import HEAD, pack, scan
from regiowacht_agent.spool.record import SUMMARY, numbers_of
from regiowacht_contract.light import NamedTuple
from regiowacht_contract.wire.varint import varint

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

SIZE = Struct("<I")
"""The last bytes of a file that was ended: how long the frame before them is."""


class Summary(NamedTuple):
    """What a file holds.

    Attributes:
        span: numbers that it took; after thinning not all of them have a reading.
        readings: how many it has.
        samples: of those.
        oldest_ms: time of the oldest, in milliseconds since 1970.
        newest_ms: likewise.
        is_thinned: whether some were taken out to make room.
        shapes: numbers of their shapes.
    """

    span: int = 0
    readings: int = 0
    samples: int = 0
    oldest_ms: int = 0
    newest_ms: int = 0
    is_thinned: bool = False
    shapes: frozenset[int] = frozenset()

    def plus(self, offset: int, samples: int, at_ms: int, shape: int) -> Summary:
        """Return it with one more reading."""
        return Summary(
            max(self.span, offset + 1),
            self.readings + 1,
            self.samples + samples,
            min(self.oldest_ms or at_ms, at_ms),
            max(self.newest_ms, at_ms),
            self.is_thinned,
            self.shapes if shape in self.shapes else self.shapes | {shape},
        )


def written(summary: Summary, first: int) -> bytes:
    """Return the end of the file with that first number."""
    span, readings, samples, oldest, newest, is_thinned, shapes = summary
    numbers = (span, readings, samples, max(0, oldest), max(0, newest), int(is_thinned), len(shapes), *sorted(shapes))
    frame = pack(bytes((SUMMARY,)) + b"".join(map(varint, numbers)), first)
    return frame + SIZE.pack(len(frame))


def found(read: Callable[[int, int], bytes], size: int, first: int) -> Summary | None:
    """Return what the end of a file says; None: it was not ended, or cannot be read.

    Args:
        read: returns so many bytes from a place in the file.
        size: the file's, in bytes.
        first: its first number.
    """
    tail = read(max(0, size - SIZE.size), SIZE.size)
    if len(tail) < SIZE.size:
        return None
    begin = size - SIZE.size - SIZE.unpack(tail)[0]
    if not 0 <= begin <= size - SIZE.size - HEAD.size:
        return None
    for at, end, body in scan(read, begin, size - SIZE.size, first):
        if at == begin and end == size - SIZE.size and body[:1] == bytes((SUMMARY,)):
            return _read(body)
    return None


def _read(body: bytes) -> Summary | None:
    try:
        (span, readings, samples, oldest, newest, is_thinned, count), at = numbers_of(body, 7)
        shapes, _at = numbers_of(body, count, at)
    except ValueError:
        return None
    return Summary(span, readings, samples, oldest, newest, bool(is_thinned), frozenset(shapes))
