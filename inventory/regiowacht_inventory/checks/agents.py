"""What is said of an agent's TLS is said where there is an agent that speaks it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic_core import PydanticCustomError

from regiowacht_inventory.checks.references import has_agent
from regiowacht_inventory.draft import text_of
from regiowacht_inventory.shown import shown_text
from regiowacht_inventory.values import parse_flag

if TYPE_CHECKING:
    from collections.abc import Mapping

    from regiowacht_inventory.checks.whole import Whole
    from regiowacht_inventory.nodes import Raw

FILES = ("cert", "key", "ca", "name")


def check(whole: Whole) -> None:
    """Note `agent` of a server that has none, and files of one that answers without TLS."""
    region = whole.region.data if whole.region else {}
    for declared in whole.gemeenten:
        draft = declared.draft
        for path, server in draft.items("servers"):
            own = server.get("agent")
            if not isinstance(own, dict) or not own:
                continue
            name = shown_text(text_of(server, "name") or "…")
            if not has_agent(server):
                draft.note((*path, "agent"), "inventory.agent-of-relay", at_key=True, value=name)
            elif not _speaks_tls(own, draft.data.get("agent"), region.get("agent")):
                for key in FILES:
                    if own.get(key) is not None:
                        draft.note((*path, "agent", key), "inventory.without-tls", at_key=True, key=key, value=name)


def _speaks_tls(*levels: Raw) -> bool:
    """Tell whether TLS is on, by the nearest that says so; what is no yes or no has been noted, and may mean it."""
    said = next((raw for level in levels if (raw := _mapping(level).get("tls")) is not None), None)
    try:
        return parse_flag(said) is not False and said is not None
    except PydanticCustomError:
        return True


def _mapping(raw: Raw) -> Mapping[str, Raw]:
    return raw if isinstance(raw, dict) else {}
