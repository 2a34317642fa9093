"""What is known of a device beside the text of its configuration: how it would start, its backup, its neighbours."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING

from regiowacht_audit.facts.fact import Item

if TYPE_CHECKING:
    from collections.abc import Iterable

    from regiowacht_audit.facts.sheet import Sheet

STARTUP, BACKUP, SHARED = "startup.differences", "kept_backup.newest", "secrets.shared"


@dataclass(frozen=True, slots=True)
class Startup:
    """How what runs compares with what the device starts with.

    Attributes:
        differs: it is not the same.
        lines: rows of the running configuration that are not in the other, 1-based.
    """

    differs: bool
    lines: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Beside:
    """What a single file does not tell; None is unknown, and nothing that rests on it may pass.

    Attributes:
        startup: see ``Startup``.
        backup_days: whole days since the configuration that is kept was read.
        shared: one item per row with a secret, with the traits of the fact ``secrets.shared``.
    """

    startup: Startup | None = None
    backup_days: int | None = None
    shared: tuple[Item, ...] | None = field(default=None, repr=False)

    def facts(self) -> set[str]:
        """Return the names of the facts that are known."""
        names = dict(zip((one.name for one in fields(self)), (STARTUP, BACKUP, SHARED), strict=True))
        return {fact for name, fact in names.items() if getattr(self, name) is not None}


def say_beside(sheet: Sheet, beside: Beside) -> None:
    """Fill the facts that do not stand in the configuration."""
    if beside.startup is not None:
        differs = [Item("running \N{NOT EQUAL TO} startup", beside.startup.lines)] if beside.startup.differs else ()
        _say(sheet, STARTUP, differs)
    if beside.backup_days is not None:
        _say(sheet, BACKUP, [Item(f"backup: {beside.backup_days} d", (), {"days": beside.backup_days})])
    if beside.shared is not None:
        _say(sheet, SHARED, beside.shared)


def _say(sheet: Sheet, name: str, items: Iterable[Item]) -> None:
    sheet.told(name, tuple(items))
