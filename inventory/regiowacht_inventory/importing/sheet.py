"""Reads a spreadsheet saved as CSV, the way Dutch and English Excel and LibreOffice save it."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from regiowacht_contract.errors import Problem, RegionInvalid, UsageError
from regiowacht_contract.nearest import nearest
from regiowacht_inventory.importing.words import meaning, table
from regiowacht_inventory.shown import printable, shown_text
from regiowacht_inventory.source import NotReadableError, read_regular

if TYPE_CHECKING:
    from pathlib import Path

MAX_CSV_BYTES = 20 * 2**20
_DELIMITERS = ";,\t"


@dataclass(frozen=True, slots=True)
class Row:
    """One row with something in it.

    Attributes:
        line: line in the file, from 1.
        cells: text by key of ``columns.toml``; empty cells left out.
    """

    line: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A spreadsheet.

    Attributes:
        file: path as people may type it.
        rows: its rows.
        notes: columns whose heading means nothing here.
    """

    file: str
    rows: tuple[Row, ...]
    notes: tuple[Problem, ...]


def read_sheet(path: Path) -> Sheet:
    """Return the rows of a CSV file: comma, semicolon or tab; UTF-8, UTF-16 or cp1252; with ``sep=`` or without.

    Raises:
        UsageError: there is no such file.
        RegionInvalid: it is no CSV with headings.
    """
    text = _decode(_read(path))
    lines = list(_records(str(path), text))
    if not lines:
        raise RegionInvalid(str(path), [Problem(str(path), 0, "inventory.empty-file")])
    (line, header), *records = lines
    keys, notes = _columns(str(path), line, header)
    if "name" not in keys:
        raise RegionInvalid(str(path), [Problem(str(path), line, "inventory.csv-no-name")])
    rows = [_row(str(path), line, keys, record, notes) for line, record in records]
    return Sheet(str(path), tuple(row for row in rows if row.cells), tuple(notes))


def _read(path: Path) -> bytes:
    try:
        return read_regular(path, MAX_CSV_BYTES)
    except NotReadableError as refused:
        key = "inventory.csv-not-a-file" if refused.key == "inventory.not-a-file" else refused.key
        problem = Problem(printable(str(path)), 0, key, {"limit_mb": MAX_CSV_BYTES // 2**20})
        raise RegionInvalid(str(path), [problem]) from None
    except OSError as error:
        file = shown_text(str(path), 120)
        raise UsageError("inventory.csv-unreadable", file=file, reason=error.strerror) from None


def _decode(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")  # what Excel writes unless told otherwise


def _records(file: str, text: str) -> list[tuple[int, list[str]]]:
    first, _, rest = text.partition("\n")
    skipped = 0
    if first.strip().strip('"').lower().startswith("sep=") and len(first.strip().strip('"')) == 5:
        delimiter, text, skipped = first.strip().strip('"')[4], rest, 1
    else:
        delimiter = max(_DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    records: list[tuple[int, list[str]]] = []
    before = skipped
    try:
        for record in reader:
            if any(cell.strip() for cell in record):
                records.append((before + 1, record))
            before = reader.line_num + skipped
    except csv.Error as error:
        raise RegionInvalid(file, [Problem(file, before + 1, "inventory.csv-broken", {"said": error})]) from None
    return records


def _columns(file: str, line: int, header: list[str]) -> tuple[list[str | None], list[Problem]]:
    keys: list[str | None] = []
    notes: list[Problem] = []
    for heading in header:
        key = meaning("columns", heading)
        if key is None and heading.strip():
            close = nearest(heading.strip(), table("columns"))
            text = "inventory.csv-column-near" if close else "inventory.csv-column"
            notes.append(Problem(file, line, text, {"heading": shown_text(heading.strip()), "nearest": close}))
        elif key in keys:
            notes.append(
                Problem(file, line, "inventory.csv-column-twice", {"heading": shown_text(heading.strip()), "key": key})
            )
            key = None
        keys.append(key)
    return keys, notes


def _row(file: str, line: int, keys: list[str | None], record: list[str], notes: list[Problem]) -> Row:
    if any(cell.strip() for cell in record[len(keys) :]):
        notes.append(Problem(file, line, "inventory.csv-extra-cells"))
    cells = {key: cell.strip() for key, cell in zip(keys, record, strict=False) if key and cell.strip()}
    return Row(line, cells)
