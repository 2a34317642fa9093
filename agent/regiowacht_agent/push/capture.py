"""Makes a reading that can be kept and sent of a page's text, or of the blocks of a reading of the host.

A page nearly always says the same series as the one before: what stands before its values is compared in one go, and
labels are taken apart and encoded only where that differs. A series that ended keeps its place: Prometheus' staleness
marker stands there once, then the one for no value, until it comes back or the places are given out anew.
"""

from __future__ import annotations

from array import array
from itertools import chain

from regiowacht_agent.block import Layout
from regiowacht_agent.push.labels import Labels
from regiowacht_agent.push.meanings import NAMES_MAX, of_comments, of_metrics
from regiowacht_agent.push.places import Places
from regiowacht_agent.push.scrape import Scrape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from regiowacht_agent.block import Block
    from regiowacht_agent.family import Sample
    from regiowacht_agent.polls.asset import Polled
    from regiowacht_agent.push.meanings import Meaning


class Capture:
    """Makes the readings of one source.

    Args:
        source: what tells them (``Shape.source``).
        about: whose labels the series get; None: they carry all their labels themselves.
        meanings: takes in what pages say of their metrics, by name; shared by all sources of pages.
    """

    def __init__(self, source: str, about: Polled | None = None, meanings: dict[str, Meaning] | None = None) -> None:
        self._labels = Labels(about)
        self._meanings = meanings
        self._places = Places(source)
        self._told: Sequence[object] = ()
        self._heads: dict[object, bytes | None] = {}
        self._of_layout: dict[Layout, tuple[bytes | None, ...]] = {}

    @property
    def left_out(self) -> int:
        """Series of the latest reading that are not a target's to say, or were there before."""
        return self._places.left_out

    def page(self, text: str, at_ms: int) -> Scrape:
        """Return the reading that a page of the text format 0.0.4 holds; its series have no time stamps.

        Raises:
            ValueError: a line is no series with a number.
        """
        rows = [line.rpartition(" ") for line in text.split("\n") if line and line[0] != "#"]
        values = array("d", map(float, [value for _series, _blank, value in rows]))
        told = [series for series, _blank, _value in rows]
        if told != self._told:
            heads = self._heads
            self._heads = {one: heads[one] if one in heads else self._labels.of_text(one) for one in told}
            self._places.give([self._heads[one] for one in told])
            self._told = told
            self._learn(text)
        return Scrape(at_ms, self._places.shape, self._places.lay(values))

    def blocks(self, blocks: Sequence[Block], at_ms: int) -> Scrape:
        """Return the reading that blocks hold: the same as of a page of them, without writing and reading one."""
        values = array("d", map(float, chain.from_iterable([block[1] for block in blocks])))
        told = [block[0] for block in blocks]
        if told != self._told:
            known = self._of_layout
            self._of_layout = {one: known.get(one) or tuple(map(self._labels.of_series, one.series)) for one in told}
            self._places.give([head for one in told for head in self._of_layout[one]])
            self._told = told
        return Scrape(at_ms, self._places.shape, self._places.lay(values))

    def samples(self, samples: Iterable[Sample], at_ms: int) -> Scrape:
        """Return the reading that samples are."""
        rows = list(samples)
        values = array("d", [value for _metric, _labels, value in rows])
        told = [(metric, labels) for metric, labels, _value in rows]
        if told != self._told:
            self._places.give([self._labels.of_series(one) for one in told])
            self._told = told
        return Scrape(at_ms, self._places.shape, self._places.lay(values))

    def meanings(self) -> Iterator[Meaning]:
        """Yield what the metrics of the latest reading mean, those of blocks and samples; may be called in a thread."""
        for one in self._told:
            if isinstance(one, Layout):
                yield from of_metrics(metric for metric, _labels in one.series)
            elif isinstance(one, tuple):
                yield from of_metrics((one[0],))

    def _learn(self, page: str) -> None:
        """Take in what a page says of its metrics; what was heard first stays."""
        if self._meanings is not None:
            for one in of_comments(row for row in page.split("\n") if row[:1] == "#"):
                if len(self._meanings) < NAMES_MAX:
                    self._meanings.setdefault(one.name, one)

    def end(self, at_ms: int) -> Scrape:
        """Return the reading that ends all series: they are no longer told, or by nobody that is known."""
        self._told = ()
        self._places.give(())
        return Scrape(at_ms, self._places.shape, self._places.lay(array("d")))
