"""What a writer's body looked like last time, all but its values and times: the same again is known at a glance.

An agent sends the same series in the same order, all with a value, so that its bodies differ in eight bytes of value
and seven of time a series. One pass takes a body apart at those places; what lies between has to be what lay there,
byte for byte, when it was walked over.
"""

from __future__ import annotations

from collections import Counter
from itertools import chain, compress
from struct import Struct
from typing import TYPE_CHECKING

from regiowacht_collector.gateway.write.checked import Checked
from regiowacht_collector.gateway.write.quick import STAMP, WITH_VALUE, WITH_VALUE_SIZE
from regiowacht_collector.gateway.write.times import Age
from regiowacht_contract.wire.encode import Frames

if TYPE_CHECKING:
    from collections.abc import Sequence

    from regiowacht_collector.gateway.write.found import Found
    from regiowacht_collector.gateway.write.memory import Series
    from regiowacht_collector.gateway.write.times import Moment, Times

VALUE = 8
PLACE_BYTES = 64
"""What a field of a ``Struct`` takes."""

_FRAMES = Frames(WITH_VALUE_SIZE)


class Stencil:
    """Bodies with these series, one sample each, all of one time.

    Args:
        series: in their order, each once; refused ones among them.

    Attributes:
        size_bytes: what it takes, about.
    """

    def __init__(self, series: Sequence[Series]) -> None:
        self._between = tuple(_FRAMES[len(one.sent)] + one.sent + WITH_VALUE for one in series)
        self._goes = [not one.refusal for one in series]
        self._going = [one for one in series if not one.refusal]
        self._before = tuple(_FRAMES[len(one.head)] + one.head + WITH_VALUE for one in self._going)
        self._refused = Counter(one.refusal for one in series if one.refusal)
        self._is_whole = self._before == self._between
        value = f"{VALUE}x" if self._is_whole else f"{VALUE}s"
        self._step = 2 if self._is_whole else 3
        self._cut = Struct("<" + "".join(f"{len(one)}s{value}{STAMP}s" for one in self._between))
        self._heads = tuple(one.head for one in self._going)
        self._corrected = sum(one.corrected for one in self._going)
        self._pairs = tuple({one.pair for one in self._going if one.pair})
        self.size_bytes = 2 * self._cut.size + PLACE_BYTES * 3 * len(series)

    def check(self, body: bytes, times: Times) -> Checked | None:
        """Return what of a body goes on; None where it is not such a body."""
        if len(body) != self._cut.size:
            return None
        parts = self._cut.unpack(body)
        stamps = set(parts[self._step - 1 :: self._step])
        if len(stamps) != 1 or parts[:: self._step] != self._between:
            return None
        moment = times[stamps.pop()]
        return None if moment is None else self._told(body, parts, moment)

    def _told(self, body: bytes, parts: tuple[bytes, ...], moment: Moment) -> Checked:
        if moment.age is Age.REFUSED:
            return Checked(refused=dict(self._refused + Counter({moment.refusal: len(self._going)})))
        told = body if self._is_whole else self._changed(parts)
        return Checked(
            fresh=told if moment.age is Age.FRESH else b"",
            old=told if moment.age is Age.OLD else b"",
            samples=len(self._going),
            series=len(self._going),
            refused=dict(self._refused),
            corrected=self._corrected,
            newest_ms=moment.at_ms if self._going else 0,
            instances=dict.fromkeys(self._pairs, moment.at_ms),
            heads=self._heads,
        )

    def _changed(self, parts: tuple[bytes, ...]) -> bytes:
        """Return the body with the labels that go on."""
        values, stamps = (compress(parts[one :: self._step], self._goes) for one in (1, 2))
        return b"".join(chain.from_iterable(zip(self._before, values, stamps, strict=True)))


def stencil_of(found: Found) -> Stencil | None:
    """Return the stencil of a body that was walked over; None where it is not one sample a series, all with a value."""
    series = [row[0] for row in found.rows]
    heads = [one.head for one in series if not one.refusal]
    if found.beyond or len(set(heads)) < len(heads):
        return None
    return Stencil(series) if all(len(row[1]) == WITH_VALUE_SIZE for row in found.rows) else None
