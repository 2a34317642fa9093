"""Families that every reader has: what they read is no matter of /proc or psutil.

The table works as a reader's (``reader.py``); its families tell blocks, whatever the reader's own tell.
"""

from __future__ import annotations

from regiowacht_agent.family import FamilyEntry

FAMILIES: tuple[FamilyEntry, ...] = (
    FamilyEntry("systemd", default=False),
    FamilyEntry("textfile"),
)
"""Sorted by name; a reader has no family of the same name."""
