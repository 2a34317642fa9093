"""The labels that every series carries, in the order people read them."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    Laag = Literal["connectiviteit", "infrastructuur"]
    Job = Literal["node", "snmp", "probe", "relay", "audit", "regiowacht"]

LAGEN: tuple[Laag, ...] = ("connectiviteit", "infrastructuur")
JOBS: tuple[Job, ...] = ("node", "snmp", "probe", "relay", "audit", "regiowacht")

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


if not TYPE_CHECKING:

    def __getattr__(name):
        """Return ``Laag`` or ``Job`` for who reads types at run time; an agent never asks, and does without typing."""
        if name not in {"Laag", "Job"}:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from typing import Literal  # noqa: PLC0415 - half a megabyte

        return Literal[LAGEN if name == "Laag" else JOBS]
