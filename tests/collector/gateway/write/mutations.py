"""Ways to make a body say to one reader what it does not say to another, or what its writer may not say."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from regiowacht_contract.wire.errors import Malformed
from tests.collector.gateway.write.tree import BYTES, FIXED64, SAMPLES, VARINT, Field, read, write

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    Change = Callable[[list[Field], random.Random, bytes], None]

NAMES = (
    b"gemeente",
    b"scope",
    b"__name__",
    b"instance",
    b"job",
    b"mode",
    b"__tenant__",
    b"__address__",
    b"",
    b"Gemeente",
)
VALUES = (
    b"polderdam", b"polderdam/infrastructuur", b"polderdam/overig", b"_regio", b"_regio/connectiviteit", b"zandbeke",
    b"zandbeke/infrastructuur", b"zandbeke/overig", b"zandbeke/anders", b"zandbeke\x00", b" zandbeke", b"ZANDBEKE", b"",
    b"up", b"regiowacht_asset_info", b"regiowacht:asset_state", b"a:b", b"ALERTS", b"node_load1", b"\xff\xfe",
    b"caf\xc3\xa9", b"x" * 130, b"x" * 2100,
)  # fmt: skip
NOW_MS = 1_795_000_000_000
TIMES = (
    0, 1, -1, NOW_MS, NOW_MS - 60_000, NOW_MS + 299_000, NOW_MS + 301_000, NOW_MS - 3_600_000,
    NOW_MS - 15 * 86_400_000, NOW_MS - 16 * 86_400_000, 2**63 - 1, -(2**63), NOW_MS * 1000,
)  # fmt: skip


def label(name: bytes, value: bytes) -> Field:
    """Return a label."""
    return Field(1, fields=[Field(1, content=name), Field(2, content=value)])


def _series(fields: list[Field], dice: random.Random) -> Field | None:
    found = [one for one in fields if one.number == 1 and one.fields is not None]
    return dice.choice(found) if found else None


def _label(fields: list[Field], dice: random.Random) -> Field | None:
    series = _series(fields, dice)
    found = [one for one in (series.fields if series else None) or () if one.number == 1 and one.fields is not None]
    return dice.choice(found) if found else None


def _sample(fields: list[Field], dice: random.Random) -> Field | None:
    series = _series(fields, dice)
    found = [
        one for one in (series.fields if series else None) or () if one.number == SAMPLES and one.fields is not None
    ]
    return dice.choice(found) if found else None


def _into(message: Field | None, one: Field, dice: random.Random) -> None:
    if message is not None and message.fields is not None:
        message.fields.insert(dice.randint(0, len(message.fields)), one)


def label_twice(fields: list[Field], dice: random.Random, _other: bytes) -> None:
    """A label once more in its series, before the others, behind them or behind the samples."""
    _into(_series(fields, dice), label(dice.choice(NAMES), dice.choice(VALUES)), dice)


def same_label_twice(fields: list[Field], dice: random.Random, _other: bytes) -> None:
    """One of the series' own labels once more, with another value or the same."""
    series = _series(fields, dice)
    found = _label([series], dice) if series is not None else None
    if found is not None:
        again = copy.deepcopy(found)
        if dice.random() < 0.7 and again.fields:
            again.fields[-1].content = dice.choice(VALUES)
        _into(series, again, dice)


def name_twice(fields: list[Field], dice: random.Random, _other: bytes) -> None:
    """Name or value once more in their label: the last one wins."""
    number = dice.choice((1, 2))
    _into(_label(fields, dice), Field(number, content=dice.choice(NAMES if number == 1 else VALUES)), dice)


def number_twice(fields: list[Field], dice: random.Random, _other: bytes) -> None:
    """Time or value once more in their sample."""
    if dice.random() < 0.5:
        _into(_sample(fields, dice), Field(2, VARINT, dice.choice(TIMES) % 2**64), dice)
    else:
        _into(_sample(fields, dice), Field(1, FIXED64, dice.randbytes(8)), dice)


def other_label(fields: list[Field], dice: random.Random, _other: bytes) -> None:
    """A label becomes another one, or gets another value."""
    found = _label(fields, dice)
    if found is not None and found.fields:
        one = dice.choice(found.fields)
        one.content = dice.choice(NAMES if one.number == 1 else VALUES)


def other_time(fields: list[Field], dice: random.Random, _other: bytes) -> None:
    """A sample of another time, long ago, far ahead, or none."""
    found = _sample(fields, dice)
    for one in (found.fields if found else None) or ():
        if one.number == 2:
            one.content = dice.choice(TIMES) % 2**64


def more_samples(fields: list[Field], dice: random.Random, _other: bytes) -> None:
    """A sample once more, somewhere in its series, of the same time or another, of the same value or another."""
    series, found = _series(fields, dice), _sample(fields, dice)
    if found is not None:
        again = copy.deepcopy(found)
        for one in again.fields or ():
            if one.number == 2 and dice.random() < 0.7 and isinstance(one.content, int):
                one.content = (one.content + dice.choice((-1, 1, 15_000, -60_000, -900_000))) % 2**64
            if one.number == 1 and dice.random() < 0.5:
                one.content = dice.randbytes(8)
        _into(series, again, dice)


def empty(fields: list[Field], dice: random.Random, _other: bytes) -> None:
    """A label, its name or its value, a sample or a whole series without content, or taken away."""
    every = [one for top in fields for one in _all(top)]
    if every:
        one = dice.choice(every)
        one.fields, one.content = (None, b"") if not isinstance(one.content, int) else (None, 0)
        if one.wire == FIXED64:
            one.content = bytes(8)


def taken_away(fields: list[Field], dice: random.Random, _other: bytes) -> None:
    """A field less."""
    holders = [fields, *(one.fields for top in fields for one in _all(top) if one.fields)]
    holder = dice.choice(holders)
    if holder:
        holder.pop(dice.randrange(len(holder)))


def unknown_field(fields: list[Field], dice: random.Random, other: bytes) -> None:
    """A field that nobody knows, at any depth, sometimes with a request in it."""
    number = dice.choice((2, 3, 4, 5, 6, 15, 16, 1000, 2**29 - 1))
    kind = dice.choice((VARINT, FIXED64, BYTES, BYTES, 3, 4, 5))
    contents: dict[int, bytes | int] = {VARINT: 7, FIXED64: bytes(8), 5: bytes(4), 3: b"", 4: b""}
    content = contents.get(kind, other[: dice.randint(0, 400)])
    one = Field(number, kind, content)
    holders = [fields, *(each.fields for top in fields for each in _all(top) if each.fields)]
    holder = dice.choice(holders)
    holder.insert(dice.randint(0, len(holder)), one)


def other_encoding(fields: list[Field], dice: random.Random, _other: bytes) -> None:
    """Tags, lengths and numbers in longer forms than they need."""
    every = [one for top in fields for one in _all(top)]
    for one in dice.sample(every, min(len(every), dice.randint(1, 4))):
        one.more = dice.choice((1, 1, 2, 3, 4, 8))


def other_order(fields: list[Field], dice: random.Random, _other: bytes) -> None:
    """Fields in another order: labels behind samples, values before names."""
    holders = [fields, *(one.fields for top in fields for one in _all(top) if one.fields)]
    dice.shuffle(dice.choice(holders))


def other_type(fields: list[Field], dice: random.Random, _other: bytes) -> None:
    """A field of another number or wire type."""
    every = [one for top in fields for one in _all(top)]
    if every:
        one = dice.choice(every)
        if dice.random() < 0.5:
            one.number = dice.choice((1, 2, 3, 4, 5))
        else:
            one.wire = dice.choice((FIXED64, BYTES, 5))
            one.content = write([one])[1:9] if isinstance(one.content, int) else one.content


def lying_length(fields: list[Field], dice: random.Random, _other: bytes) -> None:
    """A length that says more or less than there is."""
    every = [one for top in fields for one in _all(top) if one.wire == BYTES]
    if every:
        dice.choice(every).lie = dice.choice((-9, -2, -1, 1, 2, 9, 18, 100, 2**31, 2**63))


def another_series(fields: list[Field], dice: random.Random, other: bytes) -> None:
    """A series of another gemeente's writer, or the same series once more."""
    theirs = read(other) if dice.random() < 0.5 else copy.deepcopy(fields)
    if theirs:
        fields.insert(dice.randint(0, len(fields)), dice.choice(theirs))


def merged_series(fields: list[Field], dice: random.Random, other: bytes) -> None:
    """Labels or samples of another series in a series."""
    series, theirs = _series(fields, dice), _series(read(other), dice)
    if series is not None and theirs is not None and theirs.fields:
        for one in dice.sample(theirs.fields, dice.randint(1, len(theirs.fields))):
            _into(series, one, dice)


def _all(one: Field) -> list[Field]:
    return [one, *(each for below in one.fields or () for each in _all(below))]


OF_FIELDS: tuple[Change, ...] = (
    label_twice, same_label_twice, name_twice, number_twice, other_label, other_time, more_samples, empty, taken_away,
    unknown_field, other_encoding, other_order, other_type, lying_length, another_series, merged_series,
)  # fmt: skip
"""What is done to a body's fields."""


def concatenated(body: bytes, dice: random.Random, other: bytes) -> bytes:
    """A request behind another, or before it, or a piece of one."""
    cut = other[: dice.randint(0, len(other))] if dice.random() < 0.3 else other
    return body + cut if dice.random() < 0.5 else cut + body


def truncated(body: bytes, dice: random.Random, _other: bytes) -> bytes:
    """A body that ends halfway."""
    return body[: dice.randint(0, len(body))]


def flipped(body: bytes, dice: random.Random, _other: bytes) -> bytes:
    """A few bits that are others."""
    told = bytearray(body)
    for _ in range(dice.randint(1, 3) if told else 0):
        told[dice.randrange(len(told))] ^= 1 << dice.randrange(8)
    return bytes(told)


def overwritten(body: bytes, dice: random.Random, other: bytes) -> bytes:
    """A piece of another body, or of nonsense, in the place of as long a piece: lengths stay true."""
    size = dice.randint(1, 60)
    at = dice.randint(0, len(body))
    piece = other[at : at + size] if dice.random() < 0.7 else dice.randbytes(size)
    return body[:at] + piece + body[at + len(piece) :]


def renamed(body: bytes, _dice: random.Random, _other: bytes) -> bytes:
    """Another gemeente's name wherever the own one stands, as long as it is."""
    return body.replace(b"zandbeke", b"duinstad")


def inserted(body: bytes, dice: random.Random, other: bytes) -> bytes:
    """A piece of another body, or of nonsense, in between."""
    at, begin = dice.randint(0, len(body)), dice.randint(0, len(other))
    piece = other[begin : begin + dice.randint(1, 80)] if dice.random() < 0.7 else dice.randbytes(dice.randint(1, 8))
    return body[:at] + piece + body[at:]


def cut_out(body: bytes, dice: random.Random, _other: bytes) -> bytes:
    """A piece less."""
    at = dice.randint(0, len(body))
    return body[:at] + body[at + dice.randint(1, 30) :]


OF_BYTES = (concatenated, truncated, flipped, overwritten, renamed, inserted, cut_out)
"""What is done to a body's bytes."""

CLASSES = tuple(change.__name__ for change in (*OF_FIELDS, *OF_BYTES))
"""All of them by name."""


def mutated(body: bytes, dice: random.Random, other: bytes) -> tuple[bytes, str]:
    """Return a body to which one to three things were done, and the name of the last of them.

    Args:
        body: that a writer may write.
        dice: decide.
        other: a body that another gemeente's writer may write.
    """
    name = ""
    for _ in range(dice.choice((1, 1, 1, 2, 3))):
        if dice.random() < 0.75:
            try:
                fields = read(body)
            except Malformed:  # by what was done to it before
                continue
            change = dice.choice(OF_FIELDS)
            change(fields, dice, other)
            body, name = write(fields), change.__name__
        else:
            step = dice.choice(OF_BYTES)
            body, name = step(body, dice, other), step.__name__
    return body, name or "unchanged"
