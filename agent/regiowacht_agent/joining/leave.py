"""Tells the collector that this server leaves: its credential ends there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_agent.joining.ask import way_of
from regiowacht_agent.joining.join import refusal

if TYPE_CHECKING:
    from regiowacht_agent.joining.folder import StateFolder

ENDED = frozenset({"revoked", "expired", "replaced", "unknown"})
"""Reasons of the collector that say that the credential holds no longer, which is what was wanted."""


def leave(folder: StateFolder) -> None:
    """End the credential of this server at the collector; where it has ended already, all is well.

    Raises:
        Unreachable: the collector cannot be reached.
        UsageError: this server has not joined, or its credential cannot be read.
        Found: the collector says no, in its own words.
    """
    way = way_of(folder, folder.membership())
    answer = way.ask("POST", "/v1/leave", {"Authorization": f"Bearer {folder.token()}"})
    if answer.status != 200 and answer.json().get("reason") not in ENDED:
        raise refusal(way, answer)
