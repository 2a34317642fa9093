"""Families that every reader has: what they read is no matter of /proc or psutil.

The table works as a reader's (``reader.py``); its families tell blocks, whatever the reader's own tell.
"""

from __future__ import annotations

from regiowacht_agent.family import FamilyEntry

FAMILIES: tuple[FamilyEntry, ...] = (
    FamilyEntry("backups", default=False),
    FamilyEntry("certificates", default=False),
    FamilyEntry("namedprocess", default=False),
    FamilyEntry("systemd", default=False),
    FamilyEntry("textfile"),
)
"""Sorted by name; a reader has no family of the same name. Those that are off come on when something is declared."""
