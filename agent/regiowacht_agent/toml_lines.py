"""Finds the line that a key of a TOML text stands on, which tomllib does not tell."""

from __future__ import annotations

import re
from collections import Counter

HEADER = re.compile(r"^\s*\[\s*\"?([^\]\"]+?)\"?\s*\]\s*(#.*)?$")
ITEM = re.compile(r"^\s*\[\[\s*\"?([^\]\"]+?)\"?\s*\]\]\s*(#.*)?$")
KEY = re.compile(r"^\s*([^=#\[\s][^=]*?)\s*=")
PLACE = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)$")


def line_of(text: str, key: str) -> int:
    """Return the line, from 1, of ``TABLE.NAME``, ``LIST.NUMBER.NAME`` or ``NAME``; else that of its table, or 0.

    The items of a list, ``[[LIST]]``, are numbered from 0.
    """
    table, current, header_line = key.rpartition(".")[0], "", 0
    items: Counter[str] = Counter()
    for number, line in enumerate(text.splitlines(), start=1):
        item = ITEM.match(line)
        if item:
            name = item[1].strip()
            current = f"{name}.{items[name]}"
            items[name] += 1
            header_line = number if current in {table, key} or (name == key and not header_line) else header_line
            continue
        header = HEADER.match(line)
        if header:
            current = header[1].strip()
            header_line = number if current in {table, key} else header_line
            continue
        found = KEY.match(line)
        name = re.sub(r"[\s\"']", "", found[1]) if found else ""
        if name and f"{current}.{name}".lstrip(".") in {key, table, key.partition(".")[0]}:
            return number
    return header_line


def split_reason(message: str) -> tuple[str, int]:
    """Return what tomllib said without its place, and the line it named (0: the end of the document)."""
    place = PLACE.search(message)
    if place is None:
        return message, 0
    return message[: place.start()], int(place[1] or 0)
