"""Who writes: what the gateway knows of the holder of a credential, never taken from what it sends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from regiowacht_contract.labels import LAGEN, OVERIG, scope

Kind = Literal["agent", "other"]
"""An agent of ours, or any other remote-write client that was given a credential."""


@dataclass(frozen=True, slots=True)
class Writer:
    """The holder of a credential.

    Attributes:
        credential: the credential's id, which is no secret.
        gemeente: slug of the gemeente that it writes for, and for no other.
        tenant: the gemeente's number, for engines whose tenants are numbers.
        server: the inventory's name of the server, or the name given to another client.
        kind: what it is.
        copy: 1; of another machine that was found to hold a copy of the credential 2 and up: all that it writes is
            told apart by ``instance="NAME~2"``.
    """

    credential: str
    gemeente: str
    tenant: int
    server: str
    kind: Kind = "agent"
    copy: int = 1

    @property
    def scopes(self) -> tuple[str, ...]:
        """Every value of ``scope`` that it may write."""
        return tuple(scope(self.gemeente, laag) for laag in (*LAGEN, OVERIG))
