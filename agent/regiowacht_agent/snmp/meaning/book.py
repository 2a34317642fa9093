"""All tables that are known: which to look for on a device, what to read of them, and what it comes to."""

from __future__ import annotations

import marshal
import zlib

from regiowacht_agent.snmp.meaning.lay_out import Options, lay_out
from regiowacht_agent.snmp.meaning.recognise import Way
from regiowacht_agent.snmp.meaning.rule import columns_of, plain, unpack
from regiowacht_contract.light import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from typing import Any

    from regiowacht_agent.snmp.meaning.layout import Layout
    from regiowacht_agent.snmp.meaning.recognise import Family
    from regiowacht_agent.snmp.meaning.row import Cells
    from regiowacht_agent.snmp.meaning.rule import FileRule, SeriesRule, TableRule
    from regiowacht_agent.snmp.oid import Oid
    from regiowacht_contract.metric import Metric

    Tables = dict[str, tuple[tuple[Oid, ...], bytes]]
    """Files by name: OIDs that tell whether a device has one of its tables, and the file, marshalled."""

    Packed = dict[str, Any]
    """``tables``: see above; ``families``: the same of families, and the tables that each is without, compressed;
    ``ways``: how each family is recognised, likewise."""

DEFAULT = Options()


class Needs(NamedTuple):
    """Columns to be read so that a layout can be made, each once, in order.

    Attributes:
        slow: names, kinds, scales: what labels and filters are made of, and what series of the slow pace tell.
        fast: what samples are made of at each poll; those that are in ``slow`` as well are not left out.
        scalars: those among both that hold single objects: one GET with ``.0`` behind each takes them together.
        shaping: those among both whose values decide which series there are, and how they are called: another value
            asks for another layout.
    """

    slow: tuple[Oid, ...]
    fast: tuple[Oid, ...]
    scalars: frozenset[Oid]
    shaping: frozenset[Oid]


class Book:
    """The files of tables, and of families of devices.

    Args:
        packed: kept as it is, so that what no device has costs its bytes alone.
    """

    def __init__(self, packed: Packed) -> None:
        self.packed = packed
        self._tables: Tables = packed["tables"]
        self._without: frozenset[str] = frozenset()

    @classmethod
    def of(cls, files: Iterable[FileRule], families: Iterable[Family] = ()) -> Book:
        """Return the book of files that were read."""
        known = tuple(families)
        return cls(
            {
                "tables": {file.name: _entry(file)[:2] for file in files},
                "families": {one.file.name: _pressed(_entry(one.file)) for one in known},
                "ways": _pressed(tuple(plain(way) for one in known for way in one.ways)),
            }
        )

    @property
    def families(self) -> tuple[str, ...]:
        """The names of all families."""
        return tuple(self.packed["families"])

    @property
    def files(self) -> tuple[str, ...]:
        """The names of the files of tables that any device may have, and of the family whose book this is."""
        return tuple(self._tables)

    def ways(self) -> tuple[Way, ...]:
        """Return all ways in which families are recognised."""
        return tuple(Way(*facts) for facts in _released(self.packed["ways"]))

    def family(self, name: str) -> Book:
        """Return the book for a device of a family: its tables come first, and what they replace is left out.

        Args:
            name: of the family; "" for none, whose book is this one.
        """
        if not name:
            return self
        anchors, body, without = _released(self.packed["families"][name])
        book = Book({**self.packed, "tables": {name: (anchors, body), **self._tables}})
        book._without = frozenset(without)
        return book

    def anchors(self, names: Collection[str] | None = None) -> tuple[Oid, ...]:
        """Return columns to look for with GETNEXT: what comes back must lie below them. Each once, sorted.

        Args:
            names: files to take; None: all.
        """
        chosen = self._tables if names is None else names
        return tuple(sorted({oid for name in chosen for oid in self._tables[name][0]}))

    def tables(self, present: Collection[Oid]) -> tuple[tuple[FileRule, TableRule], ...]:
        """Return the tables of which an anchor is present, in the order of their files."""
        there = frozenset(present)
        return tuple(
            (file, table)
            for file in self._files(there)
            for table in file.tables
            if not there.isdisjoint(table.anchors) and table.name not in self._without
        )

    def needs(self, present: Collection[Oid], options: Options = DEFAULT) -> Needs:
        """Return the columns to be read of a device that has these anchors."""
        slow: dict[Oid, None] = {}
        fast: dict[Oid, None] = {}
        scalars: set[Oid] = set()
        shaping: set[Oid] = set()
        for table, wanted in self._wanted(present, options):
            for series in wanted:
                for name, is_slow, shapes in _used(table, series):
                    for oid in _oids(table, name):
                        (slow if is_slow else fast)[oid] = None
                        if shapes:
                            shaping.add(oid)
            if not options.idle:
                states = {table.columns[name]: None for name, _test in table.idle}
                slow |= states
                shaping |= states.keys()
            scalars |= _scalars(table)
        used = slow.keys() | fast.keys()
        return Needs(tuple(slow), tuple(fast), frozenset(scalars & used), frozenset(shaping))

    def lay_out(
        self, read: Cells, present: Collection[Oid], metrics: Mapping[str, Metric], options: Options = DEFAULT
    ) -> Layout:
        """Return the series of a device.

        Args:
            read: what was read: a column's name, then a row's index, then the value.
            present: anchors that it has.
            metrics: the catalogue's, by name.
            options: what is wanted of it.
        """
        return lay_out(tuple(self._wanted(present, options)), read, metrics, options)

    def _wanted(self, present: Collection[Oid], options: Options) -> Iterator[tuple[TableRule, tuple[SeriesRule, ...]]]:
        for file, table in self.tables(present):
            yield table, tuple(one for one in table.series if options.has(one, file.groups))

    def _files(self, there: frozenset[Oid]) -> Iterator[FileRule]:
        """Yield the files that have to do with a device, unpacked."""
        for anchors, body in self._tables.values():
            if not there.isdisjoint(anchors):
                yield unpack(marshal.loads(body))  # noqa: S302 - packed by ourselves


def _used(table: TableRule, series: SeriesRule) -> Iterator[tuple[str, bool, bool]]:
    """Yield the columns and lookups that a series needs, whether the slow pace is enough, and whether they shape it."""
    for node in filter(None, (series.value, series.require)):
        for name in columns_of(node):
            is_fixed = name in table.fixed
            yield name, series.slow or is_fixed, is_fixed
    for name in filter(None, (series.rows, *series.absent)):
        yield name, True, False
    for name, _test in (*series.when, *series.unless):
        yield name, True, True
    for _label, templates in series.labels:
        for template in templates:
            yield from ((name, True, True) for _literal, name in template)


def _entry(file: FileRule) -> tuple[tuple[Oid, ...], bytes, tuple[str, ...]]:
    """Return a file's anchors, the file, and what it is without: what is needed of it before it is."""
    anchors = tuple(oid for table in file.tables for oid in table.anchors)
    return anchors, marshal.dumps(plain(file)), file.without


def _pressed(told: Any) -> bytes:
    return zlib.compress(marshal.dumps(told), 9)


def _released(body: bytes) -> Any:
    return marshal.loads(zlib.decompress(body))  # noqa: S302 - packed by ourselves


def _oids(table: TableRule, name: str) -> Iterator[Oid]:
    """Yield the columns behind a name: its own, and those through which it is found."""
    if name in table.columns:
        yield table.columns[name]
    elif name in table.lookups:
        lookup = table.lookups[name]
        yield lookup.oid
        if lookup.where:
            yield lookup.where[0]
        for other in lookup.by:
            yield from _oids(table, other)
    elif name in table.texts:
        yield from _oids(table, table.texts[name].of)
    how = table.show.get(name)
    if how is not None and how[0] == "by":
        yield from _oids(table, how[1])


def _scalars(table: TableRule) -> set[Oid]:
    own = set(table.columns.values()) if table.scalars else set()
    return own | {lookup.oid for lookup in table.lookups.values() if lookup.row == (0,)}
