"""Exchanges a one-time code for a credential, and a token for its successor.

The machine that asks makes the token itself and keeps it before it asks: where an answer is lost on its way, it asks
again with the same token and gets the same answer, and no code is spent for nothing.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING

from regiowacht_collector.gateway.joining.refused import Refused
from regiowacht_collector.gateway.joining.store import (
    LATE_S,
    VALID_S,
    Invite,
    add_credential,
    add_token,
    revoke_credentials,
)
from regiowacht_contract.join_code import digest, is_token, read_code

if TYPE_CHECKING:
    from regiowacht_collector.gateway.joining.roll import Roll
    from regiowacht_collector.gateway.joining.store import Holder, Store

CLOCK_S = 300.0
"""How far the clock of who joins may be away: samples that are further ahead would be set aside."""

KNOWN_SHOWN = 20
INVITE = """
SELECT id, gemeente, server, uses, used, made, expires, revoked FROM invite WHERE hash = ?
"""
JOINED = """
SELECT c.id, c.gemeente, c.server, c.invite, t.made, t.expires, c.revoked
FROM token t JOIN credential c ON c.id = t.credential WHERE t.hash = ?
"""
HAS_ONE = """
SELECT 1 FROM credential c JOIN token t ON t.credential = c.id
WHERE c.gemeente = ? AND c.server = ? AND c.revoked IS NULL AND (t.expires IS NULL OR t.expires > ?)
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a machine says that wants to join.

    Attributes:
        code: the one-time code as it was typed.
        token: what it will come with.
        server: which server it says it is; "" leaves it to the code.
        machine: the hash of its machine id.
        time_s: its clock, seconds since 1970.
    """

    code: str
    token: str
    server: str
    machine: str
    time_s: float


@dataclass(frozen=True, slots=True)
class Joined:
    """What a machine is told that joined, or renewed; times in seconds since 1970."""

    credential: str
    gemeente: str
    server: str
    made: float
    expires: float | None

    def as_json(self) -> dict[str, object]:
        """Return the body of the answer."""
        renew = None if self.expires is None else self.made + (self.expires - self.made) / 3
        return {
            "credential": self.credential,
            "gemeente": self.gemeente,
            "server": self.server,
            "expires": self.expires,
            "renew_after": renew,
        }


def join(store: Store, roll: Roll, asked: Asked) -> Joined:
    """Exchange a code for a credential; asked again with the same token, return the same.

    Raises:
        Refused: the code, the token, the clock or the name is not right; nothing has changed then.
    """
    code, now = _checked(asked, store.clock())
    if not roll.tenants:
        raise Refused("not-ready")
    with store.change() as database:
        row = database.execute(INVITE, (digest(code),)).fetchone()
        if row is None:
            raise Refused("code-unknown")
        invite = Invite(*row)
        if before := _joined_before(database, asked.token, invite):
            return before
        state = invite.state(now)
        if state != "open":
            raise Refused(f"code-{state}")  # type: ignore[arg-type] # used, expired or revoked
        server = _server(database, invite, asked.server, roll, now)
        revoke_credentials(database, invite.gemeente, server, now)
        identity = add_credential(database, (invite.gemeente, server, "agent"), invite.id, asked.machine, now)
        add_token(database, asked.token, identity, now, now + VALID_S)
        database.execute("UPDATE invite SET used = used + 1 WHERE id = ?", (invite.id,))
    return Joined(identity, invite.gemeente, server, now, now + VALID_S)


def renew(store: Store, holder: Holder, old: str, new: str) -> Joined:
    """Give a token a successor, which holds as long again; asked again with the same successor, return the same.

    Raises:
        Refused: the old token may not be renewed any more, or the new one is somebody's.
    """
    now = store.clock()
    holder.check(now, late_s=LATE_S)
    if not is_token(new) or new == old:
        raise Refused("bad-request", what="token")
    expires = None if holder.expires is None else now + VALID_S
    try:
        with store.change() as database:
            row = database.execute(
                "SELECT made, expires, follows, credential FROM token WHERE hash = ?", (digest(new),)
            ).fetchone()
            if row is not None and row[2:] != (digest(old), holder.credential):
                raise Refused("token-taken")
            if row is not None:
                return Joined(holder.credential, holder.gemeente, holder.server, row[0], row[1])
            add_token(database, new, holder.credential, now, expires, follows=old)
    except sqlite3.IntegrityError:
        raise Refused("token-taken") from None
    return Joined(holder.credential, holder.gemeente, holder.server, now, expires)


def _checked(asked: Asked, now: float) -> tuple[str, float]:
    """Return the code as it is kept, and what the time is."""
    code = read_code(asked.code)
    if code is None:
        raise Refused("code-malformed")
    if not is_token(asked.token):
        raise Refused("bad-request", what="token")
    away_s = asked.time_s - now
    if not abs(away_s) <= CLOCK_S:
        raise Refused("clock", seconds=round(away_s) if abs(away_s) < 1e12 else "?")
    return code, now


def _joined_before(database: sqlite3.Connection, token: str, invite: Invite) -> Joined | None:
    """Return what was answered to the same question, None where it is the first time."""
    row = database.execute(JOINED, (digest(token),)).fetchone()
    if row is None:
        return None
    identity, gemeente, server, of_invite, made, expires, revoked = row
    if of_invite != invite.id:
        raise Refused("token-taken")
    if revoked is not None:
        raise Refused("code-used")
    return Joined(identity, gemeente, server, made, expires)


def _server(database: sqlite3.Connection, invite: Invite, said: str, roll: Roll, now: float) -> str:
    """Return which server joins.

    Raises:
        Refused: none was named, the code is for another one, it is not in the region, or it has joined already.
    """
    server, gemeente = invite.server or said, invite.gemeente
    if not server:
        raise Refused("server-unnamed", gemeente=gemeente)
    if said and said != server:
        raise Refused("server-of-another-code", server=said, expected=server)
    if (gemeente, server) not in roll.bundles:
        known = ", ".join(roll.servers(gemeente)[:KNOWN_SHOWN]) or "-"
        raise Refused("server-not-in-region", gemeente=gemeente, server=server, known=known)
    if not invite.server and database.execute(HAS_ONE, (gemeente, server, now)).fetchone():
        raise Refused("server-joined-already", gemeente=gemeente, server=server)
    return server
