"""A file of tables as the agent holds it: checked once (``loader.py``), then plain tuples that ``marshal`` knows."""

from __future__ import annotations

from regiowacht_contract.light import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from regiowacht_agent.snmp.oid import Oid

    Node = tuple[Any, ...]
    """An expression: ``("number", 5)``, ``("column", name)``, ``("apply", operator or function, arguments)``."""

    Test = tuple[Any, ...]
    """``("in", texts)``, ``("match", regex)``, ``("from", least or None, most or None)``."""

    Show = tuple[Any, ...]
    """How a column's value becomes text: ``("text",)``, ``("raw",)``, ``("mac",)``, ``("mac48",)``, ``("id",)``,
    ``("time",)``, ``("enum", {number: word})``, ``("by", column, {text of it: Show})``."""

    Template = tuple[tuple[str, str], ...]
    """Pairs of a literal text and the name that follows it, or ""."""


class Lookup(NamedTuple):
    """A value that stands in another table.

    Attributes:
        oid: the column there.
        by: index parts or columns of this table whose values, one after the other, are the index there.
        row: the index there, where it is always the same.
        where: column there and texts: of the rows in which it has one of them, the first that has a value; texts
            earlier in the list come first.
    """

    oid: Oid
    by: tuple[str, ...] = ()
    row: Oid | None = None
    where: tuple[Oid, tuple[str, ...]] | None = None


class TextRule(NamedTuple):
    """A text made of another one, for labels and tests.

    Attributes:
        of: column, lookup, index part or earlier text that it is made of.
        find: regular expressions; the first that is found gives its first group that took part, else all of it.
        words: texts for what was found; ``*`` for anything else. Empty: what was found.
    """

    of: str
    find: tuple[str, ...] = ()
    words: dict[str, str] = {}  # noqa: RUF012 - never changed


class SeriesRule(NamedTuple):
    """One metric that a table tells for its rows; see the format for each."""

    metric: str
    value: Node
    rows: str
    labels: tuple[tuple[str, tuple[Template, ...]], ...]
    group: str
    slow: bool
    always: bool
    absent: tuple[str, ...]
    when: tuple[tuple[str, Test], ...]
    unless: tuple[tuple[str, Test], ...]
    require: Node | None
    scale: float
    offset: float
    sentinels: tuple[float | str, ...]
    range: tuple[float, float] | None
    text: str
    words: dict[str, float | None]
    other: float | None


class TableRule(NamedTuple):
    """A table of a device."""

    name: str
    columns: dict[str, Oid]
    lookups: dict[str, Lookup]
    parts: tuple[tuple[str, str], ...]
    fixed: tuple[str, ...]
    anchors: tuple[Oid, ...]
    scalars: bool
    instead_of: tuple[str, ...]
    behind: tuple[str, ...]
    idle: tuple[tuple[str, Test], ...]
    show: dict[str, Show]
    texts: dict[str, TextRule]
    series: tuple[SeriesRule, ...]


class FileRule(NamedTuple):
    """A file.

    Attributes:
        name: without ``.toml``.
        title: in words.
        source: MIB and document that its objects stand in.
        checked: ``recording`` of a real device, or ``documentation`` alone.
        groups: names of groups of series, and whether they are on unless the settings say otherwise.
        tables: its tables.
        without: tables of other files that say nothing sensible on a device of this family.
    """

    name: str
    title: str
    source: str
    checked: str
    groups: dict[str, bool]
    tables: tuple[TableRule, ...]
    without: tuple[str, ...] = ()


def unpack(facts: tuple[Any, ...]) -> FileRule:
    """Return the file that ``plain`` made plain."""
    file = FileRule(*facts)
    return file._replace(tables=tuple(map(_table, file.tables)))


def plain(one: Any) -> Any:
    """Return a file's rules as plain tuples and dicts."""
    if isinstance(one, dict):
        return {key: plain(value) for key, value in one.items()}
    return tuple(map(plain, one)) if isinstance(one, tuple) else one


def columns_of(node: Node) -> tuple[str, ...]:
    """Return the names of columns in an expression, each once, in order."""
    if node[0] == "column":
        return (node[1],)
    found = () if node[0] == "number" else (name for argument in node[2] for name in columns_of(argument))
    return tuple(dict.fromkeys(found))


def _table(facts: tuple[Any, ...]) -> TableRule:
    table = TableRule(*facts)
    lookups = {name: Lookup(*lookup) for name, lookup in table.lookups.items()}
    texts = {name: TextRule(*text) for name, text in table.texts.items()}
    return table._replace(lookups=lookups, texts=texts, series=tuple(SeriesRule(*one) for one in table.series))
