"""Reads the folder of dashboards, afresh at every look, so that a rebuilt file shows on reload."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from regiowacht_contract.errors import UsageError
from regiowacht_contract.texts import LANGS

if TYPE_CHECKING:
    from pathlib import Path

    from regiowacht_contract.texts import Lang

FILE_BYTES_MAX = 8_000_000


@dataclass(frozen=True, slots=True)
class Library:
    """The dashboards that the preview may show.

    Attributes:
        folder: holds ``*.json``, one dashboard a file (Grafana's classic model).
        lang: the language of a dashboard that does not say one itself.
    """

    folder: Path
    lang: Lang

    def check(self) -> None:
        """Raise UsageError where the folder is not there."""
        if not self.folder.is_dir():
            raise UsageError("preview.no-folder", folder=self.folder)

    def dashboards(self) -> tuple[dict[str, dict[str, Any]], list[str]]:
        """Return the dashboards by uid, and the names of files that are none."""
        found: dict[str, dict[str, Any]] = {}
        unreadable: list[str] = []
        for path in sorted(self.folder.glob("*.json")):
            dashboard = _read(path)
            if dashboard is None:
                unreadable.append(path.name)
            else:
                found[dashboard["uid"]] = dashboard
        return found, unreadable

    def language(self, dashboard: dict[str, Any]) -> Lang:
        """Return the dashboard's language: a tag ``nl`` or ``en``, else the folder's name, else the default."""
        tags = dashboard.get("tags") or []
        for lang in LANGS:
            if lang in tags:
                return lang
        for lang in LANGS:
            if lang == self.folder.resolve().name:
                return lang
        return self.lang


def _read(path: Path) -> dict[str, Any] | None:
    try:
        if path.stat().st_size > FILE_BYTES_MAX:
            return None
        dashboard = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    is_one = isinstance(dashboard, dict) and isinstance(dashboard.get("uid"), str) and dashboard["uid"]
    return dashboard if is_one and isinstance(dashboard.get("panels"), list) else None


def summary(dashboard: dict[str, Any]) -> dict[str, Any]:
    """Return what the list of dashboards and the dropdowns show: uid, title, description, tags."""
    return {
        "uid": dashboard["uid"],
        "title": str(dashboard.get("title", dashboard["uid"])),
        "description": str(dashboard.get("description") or ""),
        "tags": [str(tag) for tag in dashboard.get("tags") or []],
    }
