"""Who was told what, when and through what: kept in the data folder, also of what could not be delivered."""

from __future__ import annotations

import json
import sqlite3
import threading
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from regiowacht_contract.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from regiowacht_collector.alerts.notify.notice import Notice

FILE = "told.sqlite"
KEEP_MS = 400 * 86_400_000
_TABLES = """
CREATE TABLE IF NOT EXISTS told (
    at_ms INTEGER NOT NULL, receiver TEXT NOT NULL, way TEXT NOT NULL, outcome TEXT NOT NULL, reason TEXT NOT NULL,
    notice TEXT NOT NULL, subject TEXT NOT NULL, alerts TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS told_at ON told (at_ms);
CREATE INDEX IF NOT EXISTS told_receiver ON told (receiver, at_ms);
"""


@dataclass(frozen=True, slots=True)
class Told:
    """One attempt to tell one receiver.

    Attributes:
        at_ms: when, milliseconds since 1970.
        receiver: its full name.
        way: ``mail``, ``webhook``, ``teams``, ``ntfy`` or ``watchdog``.
        outcome: ``sent``, ``later`` (it is tried again) or ``failed``.
        reason: why not, or who of several was refused; else "".
        notice: ``Notice.key``.
        subject: what it said.
        alerts: of each its fingerprint, name, gemeente, instance, and whether it held.
    """

    at_ms: int
    receiver: str
    way: str
    outcome: str
    reason: str
    notice: str
    subject: str
    alerts: tuple[dict[str, str | bool], ...]


class History:
    """Keeps them in a file of ``folder``; safe to be used by several threads.

    Raises:
        Unavailable: the file cannot be used.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        self._lock = threading.Lock()
        try:
            self._file = sqlite3.connect(self._path, check_same_thread=False, isolation_level=None)
            self._file.execute("PRAGMA journal_mode = WAL")
            self._file.executescript(_TABLES)
        except sqlite3.Error as error:
            raise Unavailable("collector.cannot-write", path=self._path, reason=error) from None

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._file.close()

    def note(self, told: Told) -> None:
        """Keep one, and let go of what is older than 400 days; a full disk is no reason to tell nobody."""
        row = (told.at_ms, told.receiver, told.way, told.outcome, told.reason, told.notice, told.subject)
        with self._lock:
            try:
                self._file.execute("INSERT INTO told VALUES (?,?,?,?,?,?,?,?)", (*row, json.dumps(told.alerts)))
                self._file.execute("DELETE FROM told WHERE at_ms < ?", (told.at_ms - KEEP_MS,))
            except sqlite3.Error:
                return

    def was_sent(self, notice: Notice, receiver: str, since_ms: int) -> bool:
        """Tell whether that receiver knows a notice's news since ``since_ms``; told twice is better than not at all.

        It got that very notice, or heard of each of its alerts last that it holds, or holds no more, as it does now.
        The second is about alerts that begin anew because the engine does: they have another beginning then.
        """
        asked = """\
            SELECT notice, alerts FROM told WHERE receiver = ? AND outcome = 'sent' AND at_ms >= ?
            ORDER BY at_ms, rowid"""
        with self._lock:
            try:
                with closing(self._file.execute(asked, (receiver, since_ms))) as found:
                    rows = found.fetchall()
            except sqlite3.Error:
                return False
        last = {one["fingerprint"]: one["firing"] for _, alerts in rows for one in json.loads(alerts)}
        is_as_told = all(last.get(one.fingerprint) is one.is_firing for one in notice.alerts)
        return is_as_told or any(key == notice.key for key, _ in rows)


def told_since(folder: Path, since_ms: int) -> Sequence[Told]:
    """Return what was told since then, newest first; nothing where there is no such file.

    Raises:
        Unavailable: the file cannot be read.
    """
    path = folder / FILE
    if not path.exists():
        return []
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=5)) as file:
            file.row_factory = sqlite3.Row
            rows = file.execute("SELECT * FROM told WHERE at_ms >= ? ORDER BY at_ms DESC", (since_ms,)).fetchall()
    except sqlite3.Error as error:
        raise Unavailable("collector.cannot-write", path=path, reason=error) from None
    return [Told(**{**dict(row), "alerts": tuple(json.loads(row["alerts"]))}) for row in rows]


def shown_alerts(notice: Notice) -> tuple[dict[str, str | bool], ...]:
    """Return what is kept of a notice's alerts."""
    return tuple(
        {
            "fingerprint": one.fingerprint,
            "alert": one.name,
            "gemeente": one.labels.get("gemeente", ""),
            "instance": one.labels.get("instance", ""),
            "firing": one.is_firing,
        }
        for one in notice.alerts
    )
