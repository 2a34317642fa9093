"""Finds the known name that a mistyped one most likely meant."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name closest to ``name``, or None when none is close.

    Case and ``-`` against ``_`` do not count as a difference.
    """
    import difflib  # noqa: PLC0415 - half a megabyte that only a mistake needs

    by_folded = {_fold(candidate): candidate for candidate in sorted(known)}
    close = difflib.get_close_matches(_fold(name[:200]), by_folded, n=1, cutoff=0.6)
    return by_folded[close[0]] if close else None


def _fold(name: str) -> str:
    return name.casefold().replace("_", "-")
