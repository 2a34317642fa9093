"""The labels that every series carries, in the order people read them."""

from __future__ import annotations

from typing import Literal, get_args

Laag = Literal["connectiviteit", "infrastructuur"]
LAGEN: tuple[Laag, ...] = get_args(Laag)

Job = Literal["node", "snmp", "probe", "relay", "audit", "regiowacht"]
JOBS: tuple[Job, ...] = get_args(Job)

TARGET_LABELS = ("gemeente", "scope", "site", "instance", "job")
"""Labels of every series about a host or device; ``instance`` is the inventory's name, never an address."""

REGIO_GEMEENTE = "_regio"
"""The ``gemeente`` of an aggregate over gemeenten; it counts at least ``REGIO_MINIMUM`` of them."""

REGIO_MINIMUM = 3

OVERIG = "overig"
"""What is shared with nobody by default: metrics outside the catalogue and the gemeente's own facts."""


def scope(gemeente: str, laag: str) -> str:
    """Return the right that a series stands under, ``GEMEENTE/LAAG`` (or ``GEMEENTE/overig``).

    Rights are pairs and PromQL selectors are conjunctions, so the pair is one label.
    """
    return f"{gemeente}/{laag}"
