"""The answer that a question of a plan gets: compared with the last one as bytes, and read only where it changed.

An answer to the same question differs from the one before in its number and in values, mostly of the same width. So
three ways lead through it, from cheap to thorough, and each is sure of every name and type:

1. the same bytes as last time: the same values;
2. the same bytes but for values of the same width: what may differ is masked out, and the rest compared as one number;
   the values are then taken out of their places by one ``struct``;
3. anything else: read binding by binding, and compared with the names that were asked for.
"""

from __future__ import annotations

import functools
import struct

from regiowacht_agent.snmp import pdu
from regiowacht_agent.snmp import value as tags
from regiowacht_agent.snmp.ber import Reader
from regiowacht_agent.snmp.meaning.convert import WRAP, plain
from regiowacht_agent.snmp.value import Value
from regiowacht_contract.light import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from regiowacht_agent.snmp.meaning.convert import Plain
    from regiowacht_agent.snmp.poll.part import Part

SIGNED = {1: "b", 2: "h", 4: "i", 8: "q"}
UNSIGNED = {1: "B", 2: "H", 4: "I", 8: "Q"}
TEXTS = frozenset({tags.OCTETS, tags.IP, tags.OPAQUE})
"""Values that are taken as the octets that they are."""

AFTER_NUMBER = 4


class Differs(Exception):
    """The answer does not hold what was asked for.

    Attributes:
        status: error-status of the answer; 0 where the rows are others.
        is_short: it ends too early, and is right so far.
        came: cells that came.
    """

    def __init__(self, detail: str, status: int = 0, came: int = 0, *, is_short: bool = False) -> None:
        super().__init__(detail)
        self.status = status
        self.came = came
        self.is_short = is_short


class Expected:
    """The answer to one part of a plan.

    Args:
        part: what is asked.
        kinds: tags of the values, in the order of ``part.names``, as they were when the device was learnt.

    Attributes:
        part: what is asked.
        values: the last answer's values, as ``meaning.convert.plain`` has them.
        changes: how often those became others.
        is_fresh: whether they came with the latest question.
    """

    __slots__ = ("_after", "_before", "_kinds", "_last", "_pattern", "changes", "is_fresh", "part", "values")

    def __init__(self, part: Part, kinds: bytes) -> None:
        self.part = part
        self.values: tuple[Plain, ...] = ()
        self.is_fresh = False
        self.changes = 0
        self._kinds = kinds
        self._before = self._after = self._last = b""
        self._pattern: _Pattern | None = None

    def encode(self, number: int) -> bytes:
        """Return the question's bytes with that request-id."""
        if not self._before:
            question = self.part.question()
            at = pdu.number_at(question)
            self._before, self._after = question[:at], question[at + AFTER_NUMBER :]
        return self._before + number.to_bytes(AFTER_NUMBER, "big") + self._after

    def seed(self, values: tuple[Plain, ...]) -> None:
        """Take values that were read in another way, as fresh as those of an answer."""
        self.values = values
        self.changes += 1
        self.is_fresh = True

    def take(self, answer: bytes) -> bool:
        """Take the PDU of an answer; ``values`` are then its values. Return whether they are others than before.

        Raises:
            Differs: it holds other names, other types, or an error.
            Malformed: the bytes are no answer.
        """
        self.is_fresh = False
        last = self._last
        at = _after_number(answer)
        head = at - AFTER_NUMBER
        is_new = len(answer) != len(last) or answer[at:] != last[at:] or answer[:head] != last[:head]
        if is_new:
            before = self.values
            if self._pattern is None or not self._pattern.fits(answer):
                # A part that never changes needs no pattern, and most never do; the second answer shows which.
                self._read(answer)
                self._pattern = _pattern(answer) if last else None
                is_new = self.values != before
            else:
                self.values = self._pattern.values(answer)
            self._last = answer
            self.changes += is_new
        self.is_fresh = True
        return is_new

    def miss(self) -> None:
        """Note that the latest question had no answer: what was read before holds no more."""
        self.is_fresh = False

    def _read(self, answer: bytes) -> None:
        found = pdu.read(answer)
        if found.status:
            raise Differs(pdu.status_name(found.status), found.status)
        bindings = found.bindings
        names, wanted = tuple(name for name, _value in bindings), tuple(self.part.names)
        if names != wanted:
            is_short = names == wanted[: len(names)]
            detail = "the answer holds other rows than the device had when it was learnt"
            raise Differs(detail, came=len(names), is_short=is_short)
        if bytes(value.tag for _name, value in bindings) != self._kinds:
            raise Differs("the answer holds values of other types than when the device was learnt")
        self.values = tuple(plain(value) for _name, value in bindings)


class _Pattern(NamedTuple):
    """Where an answer's values stand.

    Attributes:
        size: length of such an answer.
        mask: ones wherever bytes must be the same, as a number.
        same: those bytes.
        places: takes the values out.
        signed: which of them ``struct`` has no number for, and have a sign.
        unsigned: likewise, without one.
        wrapped: which of them may be larger than a sample can tell.
        opaque: which of them may have a fraction.
    """

    size: int
    mask: int
    same: int
    places: struct.Struct
    signed: tuple[int, ...]
    unsigned: tuple[int, ...]
    wrapped: tuple[int, ...]
    opaque: tuple[int, ...]

    def fits(self, answer: bytes) -> bool:
        """Return whether the answer differs in values alone."""
        return len(answer) == self.size and int.from_bytes(answer, "little") & self.mask == self.same

    def values(self, answer: bytes) -> tuple[Plain, ...]:
        """Return the values of an answer that fits."""
        taken = self.places.unpack(answer)
        if not (self.signed or self.unsigned or self.wrapped or self.opaque):
            return taken
        found = list(taken)
        for at in self.unsigned:
            found[at] = int.from_bytes(found[at], "big") & WRAP - 1
        for at in self.signed:
            found[at] = int.from_bytes(found[at], "big", signed=True)
        for at in self.wrapped:
            found[at] &= WRAP - 1
        for at in self.opaque:
            found[at] = plain(Value(tags.OPAQUE, found[at]))
        return tuple(found)


@functools.lru_cache(256)
def _struct(places: str) -> struct.Struct:
    """Return the same object for the same places: columns of a device often have them alike."""
    return struct.Struct(places)


def _after_number(answer: bytes) -> int:
    """Return where the answer goes on after its request-id, of which every question has four octets.

    An agent may write it shorter; then the comparison starts within it, and the answer is read anew.
    """
    head = 2 + (answer[1] & 0x7F if len(answer) > 1 and answer[1] & 0x80 else 0)
    return head + 2 + AFTER_NUMBER


def _pattern(answer: bytes) -> _Pattern | None:
    """Return where the values of an answer stand that was read without a mistake; None: some are names."""
    outer = Reader(answer)
    _tag, start, end = outer.head()
    reader = Reader(answer, start, end)
    mask = bytearray(b"\xff" * len(answer))
    _tag, start, end = reader.head()
    mask[start:end] = bytes(end - start)
    reader.integer()
    reader.integer()
    inner = reader.inside()
    places, done, count = [">"], 0, 0
    odd: tuple[list[int], list[int]] = ([], [])
    wrapped: list[int] = []
    opaque: list[int] = []
    while not inner.is_done:
        binding = inner.inside()
        binding.head()
        tag, start, end = binding.head()
        if tag in TEXTS:
            if tag == tags.OPAQUE:
                opaque.append(count)
            places.append(f"{start - done}x{end - start}s")
            mask[start:end] = bytes(end - start)
            done = end
            count += 1
            continue
        if tag not in tags.NUMBERS:
            return None
        signed = tag == tags.INTEGER
        if not signed and end - start in {5, 9} and not answer[start]:
            start += 1  # the zero that keeps a number without a sign positive
        width = end - start
        if not signed and width > (8 if tag == tags.COUNTER64 else 4):
            return None  # an agent that writes more octets than the number takes; reading cuts them off
        code = (SIGNED if signed else UNSIGNED).get(width)
        if code is None:
            odd[signed].append(count)
        elif width == 8 and not signed:
            wrapped.append(count)
        places.append(f"{start - done}x{code or f'{width}s'}")
        mask[start:end] = bytes(width)
        done = end
        count += 1
    places.append(f"{len(answer) - done}x")
    whole = int.from_bytes(mask, "little")
    same = int.from_bytes(answer, "little") & whole
    fields = _struct("".join(places))
    return _Pattern(
        len(answer), whole, same, fields, tuple(odd[True]), tuple(odd[False]), tuple(wrapped), tuple(opaque)
    )
