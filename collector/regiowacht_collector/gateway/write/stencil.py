"""What a writer's body looked like last time, all but its values and times: the same again is known at a glance.

Writers send the same series in the same order, so that their bodies differ in eight bytes of value and seven of time a
series. One pass takes a body apart at those places; what lies between has to be what lay there, byte for byte, when it
was walked over.
"""

from __future__ import annotations

from collections import Counter
from itertools import chain, compress
from struct import Struct
from typing import TYPE_CHECKING

from regiowacht_collector.gateway.write.checked import Checked
from regiowacht_collector.gateway.write.quick import (
    STAMP,
    WITH_VALUE,
    WITH_VALUE_SIZE,
    WITHOUT_VALUE,
    WITHOUT_VALUE_SIZE,
)
from regiowacht_collector.gateway.write.times import Age
from regiowacht_contract.wire.encode import Frames

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from regiowacht_collector.gateway.write.found import Found, Row
    from regiowacht_collector.gateway.write.times import Times

PLACE_BYTES = 64
"""What a field of a ``Struct`` takes."""

FORMS = {WITH_VALUE_SIZE: WITH_VALUE, WITHOUT_VALUE_SIZE: WITHOUT_VALUE}
"""How samples begin, by their length."""

FRAMES = {size: Frames(size) for size in FORMS}


class Stencil:
    """Bodies with these series, one sample each.

    Args:
        rows: the series in their order, each once, refused ones among them; of their samples the forms alone matter.

    Attributes:
        size_bytes: what it takes, about.
    """

    def __init__(self, rows: Sequence[Row]) -> None:
        going = [row for row in rows if not row[0].refusal]
        self._between = tuple(_before(series.sent, sample) for series, sample, _ in rows)
        self._before = tuple(_before(series.head, sample) for series, sample, _ in going)
        self._goes = [not series.refusal for series, _, _ in rows]
        self._refused = Counter(series.refusal for series, _, _ in rows if series.refusal)
        self._is_whole = self._before == self._between
        self._step = 2 if self._is_whole else 3
        self._cut = self._cut_of([row[1] for row in rows])
        self._heads = tuple(series.head for series, _, _ in going)
        self._pairs = tuple(series.pair for series, _, _ in going)
        self._corrected = sum(series.corrected for series, _, _ in going)
        self.size_bytes = 2 * self._cut.size + PLACE_BYTES * 3 * len(rows)

    def check(self, body: bytes, times: Times) -> Checked | None:
        """Return what of a body goes on; None where it is not such a body, or its times are not all of one kind."""
        if len(body) != self._cut.size:
            return None
        parts = self._cut.unpack(body)
        if parts[:: self._step] != self._between:
            return None
        stamps: tuple[bytes, ...] = parts[self._step - 1 :: self._step]
        moments = [times[stamp] for stamp in set(stamps)]
        ages = {moment.age for moment in moments if moment is not None}
        if None in moments or len(ages) != 1 or Age.REFUSED in ages:
            return None
        told = {ages.pop().value: body if self._is_whole else self._changed(parts)}
        newest_ms = max(moment.at_ms for moment in moments if moment is not None)
        instances = dict.fromkeys(filter(None, self._pairs), newest_ms)
        if len(moments) > 1:
            instances = self._instances(stamps, times)
        return Checked(
            fresh=told.get("fresh", b""),
            old=told.get("old", b""),
            samples=len(self._heads),
            series=len(self._heads),
            refused=dict(self._refused),
            corrected=self._corrected,
            newest_ms=newest_ms if self._heads else 0,
            instances=instances,
            heads=self._heads,
        )

    def _cut_of(self, samples: Sequence[bytes]) -> Struct:
        """Return what takes a body apart; values are passed over where nothing is put together again."""
        values = (len(sample) - len(FORMS[len(sample)]) - STAMP for sample in samples)
        kind = "x" if self._is_whole else "s"
        sizes = zip(map(len, self._between), values, strict=True)
        return Struct("<" + "".join(f"{before}s{value}{kind}{STAMP}s" for before, value in sizes))

    def _instances(self, stamps: Iterable[bytes], times: Times) -> dict[tuple[str, str], int]:
        found: dict[tuple[str, str], int] = {}
        for pair, stamp in zip(self._pairs, compress(stamps, self._goes), strict=True):
            moment = times[stamp]
            if pair is not None and moment is not None:
                found[pair] = max(moment.at_ms, found.get(pair, moment.at_ms))
        return found

    def _changed(self, parts: tuple[bytes, ...]) -> bytes:
        """Return the body with the labels that go on."""
        values, stamps = (compress(parts[one :: self._step], self._goes) for one in (1, 2))
        return b"".join(chain.from_iterable(zip(self._before, values, stamps, strict=True)))


def stencil_of(found: Found) -> Stencil | None:
    """Return the stencil of a body that was walked over; None where it is not plain, or has not one sample a series."""
    if not found.is_plain or found.beyond or not found.parts:
        return None
    heads = [one.head for one in found.series() if not one.refusal]
    return Stencil(found.rows()) if len(set(heads)) == len(heads) else None


def _before(head: bytes, sample: bytes) -> bytes:
    """Return what stands before the value of a series' sample, or before its time."""
    size = len(sample)
    return FRAMES[size][len(head)] + head + FORMS[size]
