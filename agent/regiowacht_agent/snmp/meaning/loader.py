"""Reads files of tables and checks every word of them; for the first stage and for tests, never for a running agent."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from regiowacht_agent.snmp.meaning import checks, families
from regiowacht_agent.snmp.meaning.book import Book
from regiowacht_agent.snmp.meaning.checks import Place
from regiowacht_agent.snmp.meaning.files import file_of, texts, toml
from regiowacht_agent.snmp.meaning.known import is_told
from regiowacht_contract import catalogue
from regiowacht_contract.errors import CatalogueError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from regiowacht_agent.snmp.meaning.rule import FileRule
    from regiowacht_contract.metric import Metric


def metrics() -> dict[str, Metric]:
    """Return the metrics that tables may tell, by name."""
    names = filter(is_told, catalogue.families())
    return {metric.name: metric for name in names for metric in catalogue.family(name)}


@functools.cache
def book() -> Book:
    """Return the book of all files that Regiowacht brings; they are read once, which takes a second.

    Raises:
        CatalogueError: a file breaks the rules of the format.
    """
    known = metrics()
    files = [read(name, text, known) for name, text in texts("tables").items()]
    kinds = families.together([families.read(name, text, known) for name, text in texts("families").items()])
    check_together([*files, *(one.file for one in kinds)])
    families.check_together(kinds, {file.name for file in files})
    return Book.of(files, kinds)


def check_together(files: Collection[FileRule]) -> None:
    """Check that tables which a file names are there.

    Raises:
        CatalogueError: one is not.
    """
    tables = {table.name for file in files for table in file.tables}
    for file in files:
        for other in file.without:
            Place(file.name).known(other, tables, "table")
        for table in file.tables:
            for other in (*table.instead_of, *table.behind):
                Place(file.name, table.name).known(other, tables, "table")


def read(name: str, text: str, known: Mapping[str, Metric]) -> FileRule:
    """Return the rules of one file.

    Args:
        name: its name, without ``.toml``.
        text: what stands in it.
        known: metrics that it may tell.

    Raises:
        CatalogueError: it breaks the rules of the format; the error says where, and what is near.
    """
    place = Place(name)
    told = toml(place, text)
    place.keys(told, checks.FILE, ("title", "source", "checked", "table"))
    return file_of(place, told, told["table"], known)


__all__ = ["CatalogueError", "book", "metrics", "read"]
