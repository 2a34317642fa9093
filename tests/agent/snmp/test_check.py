"""What counts as equal when two engines read a device one after the other, and what does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regiowacht_agent.snmp import value as tags
from regiowacht_agent.snmp.check import compare
from regiowacht_agent.snmp.session import Columns, Trouble
from regiowacht_agent.snmp.value import Value

COLUMN = (1, 3, 6, 1, 2, 1, 2, 2, 1, 10)
OTHER = (1, 3, 6, 1, 2, 1, 2, 2, 1, 2)
TAGS = sorted({*tags.NUMBERS, tags.OCTETS, tags.OBJECT, tags.IP, tags.OPAQUE})


def columns(*values: Value | None, column: tuple[int, ...] = COLUMN) -> Columns:
    """Return one column with these values in rows 1, 2, ...; None is a row that is not there."""
    return Columns({column: {(row,): value for row, value in enumerate(values, 1) if value is not None}})


def said(tag: int, before: object, oracle: object, after: object, moving: tuple[tuple[int, ...], ...] = ()) -> str:
    """Return the words of the trouble that three readings of one cell come to, "" without one."""
    first, truth, last = (columns(Value(tag, data)) for data in (before, oracle, after))  # type: ignore[arg-type]
    troubles = compare(first, truth, last, moving)
    assert all((trouble.reason, trouble.oid, trouble.rows) == ("check", COLUMN, 1) for trouble in troubles)
    assert len(troubles) <= 1
    return troubles[0].detail if troubles else ""


def cells(tag: int) -> st.SearchStrategy[Value]:
    data: st.SearchStrategy[object] = st.binary(max_size=8)
    if tag in tags.NUMBERS:
        data = st.integers(0, 2**32 - 1)
    if tag == tags.OBJECT:
        data = st.lists(st.integers(0, 9), min_size=2, max_size=5).map(tuple)
    return data.map(lambda one: Value(tag, one))  # type: ignore[arg-type]


ANY = st.sampled_from(TAGS).flatmap(cells)


@given(st.lists(ANY, max_size=5))
def test_what_stands_still_is_equal(values: list[Value]) -> None:
    still = columns(*values)
    assert compare(still, still, still) == ()


@given(st.lists(ANY, min_size=1, max_size=5), st.data())
def test_a_lost_row_is_never_equal(values: list[Value], data: st.DataObject) -> None:
    lost = data.draw(st.integers(0, len(values) - 1))
    fast = columns(*values[:lost], None, *values[lost + 1 :])
    (trouble,) = compare(fast, columns(*values), fast)
    assert (trouble.oid, trouble.rows) == (COLUMN, 1)
    assert f"row {lost + 1}: the fast engine does not find it" in trouble.detail
    (trouble,) = compare(columns(*values), fast, columns(*values))
    assert "pysnmp has no such row" in trouble.detail


@given(ANY, ANY)
def test_another_type_is_never_equal(right: Value, read: Value) -> None:
    found = compare(columns(read), columns(right), columns(read))
    assert bool(found) == (right != read)  # one cell alone: any other value that stood still is a fault too
    if right.tag != read.tag:
        assert "is read as a" in found[0].detail


@given(st.sampled_from([32, 64]), st.integers(0, 2**64 - 1), st.data())
def test_a_counter_lies_on_its_way(bits: int, begin: int, data: st.DataObject) -> None:
    tag, size = (tags.COUNTER32, 2**32) if bits == 32 else (tags.COUNTER64, 2**64)
    way = data.draw(st.integers(0, 2**31))
    step = data.draw(st.integers(0, way))
    assert said(tag, begin % size, (begin + step) % size, (begin + way) % size) == ""
    beyond = data.draw(st.integers(way + 1, size - 1))
    assert "another Counter" in said(tag, begin % size, (begin + beyond) % size, (begin + way) % size)


def test_a_counter_that_began_again_is_equal() -> None:
    assert said(tags.COUNTER32, 1000, 5, 50) == ""
    assert said(tags.COUNTER64, 1000, 1200, 50) == ""
    assert "60, read as 1000 before and 50 after" in said(tags.COUNTER32, 1000, 60, 50)


@pytest.mark.parametrize("tag", [tags.GAUGE32, tags.TICKS, tags.UINTEGER32])
def test_what_is_measured_may_go_anywhere_when_it_moves(tag: int) -> None:
    assert said(tag, 20, 90, 21) == ""
    assert said(tag, 7200, 7150, 7100) == ""  # a time that runs down
    assert "none of its 1 values" in said(tag, 20, 90, 20)


def test_one_reading_that_jumped_is_no_fault_beside_others_that_are_right() -> None:
    still = columns(Value(tags.GAUGE32, 5), Value(tags.GAUGE32, 6))
    assert compare(still, columns(Value(tags.GAUGE32, 5), Value(tags.GAUGE32, 9)), still) == ()
    (trouble,) = compare(still, columns(Value(tags.GAUGE32, 7), Value(tags.GAUGE32, 9)), still)
    assert (trouble.detail, trouble.rows) == ("none of its 2 values is what pysnmp reads", 2)


def test_a_state_is_one_of_the_two_unless_it_moves() -> None:
    assert said(tags.INTEGER, 1, 2, 2) == ""
    assert said(tags.INTEGER, 1, 1, 2) == ""
    assert said(tags.INTEGER, 20, 22, 21) == ""
    assert "another INTEGER: 2, read as 1 before and 1 after" in said(tags.INTEGER, 1, 2, 1)


def test_texts_are_one_of_the_two_and_not_repeated() -> None:
    assert said(tags.OCTETS, b"up", b"up", b"down") == ""
    assert said(tags.OCTETS, b"up", b"\x00secret", b"down").endswith("another OCTET STRING")
    assert said(tags.OCTETS, b"10:01", b"10:02", b"10:03", moving=(COLUMN,)) == ""
    assert said(tags.OCTETS, b"10:01", b"10:02", b"10:03", moving=(OTHER,)) != ""


def test_fractions_move() -> None:
    assert said(tags.OPAQUE, b"\x9f\x78\x04\x42\xf6\x00\x00", b"\x9f\x78\x04\x42\xf6\x00\x01", b"other") == ""


def test_rows_come_and_go() -> None:
    one, two = Value(tags.INTEGER, 1), Value(tags.INTEGER, 2)
    assert compare(columns(one, two), columns(one, two), columns(one)) == ()
    assert compare(columns(one, two), columns(one), columns(one)) == ()
    assert compare(columns(one), columns(one), columns(one, two)) == ()
    assert compare(columns(one), columns(one, two), columns(one, two)) == ()


def test_a_column_that_one_does_not_know_is_a_fault() -> None:
    here, none = columns(Value(tags.INTEGER, 1)), Columns({})
    assert [trouble.rows for trouble in compare(none, here, none)] == [1]
    assert [trouble.rows for trouble in compare(here, none, here)] == [1]
    assert compare(Columns({OTHER: {}}), none, Columns({OTHER: {}})) == ()


def test_each_column_has_its_own_trouble() -> None:
    right = Columns(
        {COLUMN: {(1,): Value(tags.INTEGER, 1), (2,): Value(tags.INTEGER, 1)}, OTHER: {(1,): Value(4, b"a")}}
    )
    read = Columns(
        {COLUMN: {(1,): Value(tags.INTEGER, 2), (2,): Value(tags.INTEGER, 2)}, OTHER: {(1,): Value(4, b"b")}}
    )
    found = compare(read, right, read)
    assert [(trouble.oid, trouble.rows) for trouble in found] == [(COLUMN, 2), (OTHER, 1)]
    assert found[0].detail.startswith("2 of 2 rows differ; row 1: ")


@pytest.mark.parametrize("place", range(3))
def test_what_was_not_read_proves_nothing(place: int) -> None:
    fine = columns(Value(tags.INTEGER, 1))
    readings = [fine] * 3
    readings[place] = Columns(fine.cells, (Trouble("order", "it goes back", COLUMN, 2),))
    (trouble,) = compare(readings[0], readings[1], readings[2])
    who = "pysnmp" if place == 1 else "the fast engine"
    assert trouble == Trouble("check", f"{who} does not read it: order, it goes back", COLUMN, 2)
