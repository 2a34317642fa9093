"""What one family told in one reading: a layout that stays, and the values that change.

A host tells the same series at every reading, so names and labels are put together once, and a reading is one pass of
values through a template. Whoever sends series elsewhere keeps its own form of a layout beside the text.
"""

from __future__ import annotations

from operator import itemgetter

from regiowacht_agent.exposition import clean, head, number, series
from regiowacht_contract.light import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from regiowacht_agent.family import Sample
    from regiowacht_contract.catalogue import Metric

Value = int | float | str
"""A number, or a number as the kernel writes it, which is passed on as it is."""

Series = tuple["Metric", tuple[str, ...]]
"""A metric and the values of its labels in the catalogue's order."""


class Layout:
    """The series a family tells, in the order in which it gives their values.

    Attributes:
        series: metric and label values of each.

    Raises:
        ValueError: a series has more or fewer label values than its metric has labels.
    """

    __slots__ = ("_in_order", "_template", "series")

    def __init__(self, told: Iterable[Series]) -> None:
        self.series: tuple[Series, ...] = tuple(told)
        # In the text, the series of one metric stand together.
        order = sorted(range(len(self.series)), key=lambda at: self.series[at][0].name)
        self._template = clean("".join(self._lines(order)))
        self._in_order = None if order == sorted(order) else _picker(order)

    def text(self, values: Sequence[Value]) -> str:
        """Return the exposition of these values, one for each series.

        Raises:
            TypeError: there are more or fewer values than series.
        """
        return self._template % (self._in_order(values) if self._in_order else tuple(values))

    def _lines(self, order: list[int]) -> Iterable[str]:
        before = ""
        for at in order:
            metric, labels = self.series[at]
            if metric.name != before:
                yield head(metric).replace("%", "%%")
                before = metric.name
            yield f"{series(metric, labels).replace('%', '%%')} %s\n"


class Block(NamedTuple):
    """What one family told: a layout, and a value for each of its series."""

    layout: Layout
    values: Sequence[Value]

    def text(self) -> str:
        """Return the block's exposition."""
        return self.layout.text(self.values)

    def samples(self) -> Iterator[tuple[Metric, tuple[str, ...], float]]:
        """Yield metric, label values and number of each series."""
        for (metric, labels), value in zip(self.layout.series, self.values, strict=True):
            yield metric, labels, float(value)


class Still(Block):
    """A block that its family tells again as long as nothing changes.

    Attributes:
        is_whole: somebody found a number in it for each of its series, and need not look again.
        told: its exposition, once it was asked for.
    """

    is_whole = False
    told: bytes | None = None


EMPTY = Block(Layout(()), ())
"""What a family tells that was read and has nothing to tell."""

_NEVER = object()
"""A key that no reading has."""


class Kept:
    """The layout of the last reading, used again as long as the same things are there."""

    __slots__ = ("_key", "_layout")

    def __init__(self) -> None:
        self._key: object = _NEVER
        self._layout = EMPTY.layout

    def layout(self, key: object, make: Callable[[], Iterable[Series]]) -> Layout:
        """Return the layout for ``key``, made anew when the key is another than last time.

        Args:
            key: whatever the series depend on: names of devices, words of a file.
            make: returns metric and label values of each series.

        Raises:
            ValueError: a series is told twice, which Prometheus would not take.
        """
        if key != self._key:
            # Whoever makes it notes where its values stand; if that fails half-way, the old ones hold no more.
            self._key = _NEVER
            layout = Layout(make())
            _check_once(layout)
            self._layout = layout
            self._key = key
        return self._layout


class Same:
    """The block of the last reading, told again as long as what it was made of is the same: a quiet host's often is."""

    __slots__ = ("_block", "_of")

    def __init__(self) -> None:
        self._of: object = _NEVER
        self._block: Block = EMPTY

    def block(self, of: object, make: Callable[[], Block]) -> Block:
        """Return the block that is made of ``of``.

        Args:
            of: all that its values and series depend on, such as the text of a file.
            make: makes it; what it raises goes on.
        """
        if of != self._of:
            self._block = Still(*make())
            self._of = of
        return self._block


class Sampled:
    """Turns samples that come one by one into a block."""

    __slots__ = ("_kept",)

    def __init__(self) -> None:
        self._kept = Kept()

    def block(self, samples: Iterable[Sample]) -> Block:
        """Return the samples as a block."""
        told = list(samples)
        key = tuple((metric, labels) for metric, labels, _value in told)
        return Block(self._kept.layout(key, lambda: key), [number(value) for _metric, _labels, value in told])


def render(blocks: Iterable[Block]) -> bytes:
    """Return the exposition of one reading, a family after the other."""
    return b"".join(
        [_told(block) if isinstance(block, Still) else block[0].text(block[1]).encode() for block in blocks]
    )


def _told(block: Still) -> bytes:
    if block.told is None:
        block.told = block.text().encode()
    return block.told


def _check_once(layout: Layout) -> None:
    seen: set[tuple[str, tuple[str, ...]]] = set()
    for metric, labels in layout.series:
        if (metric.name, labels) in seen:
            raise ValueError(f"{series(metric, labels)} is told twice")
        seen.add((metric.name, labels))


def _picker(order: list[int]) -> Callable[[Sequence[Value]], tuple[Value, ...]]:
    """Return a function that puts values into this order; itemgetter of one index gives no tuple."""
    return itemgetter(*order)
