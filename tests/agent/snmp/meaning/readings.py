"""Readings written by hand: rows of columns as an engine would bring them, and what a book makes of them."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from regiowacht_agent.snmp import value as tags
from regiowacht_agent.snmp.meaning import loader
from regiowacht_agent.snmp.meaning.book import Book
from regiowacht_agent.snmp.meaning.convert import plain
from regiowacht_agent.snmp.meaning.lay_out import Options
from regiowacht_agent.snmp.oid import parse_oid
from regiowacht_agent.snmp.value import Value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from regiowacht_agent.snmp.meaning.layout import Layout
    from regiowacht_agent.snmp.oid import Oid

Told = int | str | bytes | Value
Cells = dict["Oid", dict["Oid", Value]]
MIB2 = "1.3.6.1.2.1"
DEFAULT = Options()


@functools.cache
def known_book() -> Book:
    return loader.book()


def value(told: Told) -> Value:
    """Return a number as INTEGER, text as octets; anything else is given as it stands on the wire."""
    if isinstance(told, int):
        return Value(tags.INTEGER, told)
    if isinstance(told, str):
        return Value(tags.OCTETS, told.encode())
    return Value(tags.OCTETS, told) if isinstance(told, bytes) else told


def oid_value(text: str) -> Value:
    return Value(tags.OBJECT, parse_oid(text))


def cells(told: Mapping[str, Mapping[str, Told]]) -> Cells:
    """Return columns by OID, each with rows by index."""
    return {
        parse_oid(column): {tuple(map(int, index.split("."))): value(one) for index, one in rows.items()}
        for column, rows in told.items()
    }


def lay_out(told: Mapping[str, Mapping[str, Told]], options: Options = DEFAULT, book: Book | None = None) -> Layout:
    """Return the layout of a device that has just these columns."""
    book = book or known_book()
    read = cells(told)
    return book.lay_out(read, present(book, read), loader.metrics(), options)


def present(book: Book, read: Cells) -> tuple[Oid, ...]:
    return tuple(anchor for anchor in book.anchors() if read.get(anchor))


def samples(layout: Layout, told: Mapping[str, Mapping[str, Told]]) -> dict[str, int | float]:
    """Return ``name{labels}`` and number of each series that has a sample."""
    read = cells(told)
    found: dict[str, int | float] = {}
    for series in layout.series:
        values = [plain(read[cell.column][cell.row]) for cell in series.cells]
        if series.convert is None:
            number = values[0]
            assert isinstance(number, int)
        else:
            number = series.convert(*values)
        if number is not None:
            labels = ",".join(f"{name}={text}" for name, text in zip(series.metric.labels, series.labels, strict=True))
            key = f"{series.metric.name}{{{labels}}}"
            assert key not in found
            found[key] = number
    return found


def told(columns: Mapping[str, Mapping[str, Told]], options: Options = DEFAULT) -> dict[str, int | float]:
    """Return what a device with these columns comes to, in the known book."""
    return samples(lay_out(columns, options), columns)


def health(columns: Mapping[str, Mapping[str, Told]]) -> dict[str, int | float]:
    return {key: number for key, number in told(columns).items() if key.startswith("snmp_")}


def own_book(text: str) -> Book:
    """Return a book of one file ``own.toml``."""
    head = 'title = "t"\nsource = "s"\nchecked = "documentation"\n'
    return Book.of([loader.read("own", head + text, loader.metrics())])
