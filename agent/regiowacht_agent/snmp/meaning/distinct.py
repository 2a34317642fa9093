"""Series of all tables together: no two with the same name and labels, and none lost for it."""

from __future__ import annotations

from regiowacht_agent.snmp.session import Trouble

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from regiowacht_agent.snmp.meaning.layout import Series

    Told = dict[tuple[str, tuple[str, ...]], Series]

INDEX = "index"


def distinct(tables: Mapping[str, Sequence[Series]], troubles: list[Trouble]) -> Iterator[Series]:
    """Yield the series of tables in their order; what is told twice of the same cells goes once.

    Args:
        tables: series by the name of their table.
        troubles: gets a line for each two that would have been the same.
    """
    told: Told = {}
    for table, found in tables.items():
        for one in found:
            kept = _kept(table, one, told, troubles)
            if kept is not None:
                told[kept.metric.name, kept.labels] = kept
                yield kept


def _kept(table: str, one: Series, told: Told, troubles: list[Trouble]) -> Series | None:
    before = told.get((one.metric.name, one.labels))
    if before is None:
        return one
    if before.cells == one.cells:
        return None
    other = _of_its_table(table, one)
    is_apart = (other.metric.name, other.labels) not in told
    how = "told apart by its table" if is_apart else "left out: two rows have the same labels"
    column = one.cells[0].column if one.cells else ()
    troubles.append(Trouble("duplicate", f"{one.metric.name} of {table}: {how}", column, 0 if is_apart else 1))
    return other if is_apart else None


def _of_its_table(table: str, one: Series) -> Series:
    """Return the series with its table before its index, where it has one."""
    if INDEX not in one.metric.labels:
        return one
    at = one.metric.labels.index(INDEX)
    return one._replace(labels=(*one.labels[:at], f"{table}:{one.labels[at]}", *one.labels[at + 1 :]))
