from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from regiowacht_agent.snmp import pdu
from regiowacht_agent.snmp import value as tags
from regiowacht_agent.snmp.ber import SEQUENCE, Reader, encode, encode_integer
from regiowacht_agent.snmp.oid import Oid, encode_oid, parse_oid
from regiowacht_agent.snmp.poll.part import Part
from regiowacht_agent.snmp.poll.plan import FEW_ROWS, GET_MAX, Bounds, plan
from regiowacht_agent.snmp.value import Value

ENTRY = parse_oid("1.3.6.1.2.1.31.1.1.1")
Cells = dict[Oid, dict[Oid, Value]]


def table(columns: int, rows: int) -> Cells:
    value = Value(tags.COUNTER64, 10**12)
    return {(*ENTRY, column): {(row,): value for row in range(1, rows + 1)} for column in range(1, columns + 1)}


def asked(parts: tuple[Part, ...]) -> list[Oid]:
    return sorted(name for part in parts for name in part.names)


def answer_bytes(part: Part, cells: Cells) -> int:
    whole = {column + row: value for column, rows in cells.items() for row, value in rows.items()}
    listed = b"".join(encode(SEQUENCE, encode(6, encode_oid(name)) + _written(whole[name])) for name in part.names)
    return len(encode(SEQUENCE, listed))


def _written(value: Value) -> bytes:
    assert value.data is not None
    return (
        encode_integer(value.data, value.tag) if isinstance(value.data, int) else encode(value.tag, bytes(value.data))
    )


def test_a_switch_of_52_ports_takes_a_question_a_column() -> None:
    parts = plan(table(10, 52), table(10, 52))
    assert [(len(part.columns), len(part.rows), part.bulk) for part in parts] == [(1, 52, True)] * 10


def test_columns_of_a_small_switch_share_questions() -> None:
    parts = plan(table(10, 12), table(10, 12))
    assert [(len(part.columns), len(part.rows)) for part in parts] == [(4, 12), (4, 12), (2, 12)]


def test_a_large_stack_is_asked_in_pieces_that_follow_each_other() -> None:
    parts = plan(table(1, 300), table(1, 300))
    assert len(parts) == 6
    assert [part.before for part in parts] == [(), *(part.rows[-1] for part in parts[:-1])]
    assert asked(parts) == sorted((*ENTRY, 1, row) for row in range(1, 301))


def test_no_more_rows_are_asked_at_once_than_the_device_gives() -> None:
    parts = plan(table(2, 52), table(2, 52), Bounds(rows=20))
    assert [len(part.rows) for part in parts] == [20, 20, 12] * 2


def test_few_rows_are_asked_by_their_names() -> None:
    cells = table(30, 2)
    parts = plan(cells, cells)
    assert [(part.bulk, part.size) for part in parts] == [(False, GET_MAX), (False, 20)]
    assert asked(parts) == sorted(column + row for column, rows in cells.items() for row in rows)


def test_without_getbulk_every_cell_is_asked_by_its_name() -> None:
    parts = plan(table(3, 52), table(3, 52), Bounds(bulk=False))
    assert not any(part.bulk for part in parts)
    assert len(asked(parts)) == 3 * 52


def test_a_question_says_what_it_is() -> None:
    bulk = Part(((*ENTRY, 6), (*ENTRY, 10)), ((7,), (8,)), before=(6,)).question()
    outer = Reader(bulk)
    tag, start, end = outer.head()
    reader = Reader(bulk, start, end)
    assert (tag, reader.integer(), reader.integer(), reader.integer()) == (pdu.GETBULK, 1, 0, 2)
    assert encode_oid((*ENTRY, 6, 6)) in bulk
    get = Part(((*ENTRY, 6),), ((7,),), bulk=False).question()
    assert get[0] == pdu.GET
    assert encode_oid((*ENTRY, 6, 7)) in get


CELLS = st.dictionaries(
    st.integers(1, 20).map(lambda column: (*ENTRY, column)),
    st.dictionaries(
        st.tuples(st.integers(1, 2**20)),
        st.one_of(
            st.integers(0, 2**32 - 1).map(lambda number: Value(tags.COUNTER32, number)),
            st.binary(max_size=300).map(lambda text: Value(tags.OCTETS, text)),
        ),
        max_size=60,
    ),
    max_size=8,
)


@given(CELLS, st.booleans())
def test_whatever_a_device_has_each_cell_is_asked_once_and_answers_stay_small(cells: Cells, bulk: bool) -> None:
    parts = plan(cells, cells, Bounds(bulk))
    assert asked(parts) == sorted(column + row for column, rows in cells.items() for row in rows)
    for part in parts:
        assert answer_bytes(part, cells) < 1400 or part.size == 1
        if part.bulk:
            assert len(part.rows) > FEW_ROWS or len(part.columns) == 1
