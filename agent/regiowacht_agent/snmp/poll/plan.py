"""Which questions a device is asked at every poll: the cells that are needed, together as far as answers stay small."""

from __future__ import annotations

from regiowacht_agent.snmp.poll.part import Part
from regiowacht_contract.light import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from regiowacht_agent.snmp.oid import Oid
    from regiowacht_agent.snmp.value import Value

    Cells = Mapping[Oid, Mapping[Oid, Value]]

ROOM_BYTES = 100
"""Of an answer, for what is around its bindings; SNMP 3 takes the most, with its user and its engine."""

AROUND_BINDING = 6
FEW_ROWS = 6
"""A column of no more rows is asked for by GET, together with others of its kind."""

GET_MAX = 40
"""Names in one GET; some agents take no more than 64, and answer each by a look-up of its own."""


class Bounds(NamedTuple):
    """What a device bears.

    Attributes:
        bulk: whether it answers GETBULK rightly.
        size_bytes: octets that an answer should stay below.
        rows: rows that it gives at once.
    """

    bulk: bool = True
    size_bytes: int = 1400
    rows: int = 100


DEFAULT = Bounds()


def plan(cells: Cells, columns: Iterable[Oid], bounds: Bounds = DEFAULT) -> tuple[Part, ...]:
    """Return the parts that together ask for every cell of the columns once.

    Columns with the same rows share a question as far as its answer has room; columns of few rows are asked for by
    their whole names, many in one question, as are all where GETBULK does not work.

    Args:
        cells: what the device had when it was learnt.
        columns: which of its columns to ask for, in the order in which they are wanted.
        bounds: what the device bears.
    """
    room = max(bounds.size_bytes - ROOM_BYTES, 1)
    alike: dict[tuple[Oid, ...], list[Oid]] = {}
    few: list[tuple[Oid, Oid]] = []
    for column in columns:
        rows = tuple(sorted(cells.get(column, ())))
        if len(rows) > FEW_ROWS and bounds.bulk:
            alike.setdefault(rows, []).append(column)
        else:
            few += [(column, row) for row in rows]
    parts: list[Part] = []
    for rows, sharing in alike.items():
        parts += _bulks(cells, sharing, rows, room, bounds.rows)
    parts += _gets(cells, few, room)
    return tuple(parts)


def cell_bytes(column: Oid, row: Oid, value: Value) -> int:
    """Return the octets that a cell takes in an answer, a number with one octet to grow into."""
    name = column + row
    octets = len(name) + sum((number > 0x7F) + (number > 0x3FFF) + (number > 0x1FFFFF) for number in name)
    told = value.data
    if isinstance(told, int):
        return AROUND_BINDING + octets + told.bit_length() // 8 + 2
    return AROUND_BINDING + octets + (len(told) if isinstance(told, bytes) else 5 * len(told or ()))


def _bulks(cells: Cells, columns: Sequence[Oid], rows: tuple[Oid, ...], room: int, most: int) -> Iterator[Part]:
    """Yield parts of neighbouring columns in all rows; a column too large for one question is cut into pieces."""
    some: list[Oid] = []
    used = 0
    for column in columns:
        size = sum(cell_bytes(column, row, cells[column][row]) for row in rows)
        if some and used + size > room:
            yield Part(tuple(some), rows)
            some, used = [], 0
        if size > room or len(rows) > most:
            yield from _pieces(cells, column, rows, room, most)
        else:
            some.append(column)
            used += size
    if some:
        yield Part(tuple(some), rows)


def _pieces(cells: Cells, column: Oid, rows: tuple[Oid, ...], room: int, most: int) -> Iterator[Part]:
    begin = used = 0
    for at, row in enumerate(rows):
        size = cell_bytes(column, row, cells[column][row])
        if at > begin and (used + size > room or at - begin == most):
            yield Part((column,), rows[begin:at], rows[begin - 1] if begin else ())
            begin, used = at, 0
        used += size
    yield Part((column,), rows[begin:], rows[begin - 1] if begin else ())


def _gets(cells: Cells, names: Sequence[tuple[Oid, Oid]], room: int) -> Iterator[Part]:
    """Yield parts that name each cell. A part is columns times rows: cells of other shapes are columns of one row."""
    some: list[Oid] = []
    used = 0
    for column, row in names:
        size = cell_bytes(column, row, cells[column][row])
        if some and (used + size > room or len(some) == GET_MAX):
            yield Part(tuple(some), ((),), bulk=False)
            some, used = [], 0
        some.append(column + row)
        used += size
    if some:
        yield Part(tuple(some), ((),), bulk=False)
