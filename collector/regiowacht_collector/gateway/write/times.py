"""What a sample's time says of where it goes: each time of a write is judged once."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from regiowacht_collector.gateway.write import reasons
from regiowacht_contract.wire.errors import Malformed
from regiowacht_contract.wire.varint import read_varint, signed, varint

if TYPE_CHECKING:
    from regiowacht_collector.gateway.write.limits import WriteLimits


class Age(Enum):
    """Where samples of a time go."""

    FRESH = "fresh"
    OLD = "old"
    REFUSED = "refused"


class Moment(NamedTuple):
    """A time of a sample.

    Attributes:
        at_ms: milliseconds since 1970.
        age: where its samples go.
        refusal: why nowhere, or "".
        stamp: the time as it stands in a sample, its tag with it, in the shortest form.
    """

    at_ms: int
    age: Age
    refusal: str
    stamp: bytes


class Times(dict[bytes, Moment | None]):
    """Moments by how they are encoded, tag first, judged when they are first asked for; None is no time in short form.

    Args:
        now_ms: the gateway's clock, milliseconds since 1970.
        limits: of times.
    """

    def __init__(self, now_ms: int, limits: WriteLimits) -> None:
        super().__init__()
        self._newest = now_ms + limits.future_ms
        self._fresh = now_ms - limits.fresh_ms
        self._oldest = now_ms - limits.window_ms

    def __missing__(self, stamp: bytes) -> Moment | None:
        try:
            number, _end = read_varint(stamp, 1, len(stamp))
        except Malformed:
            return None
        moment = self.moment(signed(number))
        return moment if moment.stamp == stamp else None

    def moment(self, at_ms: int) -> Moment:
        """Return the moment of a time, and remember it."""
        moment = self._judged(at_ms, b"\x10" + varint(at_ms))
        self[moment.stamp] = moment
        return moment

    def ages(self) -> set[Age]:
        """Return what ages there are among all that was asked for."""
        return {moment.age for moment in self.values() if moment is not None}

    def _judged(self, at_ms: int, stamp: bytes) -> Moment:
        if at_ms > self._newest:
            return Moment(at_ms, Age.REFUSED, reasons.TOO_FAR_AHEAD, stamp)
        if at_ms < self._oldest:
            return Moment(at_ms, Age.REFUSED, reasons.TOO_OLD, stamp)
        return Moment(at_ms, Age.FRESH if at_ms >= self._fresh else Age.OLD, "", stamp)
