"""Whatever a device says in whatever column, a layout comes of it, and each series gives a finite number or none."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regiowacht_agent.snmp import value as tags
from regiowacht_agent.snmp.meaning import loader
from regiowacht_agent.snmp.meaning.convert import plain
from regiowacht_agent.snmp.meaning.lay_out import Options
from regiowacht_agent.snmp.value import Value
from tests.agent.snmp.meaning.readings import Cells, known_book

if TYPE_CHECKING:
    from regiowacht_agent.snmp.meaning.book import Book

EDGES = [0, 1, -1, -2, -3, 2, 3, 8, 9, 19, 65535, -(2**31), 2**31 - 1, 2**32 - 1, 2**53, 2**64 - 1]
NUMBERS = st.sampled_from(EDGES) | st.integers(-(2**63), 2**64)
TAGS = st.sampled_from(sorted(tags.NUMBERS))
OPAQUES = st.sampled_from(
    [b"", b"\x9f\x78\x04\x7f\xc0\x00\x00", b"\x9f\x78\x04\x7f\x80\x00\x00", b"\x9f\x79\x08" + bytes(8)]
)
VALUES = (
    st.builds(Value, TAGS, NUMBERS)
    | st.builds(Value, st.just(tags.OCTETS), st.binary(max_size=20) | st.text(max_size=9).map(str.encode))
    | st.builds(Value, st.just(tags.OPAQUE), OPAQUES)
    | st.builds(Value, st.just(tags.IP), st.binary(max_size=5))
    | st.builds(Value, st.just(tags.OBJECT), st.lists(st.integers(0, 2**32 - 1), max_size=4).map(tuple))
    | st.just(Value(tags.NULL, None))
)
ROWS = st.sampled_from([(0,), (1,), (2,), (1, 1), (0, 1, 1), (), (2**32 - 1,)])


@pytest.mark.parametrize("name", known_book().files)
@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_nothing_that_a_device_says_is_too_much(name: str, data: st.DataObject) -> None:
    _say_anything(known_book(), name, data)


@pytest.mark.parametrize("name", known_book().families)
@settings(deadline=None, max_examples=8)
@given(data=st.data())
def test_nothing_that_a_device_of_a_family_says_is_too_much(name: str, data: st.DataObject) -> None:
    _say_anything(known_book().family(name), name, data)


def _say_anything(book: Book, name: str, data: st.DataObject) -> None:
    anchors = book.anchors([name])
    needs = book.needs(anchors, Options(frozenset({"all"}), idle=False))
    columns = tuple(dict.fromkeys((*needs.slow, *needs.fast)))
    pool = data.draw(st.lists(VALUES, min_size=1, max_size=8))
    rows = data.draw(st.lists(ROWS, min_size=1, max_size=4, unique=True))
    random = data.draw(st.randoms(use_true_random=False))
    read = {column: {row: random.choice(pool) for row in rows if random.random() < 0.9} for column in columns}
    options = Options(frozenset({"all"}), idle=random.random() < 0.5)
    layout = book.lay_out(read, anchors, loader.metrics(), options)
    seen = set()
    for series in layout.series:
        key = (series.metric.name, series.labels)
        assert key not in seen
        seen.add(key)
        assert len(series.labels) == len(series.metric.labels)
        for values in (
            [plain(read[cell.column][cell.row]) for cell in series.cells],
            [plain(random.choice(pool))] * len(series.cells),
        ):
            if series.convert is None:
                continue
            number = series.convert(*values)
            assert number is None or math.isfinite(number)


def test_the_worst_columns_of_numbers_are_no_work() -> None:
    """A power of two numbers that a device chooses is worked out in floats."""
    book = known_book()
    anchors = book.anchors(["entity_sensor"])
    read: Cells = {
        column: {(1,): Value(tags.INTEGER, 8 if column[-1] == 1 else 2**31 - 1)} for column in book.needs(anchors).slow
    }
    read[1, 3, 6, 1, 2, 1, 99, 1, 1, 1, 4] = {(1,): Value(tags.INTEGER, 2**31 - 1)}
    layout = book.lay_out(read, anchors, loader.metrics())
    assert not layout.series
    assert [trouble.reason for trouble in layout.troubles] == ["value"]
