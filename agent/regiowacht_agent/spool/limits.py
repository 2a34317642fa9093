"""How much the spool may hold."""

from __future__ import annotations

from regiowacht_contract.light import NamedTuple


class Limits(NamedTuple):
    """Bounds of a spool; whichever is reached first holds.

    Attributes:
        size_max_bytes: what its files may take on disk.
        age_max_s: how old a reading may become before it is let go.
    """

    size_max_bytes: int = 512_000_000
    age_max_s: float = 14 * 86_400.0
