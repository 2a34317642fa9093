"""Keeps invites and credentials: who may join, who has joined, and which token is whose."""

from __future__ import annotations

import logging
import secrets
import sqlite3
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from regiowacht_collector.gateway.joining.refused import Refused
from regiowacht_collector.gateway.joining.tables import WAIT_S, open_tables
from regiowacht_contract.errors import Unavailable
from regiowacht_contract.join_code import digest, new_code, new_token

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from regiowacht_collector.gateway.writer import Kind

DAY_S = 86_400.0
VALID_S = 90 * DAY_S
"""How long a token of an agent holds; it is renewed when a third of that is over."""

LATE_S = 30 * DAY_S
"""How long after its end a token still lets its holder renew it, and nothing else: a machine comes back from repair."""

OVERLAP_S = DAY_S
"""How long a renewed token goes on to hold from when the new one was first used."""


@dataclass(frozen=True, slots=True)
class Invite:
    """A one-time code without the code; times in seconds since 1970.

    Attributes:
        server: the server that it is for; "" for any of the gemeente that has none yet.
        uses: how often it may be used, of which ``used`` are gone.
    """

    id: str
    gemeente: str
    server: str
    uses: int
    used: int
    made: float
    expires: float
    revoked: float | None

    def state(self, now: float) -> str:
        """Return ``open``, ``used``, ``expired`` or ``revoked``."""
        if self.revoked is not None:
            return "revoked"
        if self.used >= self.uses:
            return "used"
        return "open" if now < self.expires else "expired"


@dataclass(frozen=True, slots=True)
class Credential:
    """Somebody who has joined; times in seconds since 1970.

    Attributes:
        kind: an agent of ours, or another remote-write client.
        machine: of the machine that joined, the hash of its id; of another client the SHA-256 of its certificate, ""
            where it has a token.
        expires: when its newest token ends; None: never.
    """

    id: str
    gemeente: str
    server: str
    kind: Kind
    machine: str
    made: float
    revoked: float | None
    expires: float | None

    @property
    def certificate(self) -> str:
        """The SHA-256 of the certificate that it comes with, "" where it comes with a token."""
        return self.machine if self.kind == "other" else ""

    def state(self, now: float) -> str:
        """Return ``valid``, ``expired`` or ``revoked``."""
        if self.revoked is not None:
            return "revoked"
        return "valid" if self.expires is None or now < self.expires else "expired"


@dataclass(frozen=True, slots=True)
class Holder:
    """Who a token belongs to, and until when it holds.

    Attributes:
        used: when it came first, None: not yet.
        replaced: when a token that renewed it came first, None: not yet.
    """

    credential: str
    gemeente: str
    server: str
    kind: Kind
    revoked: float | None
    expires: float | None
    used: float | None
    replaced: float | None

    def check(self, now: float, late_s: float = 0.0) -> None:
        """Let the token pass.

        Args:
            now: seconds since 1970.
            late_s: how long after its end it may still come.

        Raises:
            Refused: it was revoked, is over, or was renewed more than ``OVERLAP_S`` ago.
        """
        if self.revoked is not None:
            raise Refused("revoked")
        if self.expires is not None and now >= self.expires + late_s:
            raise Refused("expired")
        if self.replaced is not None and now >= self.replaced + OVERLAP_S:
            raise Refused("replaced")


CREDENTIALS = """
SELECT c.id, c.gemeente, c.server, c.kind, c.machine, c.made, c.revoked, max(coalesce(t.expires, 1e300))
FROM credential c LEFT JOIN token t ON t.credential = c.id
"""
HOLDER = """
SELECT c.id, c.gemeente, c.server, c.kind, c.revoked, t.expires, t.used,
    (SELECT min(n.used) FROM token n WHERE n.follows = t.hash)
FROM token t JOIN credential c ON c.id = t.credential WHERE t.hash = ?
"""
INVITES = "SELECT id, gemeente, server, uses, used, made, expires, revoked FROM invite"
NEVER = 1e300
SHORT_WAIT_MS = 100
"""How long a note waits for another process to be done: writes of a whole region wait with it."""

log = logging.getLogger(__name__)


class StoreFailed(Unavailable):
    """The database cannot be read or written now: a full disk, a damaged file."""


class Store:
    """Invites and credentials of a collector; may be used from several threads.

    Args:
        data: the collector's data folder.
        clock: seconds since 1970.

    Raises:
        Unavailable: the database cannot be opened.
    """

    def __init__(self, data: Path, clock: Callable[[], float] = time.time) -> None:
        self.clock = clock
        self._lock = threading.Lock()
        self._data = data
        self._database = open_tables(data)

    def close(self) -> None:
        """Close the database."""
        with self._lock:
            self._database.close()

    def version(self) -> tuple[int, int]:
        """Return numbers that change with the database: one by other processes, one by this one."""
        return self.rows("PRAGMA data_version")[0][0], self._database.total_changes

    @contextmanager
    def change(self) -> Iterator[sqlite3.Connection]:
        """Hold the database for a change that happens as a whole or, where an error passes, not at all.

        Raises:
            StoreFailed: it cannot be written.
        """
        with self._lock:
            try:
                with self._whole() as database:
                    yield database
            except sqlite3.IntegrityError:
                raise
            except sqlite3.Error as error:
                raise StoreFailed("joining.store-broken", path=self._data, reason=error) from None

    @contextmanager
    def _whole(self) -> Iterator[sqlite3.Connection]:
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield self._database
            self._database.execute("COMMIT")
        except BaseException:
            if self._database.in_transaction:
                self._database.execute("ROLLBACK")
            raise

    def invite(self, gemeente: str, server: str, uses: int, valid_s: float) -> tuple[Invite, str]:
        """Make a one-time code and return what is known of it beside the code itself, which is kept nowhere.

        An open one for the same server is revoked by it.
        """
        code, now = new_code(), self.clock()
        made = Invite(_new_id("i"), gemeente, server, uses, 0, now, now + valid_s, None)
        with self.change() as database:
            if server:
                _revoke_invites(database, gemeente, server, now)
            database.execute(
                "INSERT INTO invite (id, hash, gemeente, server, uses, made, expires) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (made.id, digest(code), gemeente, server, uses, made.made, made.expires),
            )
        return made, code

    def admit_client(self, gemeente: str, name: str, valid_s: float | None) -> tuple[Credential, str]:
        """Give another remote-write client a credential, and return it beside its token, which is kept nowhere.

        One of the same name is revoked by it.
        """
        token, now = new_token(), self.clock()
        expires = None if valid_s is None else now + valid_s
        with self.change() as database:
            revoke_of(database, gemeente, name, now)
            identity = add_credential(database, (gemeente, name, "other"), "", "", now)
            add_token(database, token, identity, now, expires)
        return Credential(identity, gemeente, name, "other", "", now, None, expires), token

    def admit_certificate(self, gemeente: str, name: str, fingerprint: str, expires: float | None) -> Credential:
        """Let another remote-write client in by its certificate; one of the same name is revoked by it.

        A certificate is one client's: where it was another one's until now, that one is refused from now on.

        Args:
            gemeente: for which it writes.
            name: what it is called.
            fingerprint: its SHA-256, in small hexadecimal digits.
            expires: when it ends, seconds since 1970; None: when it is revoked.
        """
        now, secret = self.clock(), secret_of(fingerprint)
        with self.change() as database:
            revoke_of(database, gemeente, name, now)
            _revoke_certificate(database, secret, now)
            identity = add_credential(database, (gemeente, name, "other"), "", fingerprint, now)
            add_token(database, secret, identity, now, expires)
        return Credential(identity, gemeente, name, "other", fingerprint, now, None, expires)

    def invites(self) -> tuple[Invite, ...]:
        """Return every invite, oldest first."""
        return tuple(Invite(*row) for row in self.rows(f"{INVITES} ORDER BY made, id"))

    def credentials(self) -> tuple[Credential, ...]:
        """Return every credential, oldest first."""
        rows = self.rows(f"{CREDENTIALS} GROUP BY c.id ORDER BY c.made, c.id")
        return tuple(_credential(row) for row in rows)

    def revoke(self, gemeente: str, server: str) -> tuple[int, int]:
        """End the credentials and open invites of a server or client; return how many of each ended."""
        with self.change() as database:
            return revoke_of(database, gemeente, server, self.clock())

    def revoke_id(self, identity: str) -> int:
        """End the invite or credential of that id; return how many that were."""
        now = self.clock()
        with self.change() as database:
            ended = 0
            for table in ("invite", "credential"):
                update = f"UPDATE {table} SET revoked = ? WHERE id = ? AND revoked IS NULL"  # noqa: S608 - our tables
                ended += database.execute(update, (now, identity)).rowcount
            return ended

    def holder(self, token: str) -> Holder:
        """Return who a token belongs to, whether it still holds or not.

        Raises:
            Refused: nobody was given it.
        """
        rows = self.rows(HOLDER, (digest(token),))
        if not rows:
            raise Refused("unknown")
        return Holder(*rows[0])

    def note_use(self, token: str) -> None:
        """Note that a token came for the first time: the one that it renewed ends a while after."""
        update = "UPDATE token SET used = ? WHERE hash = ? AND used IS NULL"
        self._note([(update, (self.clock(), digest(token)))])

    def machines(self) -> list[tuple[str, int, tuple[str, int, str]]]:
        """Return (credential, number, (machine, boots, nonce)) of every machine that was told apart."""
        rows = self.rows("SELECT credential, number, machine, boots, nonce FROM machine ORDER BY credential, number")
        return [(row[0], row[1], tuple(row[2:])) for row in rows]

    def keep_machines(self, credential: str, machines: Mapping[int, tuple[str, int, str]]) -> None:
        """Keep which machines of a credential have which number."""
        insert = "INSERT INTO machine (credential, number, machine, boots, nonce) VALUES (?, ?, ?, ?, ?)"
        rows = [(insert, (credential, number, *machine)) for number, machine in machines.items()]
        self._note([("DELETE FROM machine WHERE credential = ?", (credential,)), *rows])

    def _note(self, statements: Sequence[tuple[str, tuple[object, ...]]]) -> None:
        """Write what may be lost: it waits for no disk, and where it cannot be written, only the log says so.

        What waits meanwhile are the writes of a whole region.
        """
        with self._lock, suppress(sqlite3.Error):
            try:
                self._database.execute("PRAGMA synchronous = NORMAL")
                self._database.execute(f"PRAGMA busy_timeout = {SHORT_WAIT_MS}")
                with self._whole() as database:
                    for statement, values in statements:
                        database.execute(statement, values)
            except sqlite3.Error as error:
                log.warning("gateway=not-noted reason=%s", error)
            self._database.execute("PRAGMA synchronous = FULL")
            self._database.execute(f"PRAGMA busy_timeout = {round(WAIT_S * 1000)}")

    def rows(self, query: str, values: tuple[object, ...] = ()) -> list[Any]:
        """Return what a query finds.

        Raises:
            StoreFailed: it cannot be read.
        """
        try:
            with self._lock:
                return self._database.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise StoreFailed("joining.store-broken", path=self._data, reason=error) from None


def _credential(row: Any) -> Credential:
    *told, end = row
    identity, gemeente, server, kind, machine, made, revoked = told
    return Credential(identity, gemeente, server, kind, machine, made, revoked, None if end == NEVER else end)


def secret_of(fingerprint: str) -> str:
    """Return what stands for a certificate in the place of a token; it never looks like one (``join_code.is_token``).

    So what a client sends as a token never counts as a certificate.
    """
    return f"certificate:{fingerprint}"


def _revoke_certificate(database: sqlite3.Connection, secret: str, now: float) -> None:
    """End whom a certificate stood for until now, and forget that it did."""
    held = "SELECT credential FROM token WHERE hash = ?"
    database.execute(
        f"UPDATE credential SET revoked = ? WHERE id IN ({held}) AND revoked IS NULL",  # noqa: S608 - no value in it
        (now, digest(secret)),
    )
    database.execute("DELETE FROM token WHERE hash = ?", (digest(secret),))


def revoke_of(database: sqlite3.Connection, gemeente: str, server: str, now: float) -> tuple[int, int]:
    """End what a server has: its credentials, and invites that were made for it alone."""
    ended = revoke_credentials(database, gemeente, server, now)
    return ended, _revoke_invites(database, gemeente, server, now)


def revoke_credentials(database: sqlite3.Connection, gemeente: str, server: str, now: float) -> int:
    """End the credentials of a server or client, and return how many there were."""
    update = "UPDATE credential SET revoked = ? WHERE gemeente = ? AND server = ? AND revoked IS NULL"
    return database.execute(update, (now, gemeente, server)).rowcount


def _revoke_invites(database: sqlite3.Connection, gemeente: str, server: str, now: float) -> int:
    update = (
        "UPDATE invite SET revoked = ? "
        "WHERE gemeente = ? AND server = ? AND revoked IS NULL AND used < uses AND expires > ?"
    )
    return database.execute(update, (now, gemeente, server, now)).rowcount


def add_credential(
    database: sqlite3.Connection, whose: tuple[str, str, Kind], invite: str, machine: str, now: float
) -> str:
    """Add the credential of (gemeente, server, kind) and return its id."""
    identity = _new_id("c")
    database.execute(
        "INSERT INTO credential (id, gemeente, server, kind, invite, machine, made) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (identity, *whose, invite, machine, now),
    )
    return identity


def add_token(
    database: sqlite3.Connection, token: str, credential: str, now: float, expires: float | None, follows: str = ""
) -> None:
    """Add a token of a credential; ``follows`` is the one that it renews."""
    before = digest(follows) if follows else None
    database.execute(
        "INSERT INTO token (hash, credential, made, expires, follows) VALUES (?, ?, ?, ?, ?)",
        (digest(token), credential, now, expires, before),
    )


def _new_id(kind: str) -> str:
    """Return a new id of an invite (``i-…``) or a credential (``c-…``), which is no secret."""
    return f"{kind}-{secrets.token_hex(5)}"
