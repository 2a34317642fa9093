"""The database of who may join and who has joined: opens it, and makes its tables.

Nothing in it lets anybody in: of codes and tokens it holds digests. The collector and the commands ``invite`` and
``revoke`` use it at the same time.
"""

from __future__ import annotations

import os
import sqlite3
from typing import TYPE_CHECKING

from regiowacht_contract.errors import Unavailable

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = "gateway"
FILE = "credentials.sqlite"
WAIT_S = 10.0
VERSION = 1

TABLES = """
CREATE TABLE invite (
    id TEXT PRIMARY KEY, hash BLOB NOT NULL UNIQUE, gemeente TEXT NOT NULL, server TEXT NOT NULL, uses INTEGER NOT NULL,
    used INTEGER NOT NULL DEFAULT 0, made REAL NOT NULL, expires REAL NOT NULL, revoked REAL
) STRICT;
CREATE TABLE credential (
    id TEXT PRIMARY KEY, gemeente TEXT NOT NULL, server TEXT NOT NULL, kind TEXT NOT NULL, invite TEXT NOT NULL,
    machine TEXT NOT NULL, made REAL NOT NULL, revoked REAL
) STRICT;
CREATE INDEX credential_of ON credential (gemeente, server);
CREATE TABLE token (
    hash BLOB PRIMARY KEY, credential TEXT NOT NULL REFERENCES credential (id), made REAL NOT NULL, expires REAL,
    follows BLOB, used REAL
) STRICT;
CREATE TABLE machine (
    credential TEXT NOT NULL REFERENCES credential (id), number INTEGER NOT NULL, machine TEXT NOT NULL,
    boots INTEGER NOT NULL, nonce TEXT NOT NULL, PRIMARY KEY (credential, number)
) STRICT;
"""
"""Times in seconds since 1970; ``token.follows`` is the token that it renewed, ``token.used`` when it came first."""

ADDED = """
CREATE TABLE IF NOT EXISTS installer (
    invite TEXT PRIMARY KEY REFERENCES invite (id), lang TEXT NOT NULL, script TEXT NOT NULL, packages TEXT NOT NULL
) STRICT
"""
"""A later table; a program of the same ``VERSION`` that does not know it leaves it alone. ``packages`` is JSON."""


def open_tables(data: Path) -> sqlite3.Connection:
    """Open the database in the collector's data folder, made where it is not there; only its owner may read it.

    Raises:
        Unavailable: it cannot be opened, or a newer version of this program made it.
    """
    path = data / FOLDER / FILE
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        database = sqlite3.connect(path, timeout=WAIT_S, isolation_level=None, check_same_thread=False)
        database.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;")
        _make(database, path)
    except (OSError, sqlite3.Error) as error:
        raise Unavailable("joining.cannot-open", path=path, reason=getattr(error, "strerror", None) or error) from None
    return database


def _make(database: sqlite3.Connection, path: Path) -> None:
    database.execute("BEGIN IMMEDIATE")
    version = database.execute("PRAGMA user_version").fetchone()[0]
    if version == 0:
        for statement in TABLES.split(";\n"):
            database.execute(statement)
        database.execute(f"PRAGMA user_version = {VERSION}")
    if version <= VERSION:
        database.execute(ADDED)
    database.execute("COMMIT")
    if version > VERSION:
        database.close()
        raise Unavailable("joining.newer-tables", path=path)
