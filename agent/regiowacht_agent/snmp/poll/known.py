"""What was learnt of a device: its series, and the questions whose answers they come from."""

from __future__ import annotations

from regiowacht_agent.snmp.meaning.convert import plain
from regiowacht_agent.snmp.poll.expected import Expected
from regiowacht_agent.snmp.poll.part import Part
from regiowacht_agent.snmp.poll.plan import plan
from regiowacht_agent.snmp.poll.sheet import Sheet

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from regiowacht_agent.polls.asset import Polled
    from regiowacht_agent.snmp.meaning.book import Needs
    from regiowacht_agent.snmp.meaning.layout import Layout
    from regiowacht_agent.snmp.meaning.row import Cells
    from regiowacht_agent.snmp.oid import Oid
    from regiowacht_agent.snmp.poll.plan import Bounds
    from regiowacht_agent.snmp.session import Trouble
    from regiowacht_agent.snmp.value import Value

WHOLE_NAME: tuple[Oid, ...] = ((),)
"""The rows of a part whose columns are whole names."""


class Read:
    """Everything that was read of a device when it was learnt.

    Attributes:
        guards: objects that change when tables may have: by whole name.
        cells: a column's name, then a row's index, then the value.
        troubles: what is missing.
        at: when, in monotonic seconds.
    """

    __slots__ = ("at", "cells", "guards", "troubles")

    def __init__(self, guards: Mapping[Oid, Value], cells: Cells, troubles: tuple[Trouble, ...], at: float) -> None:
        self.guards = guards
        self.cells = cells
        self.troubles = troubles
        self.at = at


class Known:
    """What a device is asked at each poll, and what its answers come to.

    Args:
        asset: whose labels its series carry.
        read: what was read of it.
        needs: which columns that took.
        layout: the series that they give.
        bounds: how it may be asked.
        beyond: what could not be read, or was left out since there would be too many series.

    Attributes:
        guard: the question that goes before all others: has the device started again, did its tables change?
        fast: questions of every poll.
        slow: questions of the slow pace.
        naming: those, by ``id``, of whose answers labels and filters are made: another one makes other series.
        sheet: its series.
        troubles: what is wrong for as long as it is so known: what could not be read when it was learnt, rows without
            what their series are made of, and the like.
        refused: counts values that could not be believed.
        at: when it was learnt, in monotonic seconds.
        rows: which objects there were, as a hash: the names themselves would take more memory than all else.
    """

    __slots__ = ("at", "fast", "guard", "naming", "refused", "rows", "sheet", "slow", "troubles")

    def __init__(
        self, asset: Polled, read: Read, needs: Needs, layout: Layout, bounds: Bounds, beyond: tuple[Trouble, ...] = ()
    ) -> None:
        values = _by_name(read)
        self.guard = _expected([Part(tuple(read.guards), WHOLE_NAME, bulk=False)], values)[0]
        fast = _but(read.cells, layout.columns(), read.guards)
        valued = _but(read.cells, layout.columns(slow=True), {*read.guards, *_names(fast)})
        naming = _but(read.cells, sorted(needs.shaping), {*read.guards, *_names(fast), *_names(valued)})
        self.naming: frozenset[int] = frozenset()
        self.fast = self._planned(fast, needs, bounds, values)
        self.slow = self._planned({**naming, **valued}, needs, bounds, values)
        self.sheet = Sheet(asset, layout.series, [self.guard, *self.slow, *self.fast])
        self.troubles = (*beyond, *layout.troubles)
        self.refused = layout.refused
        self.at = read.at
        self.rows = hash(frozenset(values))

    @property
    def has_questions(self) -> bool:
        """Whether anything is asked of it: of a device that told nothing when it was learnt, nothing is."""
        return bool(self.guard.values or self.fast or self.slow)

    def _planned(self, cells: Cells, needs: Needs, bounds: Bounds, values: Mapping[Oid, Value]) -> list[Expected]:
        """Return the answers to expect, those that shape the series apart from the others."""
        shaping = [column for column in cells if column in needs.shaping]
        named = _expected(plan(cells, shaping, bounds), values)
        self.naming |= frozenset(map(id, named))
        return named + _expected(plan(cells, [one for one in cells if one not in needs.shaping], bounds), values)


def _by_name(read: Read) -> dict[Oid, Value]:
    found = {column + row: value for column, rows in read.cells.items() for row, value in rows.items()}
    return {**found, **read.guards}


def _names(cells: Cells) -> Iterable[Oid]:
    return (column + row for column, rows in cells.items() for row in rows)


def _but(cells: Cells, columns: Iterable[Oid], others: Iterable[Oid]) -> dict[Oid, dict[Oid, Value]]:
    """Return the cells of these columns without those that are asked for otherwise."""
    left_out = frozenset(others)
    return {
        column: {row: value for row, value in cells.get(column, {}).items() if column + row not in left_out}
        for column in columns
    }


def _expected(parts: Iterable[Part], values: Mapping[Oid, Value]) -> list[Expected]:
    """Return the answers that these parts get, with the values that were read already."""
    found: list[Expected] = []
    for part in parts:
        held = [values[name] for name in part.names]
        expected = Expected(part, bytes(value.tag for value in held))
        expected.seed(tuple(map(plain, held)))
        found.append(expected)
    return found
