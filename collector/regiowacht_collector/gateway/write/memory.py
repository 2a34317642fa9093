"""Remembers what became of a gemeente's series, so that labels are judged once and not with every sample."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from regiowacht_collector.gateway.write.quick import WITH_VALUE, WITH_VALUE_SIZE, WITHOUT_VALUE_SIZE
from regiowacht_collector.gateway.write.rights import Rights, Verdict
from regiowacht_collector.gateway.write.together import Together
from regiowacht_contract.wire.encode import Frames

if TYPE_CHECKING:
    from collections.abc import Sequence

    from regiowacht_collector.gateway.write.limits import WriteLimits
    from regiowacht_collector.gateway.write.rights import Label
    from regiowacht_collector.gateway.write.stencil import Stencil
    from regiowacht_collector.gateway.writer import Writer

SERIES_BYTES = 400
"""What a remembered series takes beside its labels, about."""

LONGEST_HEAD = 8192
"""Labels that are longer are judged every time."""

UNKNOWN = -1

SHARED: dict[int, int] = {}

FRAMES_WITH, FRAMES_WITHOUT = Frames(WITH_VALUE_SIZE), Frames(WITHOUT_VALUE_SIZE)

MOST_SIZES = 16
"""Bodies of one writer that are known as a whole: its host, its devices, its probes."""

MOST_MISSES = 10

MOST_TOGETHER = 64
"""Runs of series of which it is known what they come to, 12 kB each where they are 1,500."""

MOST_MEMORIES = 1000
"""Gemeenten, each with its copies of machines and with its limits; Flanders has 285 of them."""


class Series:
    """A series as it is sent, and what becomes of it.

    Attributes:
        sent: its labels in the order in which they are sent, in their shortest encoding.
        long: what stands before the value of one sample: frame, labels, and how such a sample begins.
        long_size: how long the whole series is then.
        short_frame: what stands before the labels where one sample without a value follows.
        short_size: how long the whole series is then.
        head: its labels as they go on; the same object where nothing changes. Empty where they are refused.
        refusal: why they are refused, or "".
        head_frame: what stands before the head where it goes on with a value, if it goes on.
        head_short_frame: where it goes on without one.
        pair: instance and job, or None.
        corrected: whether its scope was another one of the same gemeente.
        place: where it stands in the memory's order; ``UNKNOWN`` where it is not remembered.
    """

    __slots__ = (
        "corrected", "head", "head_frame", "head_short_frame", "long", "long_size", "pair", "place", "refusal", "sent",
        "short_frame", "short_size",
    )  # fmt: skip

    def __init__(self, sent: bytes, verdict: Verdict, place: int) -> None:
        self.sent = sent
        self.head = sent if verdict.head == sent else verdict.head
        self.long = FRAMES_WITH[len(sent)] + sent + WITH_VALUE
        self.long_size = _shared(len(self.long) + WITH_VALUE_SIZE - len(WITH_VALUE))
        self.short_frame = FRAMES_WITHOUT[len(sent)]
        self.short_size = _shared(len(self.short_frame) + len(sent) + WITHOUT_VALUE_SIZE)
        self.head_frame, self.head_short_frame = FRAMES_WITH[len(self.head)], FRAMES_WITHOUT[len(self.head)]
        self.refusal = verdict.refusal
        self.pair = verdict.pair
        self.corrected = verdict.corrected
        self.place = place


def _shared(size: int) -> int:
    """Return the same number as one object for all: a walk over many series then finds it where it was a moment ago."""
    return SHARED.setdefault(size, size) if size < LONGEST_HEAD else size


class Looks:
    """What a writer's bodies of one size look like.

    Attributes:
        stencil: of the last of them; None where it is not worth having one.
    """

    __slots__ = ("_misses", "_seen", "stencil")

    def __init__(self) -> None:
        self.stencil: Stencil | None = None
        self._seen = self._misses = 0

    @property
    def size_bytes(self) -> int:
        """What it takes, about."""
        return 0 if self.stencil is None else self.stencil.size_bytes

    def missed(self) -> bool:
        """Say that a body was walked over; return whether it is time to make a stencil of it.

        Making one takes as long as walking; so the more often one did not fit, the longer it is waited.
        """
        if self.stencil is not None:
            self._misses = min(self._misses + 1, MOST_MISSES)
            self._seen = 0
        self._seen += 1
        return self._seen >= 2 << self._misses


class Memory:
    """What is known of the series that one gemeente writes.

    It holds ``limits.memory_bytes`` at most, then begins anew: a gemeente that never stops sending new series pays for
    it with the judging of them, and no other does.

    Attributes:
        order: the series in the order in which they came first, which most likely is the order in which they come
            again; behind them one that matches nothing.
    """

    def __init__(self, rights: Rights, limits: WriteLimits) -> None:
        self.rights = rights
        self.order: list[Series] = []
        self._limit = limits.memory_bytes
        self.forget()

    def forget(self) -> None:
        """Begin anew; whoever holds ``order`` sees it."""
        self._known: dict[bytes, Series] = {}
        self._pairs: dict[tuple[str, str], tuple[str, str]] = {}
        self.order[:] = [NOTHING]
        self._looks: dict[str, OrderedDict[int, Looks]] = {}
        self._together: dict[tuple[Series, int], Together] = {}
        self._size = 0

    def series(self, sent: bytes, labels: list[Label]) -> Series:
        """Return the series with these labels.

        Args:
            sent: the labels encoded in the shortest form, in the order in which they were sent.
            labels: the same, not encoded.
        """
        known = self._known.get(sent)
        if known is None:
            known = self._learn(sent, self.rights.judge(sent, labels))
        return known

    def known(self, sent: bytes) -> Series | None:
        """Return the series whose labels are sent in these bytes, if it was seen before."""
        return self._known.get(sent)

    def together(self, series: Sequence[Series]) -> Together:
        """Return what series come to that stand behind one another in the order, or stood there before it began anew.

        In one order the first of them and their number say which they are; in another they are other objects.
        """
        key = series[0], len(series)
        found = self._together.get(key)
        if found is None:
            if len(self._together) >= MOST_TOGETHER:
                self._together.clear()
            found = self._together[key] = Together(series)
        return found

    def looks(self, writer: str, size: int) -> Looks:
        """Return what is known of a writer's bodies of that size."""
        found = self._looks.setdefault(writer, OrderedDict())
        if size not in found:
            found[size] = Looks()
            if len(found) > MOST_SIZES:
                self._size -= found.popitem(last=False)[1].size_bytes
        found.move_to_end(size)
        return found[size]

    def keep(self, looks: Looks, stencil: Stencil | None) -> None:
        """Remember what bodies look like."""
        before = looks.size_bytes
        looks.stencil = stencil
        self._make_room(looks.size_bytes - before)

    def _learn(self, sent: bytes, verdict: Verdict) -> Series:
        if len(sent) > LONGEST_HEAD:
            return Series(sent, verdict, UNKNOWN)
        size = SERIES_BYTES + 2 * len(sent) + (len(verdict.head) if verdict.head != sent else 0)
        self._make_room(size)
        pair = verdict.pair and self._pairs.setdefault(verdict.pair, verdict.pair)
        series = self._known[sent] = Series(sent, verdict._replace(pair=pair), len(self.order) - 1)
        self.order.insert(-1, series)
        return series

    def _make_room(self, size: int) -> None:
        if self._size + size > self._limit:
            self.forget()
        self._size += size


NOTHING = Series(b"\xff nothing is sent like this", Verdict(), UNKNOWN)
"""Stands behind the last series of a memory's order."""


class Memories:
    """The memories of all gemeenten."""

    def __init__(self) -> None:
        self._memories: OrderedDict[tuple[str, int, WriteLimits], Memory] = OrderedDict()

    def of(self, writer: Writer, limits: WriteLimits) -> Memory:
        """Return the memory for what this writer writes under these limits."""
        key = (writer.gemeente, writer.copy, limits)
        found = self._memories.get(key)
        if found is None:
            found = self._memories[key] = Memory(Rights(*key), limits)
            if len(self._memories) > MOST_MEMORIES:
                self._memories.popitem(last=False)
        self._memories.move_to_end(key)
        return found
