"""What the spool of the agent is measured against: the same readings, encoded in the same way, in SQLite.

Write-ahead log, ``synchronous = FULL``, one row a reading with a check sum, told as the difference to the reading
before it, and whole each hundredth time.
"""

from __future__ import annotations

import contextlib
import pickle
import sqlite3
import zlib
from array import array
from typing import TYPE_CHECKING

from regiowacht_agent.push.scrape import Scrape, Shape
from regiowacht_agent.spool.deltas import decode, encode, scales

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

WHOLE_EVERY = 100


class SqliteSpool:
    """Readings in a database.

    Args:
        path: its file.

    Attributes:
        damaged: readings that could not be read.
    """

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.execute("CREATE TABLE IF NOT EXISTS shape (id INTEGER PRIMARY KEY, told BLOB)")
        self._db.execute("CREATE TABLE IF NOT EXISTS reading (seq INTEGER PRIMARY KEY, shape INT, at INT, told BLOB)")
        self._shapes: dict[Shape, int] = {}
        self._before: dict[int, tuple[array[float], bytes, int]] = {}

    def put(self, scrape: Scrape) -> int:
        """Keep a reading; return its number."""
        self._db.execute("BEGIN")
        shape = self._shapes.get(scrape.shape)
        if shape is None:
            told = pickle.dumps((scrape.shape.source, tuple(scrape.shape.heads)))
            shape = self._db.execute("INSERT INTO shape (told) VALUES (?)", (zlib.compress(told),)).lastrowid or 0
            self._shapes[scrape.shape] = shape
        values = scrape.values
        before, digits, since = self._before.get(shape, (None, b"", 0))
        if before is None or since >= WHOLE_EVERY:
            digits = scales(values, digits)
            told = b"W" + digits + encode(values, array("d", bytes(8 * len(values))), digits)
            since = 0
        else:
            told = b"D" + encode(values, before, digits)
        self._before[shape] = values, digits, since + 1
        told = zlib.crc32(told).to_bytes(4, "little") + told
        row = (shape, scrape.at_ms, told)
        number = self._db.execute("INSERT INTO reading (shape, at, told) VALUES (?, ?, ?)", row).lastrowid or 0
        self._db.execute("COMMIT")
        return number

    def unsent(self) -> dict[int, Scrape]:
        """Return what can be read of all readings, by number."""
        shapes: dict[int, Shape] = {}
        found: dict[int, Scrape] = {}
        bases: dict[int, tuple[array[float], bytes]] = {}
        with contextlib.suppress(sqlite3.DatabaseError):
            for number, told in self._db.execute("SELECT id, told FROM shape"):
                with contextlib.suppress(Exception):
                    shapes[number] = Shape(*pickle.loads(zlib.decompress(told)))
        for number, shape, at_ms, told in self._rows():
            with contextlib.suppress(Exception):
                self._one(found, bases, shapes, (number, shape, at_ms, told))
        return found

    def _rows(self) -> Iterable[tuple[int, int, int, bytes]]:
        last = 0
        while True:
            try:
                for row in self._db.execute(
                    "SELECT seq, shape, at, told FROM reading WHERE seq > ? ORDER BY seq", (last,)
                ):
                    last = row[0]
                    yield row
            except sqlite3.DatabaseError:
                last += 1  # over what cannot be read, as long as the tree beyond it can
                if last > 10**6:
                    return
                continue
            return

    @staticmethod
    def _one(
        found: dict[int, Scrape],
        bases: dict[int, tuple[array[float], bytes]],
        shapes: dict[int, Shape],
        row: tuple[int, int, int, bytes],
    ) -> None:
        number, shape, at_ms, told = row
        count = len(shapes[shape].heads)
        if zlib.crc32(told[4:]) != int.from_bytes(told[:4], "little"):
            bases.pop(shape, None)
            return
        if told[4:5] == b"W":
            digits = told[5 : 5 + count]
            values = decode(told[5 + count :], array("d", bytes(8 * count)), digits)
        else:
            before, digits = bases[shape]
            values = decode(told[5:], before, digits)
        bases[shape] = values, digits
        found[number] = Scrape(at_ms, shapes[shape], values)

    def close(self) -> None:
        """Let go of the file."""
        with contextlib.suppress(sqlite3.DatabaseError):
            self._db.close()
