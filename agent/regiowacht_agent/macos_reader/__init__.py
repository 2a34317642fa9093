"""Reads a Mac through psutil, under node_exporter's names there; most families are those of Linux.

No real Mac was run: what is here was tested on what psutil says there.
"""

from __future__ import annotations

from regiowacht_agent.family import FamilyEntry
from regiowacht_agent.psutil_reader import open_host as open_host

LINUX = "regiowacht_agent.psutil_reader"

FAMILIES: tuple[FamilyEntry, ...] = (
    FamilyEntry("cpu", module=f"{LINUX}.cpu"),
    FamilyEntry("diskstats", module=f"{LINUX}.diskstats"),
    FamilyEntry("filesystem", module=f"{LINUX}.filesystem"),
    FamilyEntry("loadavg", module=f"{LINUX}.loadavg"),
    FamilyEntry("meminfo"),
    FamilyEntry("netdev", module=f"{LINUX}.netdev"),
    FamilyEntry("os"),
    FamilyEntry("stat", module=f"{LINUX}.stat"),
    FamilyEntry("tcpstat", default=False, module=f"{LINUX}.tcpstat"),
    FamilyEntry("time", module=f"{LINUX}.time"),
    FamilyEntry("uname"),
)
"""Sorted by name; ``tcpstat`` needs root there."""
