"""Writes the dashboards of a region as JSON files."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from regiowacht_dashboards.boards import BOARDS, board

if TYPE_CHECKING:
    from pathlib import Path

    from regiowacht_dashboards.settings import Settings

Change = Literal["new", "changed", "unchanged"]


@dataclass(frozen=True, slots=True)
class Written:
    """One file of a build.

    Attributes:
        path: the file.
        uid: of the dashboard in it.
        change: what the build did to the file, or would do.
    """

    path: Path
    uid: str
    change: Change


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
    return tuple(_write(out / f"{uid}.json", uid, text, dry_run=dry_run) for uid, text in texts.items())


def _write(path: Path, uid: str, text: str, *, dry_run: bool) -> Written:
    before = path.read_bytes() if path.exists() else None
    after = text.encode()
    if before == after:
        return Written(path, uid, "unchanged")
    if not dry_run:
        _replace(path, after)
    return Written(path, uid, "new" if before is None else "changed")


def _replace(path: Path, content: bytes) -> None:
    """Write beside the file, then rename over it."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_bytes(content)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
