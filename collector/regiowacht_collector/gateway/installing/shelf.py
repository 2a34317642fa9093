"""Keeps the installers of invitations, and finds the one that may be fetched now."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from regiowacht_collector.gateway.joining.refused import Refused
from regiowacht_collector.gateway.joining.store import DAY_S, Invite

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from regiowacht_collector.gateway.installing.wheels import Wheel
    from regiowacht_collector.gateway.joining.store import Store
    from regiowacht_contract.texts import Lang

AFTER_USE_S = DAY_S
"""How long an installer goes on to be there after its code was used up: what was cut off is finished by then."""

KEPT_S = 30 * DAY_S
FOUND = """
SELECT i.id, i.gemeente, i.server, i.uses, i.used, i.made, i.expires, i.revoked, k.lang, k.script, k.packages,
    (SELECT max(c.made) FROM credential c WHERE c.invite = i.id)
FROM invite i JOIN installer k ON k.invite = i.id WHERE i.id = ?
"""
NAMED = """
SELECT k.packages FROM invite i JOIN installer k ON k.invite = i.id
WHERE i.revoked IS NULL AND i.expires > ?
"""


@dataclass(frozen=True, slots=True)
class Installer:
    """An installer that may be fetched.

    Attributes:
        packages: the size in bytes of each wheel that belongs to it, by its name.
        uses: how many servers may use it.
    """

    lang: Lang
    script: str
    packages: Mapping[str, int]
    uses: int


class Gone(Refused):
    """An installer that was there, and is not any more.

    Attributes:
        lang: of who was to run it.
    """

    def __init__(self, state: str, lang: Lang) -> None:
        super().__init__(f"code-{state}")  # type: ignore[arg-type] # used, expired or revoked
        self.status, self.lang = 410, lang


def put(store: Store, invite: str, script: str, wheels: Sequence[Wheel], lang: Lang) -> None:
    """Keep the installer of an invitation, and let go of those whose invitation ended long ago."""
    packages = json.dumps({wheel.name: wheel.size_bytes for wheel in wheels})
    old = "DELETE FROM installer WHERE invite IN (SELECT id FROM invite WHERE expires < ?)"
    with store.change() as database:
        database.execute(old, (store.clock() - KEPT_S,))
        database.execute(
            "INSERT OR REPLACE INTO installer (invite, lang, script, packages) VALUES (?, ?, ?, ?)",
            (invite, lang, script, packages),
        )


def find(store: Store, invite: str) -> Installer | None:
    """Return the installer of an invitation; None where there never was one.

    Raises:
        Gone: its invitation has expired, was revoked, or was used up more than ``AFTER_USE_S`` ago.
    """
    rows = store.rows(FOUND, (invite,))
    if not rows:
        return None
    *told, lang, script, packages, used_s = rows[0]
    known, now = Invite(*told), store.clock()
    state = known.state(now)
    if state == "used" and used_s is not None and now < used_s + AFTER_USE_S:
        state = "open"
    if state != "open":
        raise Gone(state, lang)
    return Installer(lang, script, json.loads(packages), known.uses)


def named(store: Store) -> frozenset[str]:
    """Return the wheels that an invitation which has not ended names: they stay where they are."""
    rows = store.rows(NAMED, (store.clock() - AFTER_USE_S,))
    return frozenset(name for (packages,) in rows for name in json.loads(packages))
