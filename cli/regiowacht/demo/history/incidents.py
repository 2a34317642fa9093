"""What went wrong in the made-up region, and when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Kind = Literal["line-down", "disk-filling", "ups-on-battery", "noisy-port", "silent-agent", "failed-audit"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True)
class Incident:
    """Something that went wrong with one asset.

    Attributes:
        kind: what went wrong.
        gemeente: slug of the gemeente.
        asset: name of the asset where it started.
        from_s: when it started, Unix time.
        until_s: when it was over; None while it is under way.
    """

    kind: Kind
    gemeente: str
    asset: str
    from_s: int
    until_s: int | None
