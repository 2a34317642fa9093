"""Makes the series of a device out of what was read of its tables."""

from __future__ import annotations

from regiowacht_agent.snmp.meaning import compute
from regiowacht_agent.snmp.meaning.compute import Absent
from regiowacht_agent.snmp.meaning.convert import Refused, converter, is_as_it_is, plain
from regiowacht_agent.snmp.meaning.distinct import distinct
from regiowacht_agent.snmp.meaning.layout import Layout, Series
from regiowacht_agent.snmp.meaning.row import NOTHING, Row
from regiowacht_agent.snmp.meaning.rule import columns_of
from regiowacht_agent.snmp.session import Trouble
from regiowacht_contract.light import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import Any

    from regiowacht_agent.snmp.failure import Reason
    from regiowacht_agent.snmp.meaning.convert import Convert
    from regiowacht_agent.snmp.meaning.row import Cell, Cells
    from regiowacht_agent.snmp.meaning.rule import Node, SeriesRule, TableRule
    from regiowacht_agent.snmp.oid import Oid
    from regiowacht_contract.metric import Metric

ALL = "all"


class Options(NamedTuple):
    """What of a device is wanted.

    Attributes:
        groups: groups of series that are on, or ``all``; None: those that are on by default.
        idle: tell everything of ports that are not in use too, not their state alone.
    """

    groups: frozenset[str] | None = None
    idle: bool = True

    def has(self, rule: SeriesRule, defaults: Mapping[str, bool]) -> bool:
        """Return whether a series is wanted."""
        if not rule.group:
            return True
        if self.groups is None:
            return defaults.get(rule.group, True)
        return rule.group in self.groups or ALL in self.groups


def lay_out(
    tables: Sequence[tuple[TableRule, Sequence[SeriesRule]]],
    cells: Cells,
    metrics: Mapping[str, Metric],
    options: Options,
) -> Layout:
    """Return the series of a device.

    Args:
        tables: those that it has, each with the series that are wanted of it.
        cells: what was read: a column's name, then a row's index, then the value.
        metrics: the catalogue's, by name.
        options: what is wanted.

    Raises:
        KeyError: a metric is not in the catalogue, which a test of every file rules out.
    """
    work = _Work(cells, metrics, options)
    told = {rule.name: work.table(rule, series) for rule, series in tables}
    for name in tuple(_replaced(told, [rule for rule, _series in tables])):
        told[name] = []
    series = tuple(distinct(told, work.troubles))
    return Layout(series, tuple(work.troubles), work.idle, work.refused)


def _replaced(told: Mapping[str, Sequence[Series]], rules: Sequence[TableRule]) -> Iterator[str]:
    """Yield the names of tables in whose place another one tells something."""
    found = {name: bool(series) for name, series in told.items()}
    for rule in rules:
        if found[rule.name]:
            yield from (name for name in rule.instead_of if name in found)
        if any(found.get(name) for name in rule.behind):
            yield rule.name


class _Work:
    """One layout in the making."""

    def __init__(self, cells: Cells, metrics: Mapping[str, Metric], options: Options) -> None:
        self._cells = cells
        self._metrics = metrics
        self._options = options
        self._converters: dict[Any, Convert | None] = {}
        self.refused = Refused()
        self.troubles: list[Trouble] = []
        self.idle = 0

    def table(self, rule: TableRule, wanted: Sequence[SeriesRule]) -> list[Series]:
        """Return the series of a table, a metric after the other."""
        rows: dict[Oid, Row] = {}
        idle = set() if self._options.idle or not rule.idle else self._idle(rule, rows)
        labels: dict[Any, tuple[str, ...]] = {}
        found: list[Series] = []
        for series in wanted:
            found += self._series(rule, series, rows, labels, frozenset() if series.always else frozenset(idle))
        return found

    def _idle(self, rule: TableRule, rows: dict[Oid, Row]) -> set[Oid]:
        """Return the rows that are not in use."""
        for name, _test in rule.idle:
            for index in self._cells.get(rule.columns[name], NOTHING):
                self._row(rule, index, rows)
        found = {index for index, row in rows.items() if any(row.passes(*one) for one in rule.idle)}
        self.idle += len(found)
        return found

    def _row(self, rule: TableRule, index: Oid, rows: dict[Oid, Row]) -> Row:
        row = rows.get(index)
        if row is None:
            row = rows[index] = Row(rule, index, self._cells)
        return row

    def _series(
        self,
        rule: TableRule,
        series: SeriesRule,
        rows: dict[Oid, Row],
        labels: dict[Any, tuple[str, ...]],
        idle: frozenset[Oid],
    ) -> Iterator[Series]:
        metric = self._metrics[series.metric]
        lacking: list[Oid] = []
        odd: list[Oid] = []
        for index in sorted(self._indexes(rule, series) - idle):
            row = self._row(rule, index, rows)
            if not _is_wanted(series, row):
                continue
            try:
                cells, convert = self._told(rule, series, row)
            except Absent:
                lacking.append(index)
                continue
            except (TypeError, ValueError, ArithmeticError):
                odd.append(index)
                continue
            key = (metric.labels, series.labels, index)
            if key not in labels:
                labels[key] = _labels(metric, series, row)
            yield Series(metric, labels[key], cells, convert, series.slow)
        self._tell("skipped", rule, series, "lack what it is made of", [] if series.rows else lacking)
        self._tell("value", rule, series, "have something else than a number that can be", odd)

    def _tell(self, reason: Reason, rule: TableRule, series: SeriesRule, what: str, rows: Sequence[Oid]) -> None:
        """Note that rows have no series, where any have none; this holds as long as the layout."""
        if rows:
            self.troubles.append(Trouble(reason, f"{series.metric} of {rule.name}: rows {what}", rows=len(rows)))

    def _indexes(self, rule: TableRule, series: SeriesRule) -> set[Oid]:
        """Return the rows that a series is about: those of its column, else all that have one of its columns."""
        from_value = (name for name in columns_of(series.value) if name not in rule.fixed)
        names: Iterable[str] = (series.rows,) if series.rows else from_value
        return {
            index
            for name in names
            if name in rule.columns
            for index, value in self._cells.get(rule.columns[name], NOTHING).items()
            if not value.is_absent
        }

    def _told(self, rule: TableRule, series: SeriesRule, row: Row) -> tuple[tuple[Cell, ...], Convert | None]:
        """Return the cells of a row's series, and what makes a sample of them.

        Raises:
            Absent: the row lacks one.
            TypeError, ValueError, ArithmeticError: what was read is not what its column should hold.
        """
        cells: dict[Cell, int] = {}

        def look(name: str) -> Node:
            cell = row.cell(name)
            if cell is None:
                raise Absent
            if name in rule.fixed:
                return ("number", _fixed(row, name))
            return ("cell", cells.setdefault(cell, len(cells)))

        node = compute.resolve(series.value, look)
        require = compute.resolve(series.require, look) if series.require else None
        key = (series.metric, series.scale, series.text, id(series), node, require)
        if key not in self._converters:
            as_it_is = is_as_it_is(series, node)
            self._converters[key] = None if as_it_is else converter(series, node, require, self.refused)
        convert = self._converters[key]
        if convert is None and not isinstance(self._read(next(iter(cells))), int):
            raise TypeError("no number")
        return tuple(cells), convert

    def _read(self, cell: Cell) -> object:
        return plain(self._cells[cell.column][cell.row])


def _is_wanted(series: SeriesRule, row: Row) -> bool:
    return (
        all(row.cell(name) is None for name in series.absent)
        and all(row.passes(name, test) for name, test in series.when)
        and not any(row.passes(name, test) for name, test in series.unless)
    )


def _fixed(row: Row, name: str) -> int | float:
    value = row.value(name)
    number = value.number if value else None
    if number is None:
        raise TypeError("no number")
    return number


def _labels(metric: Metric, series: SeriesRule, row: Row) -> tuple[str, ...]:
    told = {label: row.fill(templates) for label, templates in series.labels}
    return tuple(told.get(label, "") for label in metric.labels)
