from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regiowacht_agent.snmp import pdu
from regiowacht_agent.snmp import value as tags
from regiowacht_agent.snmp.ber import SEQUENCE, Malformed, encode, encode_integer
from regiowacht_agent.snmp.oid import Oid, encode_oid, parse_oid
from regiowacht_agent.snmp.poll.expected import Differs, Expected
from regiowacht_agent.snmp.poll.part import Part

OCTETS, STATUS = parse_oid("1.3.6.1.2.1.31.1.1.1.6"), parse_oid("1.3.6.1.2.1.2.2.1.8")
NUMBER = 0x1234_5678
SIZES = {tags.INTEGER: 31, tags.COUNTER32: 32, tags.GAUGE32: 32, tags.TICKS: 32, tags.COUNTER64: 64}


def answer(cells: list[tuple[Oid, bytes]], number: int = NUMBER, status: int = 0) -> bytes:
    """Return a response with these values, which are bytes already."""
    listed = b"".join(encode(SEQUENCE, encode(tags.OBJECT, encode_oid(name)) + value) for name, value in cells)
    head = encode(tags.INTEGER, number.to_bytes(4, "big")) + encode_integer(status) + encode_integer(0)
    return encode(pdu.RESPONSE, head + encode(SEQUENCE, listed))


def unsigned(number: int, tag: int = tags.COUNTER64) -> bytes:
    return encode_integer(number, tag)


def column(values: list[int], tag: int = tags.COUNTER64, number: int = NUMBER) -> bytes:
    return answer([((*OCTETS, row), unsigned(value, tag)) for row, value in enumerate(values, 1)], number)


def expected(rows: int, tag: int = tags.COUNTER64) -> Expected:
    return Expected(Part((OCTETS,), tuple((row,) for row in range(1, rows + 1))), bytes([tag]) * rows)


VALUES = st.sampled_from(sorted(SIZES)).flatmap(
    lambda tag: st.tuples(
        st.just(tag),
        st.integers(1, 6).flatmap(
            lambda rows: st.lists(
                st.lists(st.integers(0, 2 ** SIZES[tag] - 1), min_size=rows, max_size=rows), min_size=1, max_size=8
            )
        ),
    )
)


@given(VALUES)
def test_whatever_way_an_answer_takes_its_values_are_those_it_holds(told: tuple[int, list[list[int]]]) -> None:
    tag, polls = told
    taking = expected(len(polls[0]), tag)
    for number, values in enumerate(polls, NUMBER):
        for _ in range(3):  # the second and third bring the same, by the cheapest way
            taking.take(column(values, tag, number))
            assert taking.values == tuple(value % 2**53 for value in values)
            assert taking.is_fresh


@given(st.lists(st.lists(st.integers(-(2**31), 2**31 - 1), min_size=4, max_size=4), max_size=8))
def test_numbers_with_a_sign_keep_it(polls: list[list[int]]) -> None:
    taking = expected(4, tags.INTEGER)
    for values in polls:
        taking.take(column(values, tags.INTEGER))
        assert taking.values == tuple(values)


def test_the_same_bindings_in_something_else_than_an_answer_are_refused() -> None:
    taking = expected(3)
    good = column([1, 2, 3])
    for _ in range(3):
        taking.take(good)
        with pytest.raises(Malformed):
            taking.take(bytes((pdu.GET,)) + good[1:])
        with pytest.raises(Malformed):
            taking.take(good[:2] + b"\x04" + good[3:])


def test_only_a_change_of_width_is_read_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[bytes] = []
    real = pdu.read

    def noted(octets: bytes) -> pdu.Response:
        read.append(octets)
        return real(octets)

    monkeypatch.setattr(pdu, "read", noted)
    taking = expected(3)
    for values in ([1, 2, 3], [4, 5, 6], [7, 8, 9], [7, 8, 9], [300, 8, 9], [301, 9, 10]):
        taking.take(column(values))
    assert len(read) == 3  # the first, the second (which shows that it changes), the wider one


@pytest.mark.parametrize(
    ("octets", "number"),
    [("4104ffffffff", 2**32 - 1), ("410500ffffffff", 2**32 - 1), ("4206000000000001", 1), ("42080000000100000001", 1)],
)
def test_numbers_that_an_agent_writes_oddly_are_the_same_by_each_way(octets: str, number: int) -> None:
    taking = expected(2, int(octets[:2], 16))
    for other in (5, 6, 7):
        cells = [((*OCTETS, 1), bytes.fromhex(octets)), ((*OCTETS, 2), unsigned(other, int(octets[:2], 16)))]
        taking.take(answer(cells))
        assert taking.values == (number, other)


ROW = [((*OCTETS, row), unsigned(row)) for row in (1, 2, 3)]


@pytest.mark.parametrize(
    "cells",
    [
        ROW[:2],
        [*ROW, ((*OCTETS, 4), unsigned(4))],
        [ROW[0], ROW[2], ROW[1]],
        [ROW[0], ROW[1], ROW[1]],
        [ROW[0], ROW[1], ((*OCTETS, 4), unsigned(3))],
        [ROW[0], ROW[1], ((*STATUS, 3), unsigned(3))],
        [ROW[0], ROW[1], ((*OCTETS, 3), unsigned(3, tags.COUNTER32))],
        [ROW[0], ROW[1], ((*OCTETS, 3), b"\x81\x00")],
        [ROW[0], ROW[1], ((*OCTETS, 3), b"\x04\x013")],
        [],
    ],
)
@pytest.mark.parametrize("polls_before", [0, 1, 2, 3])
def test_an_answer_with_other_names_or_types_is_never_taken(cells: list[tuple[Oid, bytes]], polls_before: int) -> None:
    taking = expected(3)
    for poll in range(polls_before):
        taking.take(column([10 + poll, 20, 30]))
    with pytest.raises(Differs):
        taking.take(answer(cells))
    assert not taking.is_fresh
    taking.take(column([1, 2, 3]))
    assert (taking.values, taking.is_fresh) == ((1, 2, 3), True)


def test_an_error_is_told_by_its_name() -> None:
    with pytest.raises(Differs, match="tooBig") as told:
        expected(3).take(answer([], status=pdu.TOO_BIG))
    assert told.value.status == pdu.TOO_BIG


def test_texts_among_numbers_are_told_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    kinds = bytes([tags.OCTETS, tags.COUNTER64, tags.IP, tags.OPAQUE])
    taking = Expected(Part((OCTETS,), ((1,), (2,), (3,), (4,))), kinds)
    told = [(b"OL", 5), (b"OL", 6), (b"OB", 7), (b"OB", 8), (b"OL CHRG", 9), (b"", 9), (b"", 10)]
    read: list[int] = []
    plainly = pdu.read

    def noted(answer: bytes) -> pdu.Response:
        read.append(1)
        return plainly(answer)

    monkeypatch.setattr(pdu, "read", noted)
    for text, number in told:
        cells = [(1, encode(4, text)), (2, unsigned(number)), (3, encode(tags.IP, bytes([192, 0, 2, number])))]
        cells.append((4, encode(tags.OPAQUE, tags.OPAQUE_FLOAT + struct.pack(">f", number / 2))))
        taking.take(answer([((*OCTETS, row), value) for row, value in cells]))
        assert taking.values == (text, number, bytes([192, 0, 2, number]), number / 2)
    assert len(read) == 4  # the first two, and those whose text has another length


def test_text_and_names_are_told_as_they_are() -> None:
    taking = Expected(Part((OCTETS,), ((1,), (2,))), bytes([tags.OCTETS, tags.OBJECT]))
    for text in (b"a", b"b", b"b", b"a longer one"):
        taking.take(answer([((*OCTETS, 1), encode(4, text)), ((*OCTETS, 2), encode(6, encode_oid(STATUS)))]))
        assert taking.values == (text, STATUS)


def test_what_was_missed_is_not_fresh_until_it_comes_again() -> None:
    taking = expected(2)
    taking.take(column([1, 2]))
    taking.miss()
    assert not taking.is_fresh
    taking.take(column([1, 2]))
    assert (taking.values, taking.is_fresh) == ((1, 2), True)


def test_an_answer_tells_whether_it_brought_anything_new() -> None:
    taking = expected(2)
    taking.seed((1, 2))
    assert [taking.take(column(values)) for values in ([1, 2], [1, 2], [1, 3], [1, 4], [1, 4])] == [
        False, False, True, True, False,
    ]  # fmt: skip


@pytest.mark.parametrize(("cells", "is_short"), [(ROW[:2], True), ([], True), (ROW[1:], False)])
def test_an_answer_that_ends_too_early_is_told_from_one_with_other_rows(
    cells: list[tuple[Oid, bytes]], is_short: bool
) -> None:
    with pytest.raises(Differs) as told:
        expected(3).take(answer(cells))
    assert told.value.is_short is is_short


@pytest.mark.parametrize("size", [0, 1, 2, 5, 9, 20])
def test_a_cut_answer_is_malformed(size: int) -> None:
    taking = expected(3)
    for _ in range(3):
        taking.take(column([1, 2, 3]))
    with pytest.raises(Malformed):
        taking.take(column([1, 2, 3])[:size])
