"""What goes into one write: readings of one shape, all of their series or some, and how that is halved.

A receiver refuses a write whole for one sample that it will not take. So a write that is refused is cut in two, by its
readings first, then by its series, until what it will not take stands alone.
"""

from __future__ import annotations

from regiowacht_contract.light import NamedTuple
from regiowacht_contract.wire.encode import backlog, request
from regiowacht_contract.wire.staleness import ABSENT_BYTES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from regiowacht_agent.push.scrape import Scrape


class Reading:
    """A reading under way.

    Args:
        number: its number in the spool; None: it is not there.
        scrape: what it holds.

    Attributes:
        parts: pieces of it of which it is not known yet whether they are taken.
        refused: why samples of it were refused, the last of the reasons, or "".
        taken: whether any part of it was taken.
    """

    __slots__ = ("number", "parts", "refused", "scrape", "taken")

    def __init__(self, number: int | None, scrape: Scrape) -> None:
        self.number = number
        self.scrape = scrape
        self.parts = 0
        self.refused = ""
        self.taken = False


class Part(NamedTuple):
    """Some series of readings that have one shape.

    Attributes:
        readings: oldest first.
        begin: the first of the series.
        end: behind the last of the series.
    """

    readings: tuple[Reading, ...]
    begin: int
    end: int

    @property
    def source(self) -> str:
        """What told it."""
        return self.readings[0].scrape.shape.source

    @property
    def places(self) -> int:
        """Samples at most: some series have no value at some times."""
        return len(self.readings) * (self.end - self.begin)

    @property
    def samples(self) -> int:
        """Samples."""
        raw = (one.scrape.values[self.begin : self.end].tobytes() for one in self.readings)
        return self.places - sum(values.count(ABSENT_BYTES) for values in raw)

    def heads(self) -> Sequence[bytes]:
        """Return the labels of its series."""
        return self.readings[0].scrape.shape.heads[self.begin : self.end]

    def body(self, without: Collection[bytes] = ()) -> bytes:
        """Return the part of a write that it is, but for the series of these labels."""
        heads = self.heads()
        columns = [one.scrape.values[self.begin : self.end] for one in self.readings]
        if without:
            kept = [at for at, head in enumerate(heads) if head not in without]
            if len(kept) < len(heads):
                heads = tuple(heads[at] for at in kept)
                columns = [type(values)("d", [values[at] for at in kept]) for values in columns]
        if len(columns) == 1:
            return request(heads, columns[0], self.readings[0].scrape.at_ms)
        return backlog(heads, columns, [one.scrape.at_ms for one in self.readings])

    def halves(self) -> tuple[Part, Part] | None:
        """Return its two halves, or None where it is one sample."""
        if len(self.readings) > 1:
            half = len(self.readings) // 2
            return self._replace(readings=self.readings[:half]), self._replace(readings=self.readings[half:])
        if self.end - self.begin > 1:
            middle = (self.begin + self.end) // 2
            return self._replace(end=middle), self._replace(begin=middle)
        return None


def parts_of(readings: tuple[Reading, ...], most: int) -> Iterator[Part]:
    """Yield readings of one shape in parts of so many samples at most."""
    size = len(readings[0].scrape.shape.heads)
    if not size:
        return
    together = max(1, most // size)
    for at in range(0, len(readings), together):
        for begin in range(0, size, most):
            yield Part(readings[at : at + together], begin, min(size, begin + most))


def writes_of(parts: Iterable[Part], most: int) -> Iterator[tuple[Part, ...]]:
    """Yield parts in writes of so many samples at most.

    No source is in a write twice, since it could say a series twice.
    """
    write: list[Part] = []
    places = 0
    for part in parts:
        if write and (places + part.places > most or any(part.source == one.source for one in write)):
            yield tuple(write)
            write, places = [], 0
        write.append(part)
        places += part.places
    if write:
        yield tuple(write)
