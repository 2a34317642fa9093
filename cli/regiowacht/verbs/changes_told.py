"""What installing and removing did, for a person and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_contract.texts import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from regiowacht.console import Console
    from regiowacht.services.changes import Change


def as_json(done: Sequence[Change], *, dry_run: bool) -> dict[str, object]:
    """Return what ``--json`` prints of it."""
    return {
        "changed": any(change.is_change for change in done),
        "dry_run": dry_run,
        "changes": [change.as_json() for change in done],
    }


def tell_changes(done: Iterable[Change], console: Console, *, dry_run: bool) -> None:
    """Tell what is another than before, a line each."""
    changed = [change for change in done if change.is_change]
    if not changed:
        console.tell("install.nothing-to-do")
        return
    if dry_run:
        console.tell("install.would")
    for change in changed:
        console.tell("install.change", did=say(f"install.did-{change.did}", console.lang), item=change.item)
