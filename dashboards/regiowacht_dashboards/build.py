"""Writes the dashboards of a region as JSON files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from regiowacht_dashboards.boards import BOARDS, board
from regiowacht_dashboards.written import Written, write

if TYPE_CHECKING:
    from pathlib import Path

    from regiowacht_dashboards.settings import Settings


def render(uid: str, settings: Settings) -> str:
    """Return one dashboard as JSON text: the same bytes for the same settings, keys sorted.

    Raises:
        KeyError: there is no dashboard of that uid.
    """
    raw = board(uid, settings.lang).render(
        timezone=settings.timezone, refresh=settings.refresh, time_from=settings.time_from
    )
    return json.dumps(raw, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def build(out: Path, settings: Settings, *, dry_run: bool = False) -> tuple[Written, ...]:
    """Write every dashboard to ``out/UID.json`` and return what changed.

    A file is replaced in one step, so that a reader never sees half of one, and left alone when nothing changed.

    Raises:
        OSError: the folder cannot be made or written.
    """
    texts = {uid: render(uid, settings) for uid in BOARDS}
    if not dry_run:
        out.mkdir(parents=True, exist_ok=True)
    return tuple(write(out / f"{uid}.json", uid, text.encode(), dry_run=dry_run) for uid, text in texts.items())
