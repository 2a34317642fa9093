"""What a check comes to: a write that may go on, or one that is refused as a whole."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from regiowacht_contract.errors import RegiowachtError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

BAD_REQUEST, TOO_LARGE = 400, 413

NOTHING: Mapping[str, int] = MappingProxyType({})


class Refused(RegiowachtError):
    """A write of which nothing is taken; sent again it would be refused again.

    Args:
        status: of HTTP, 400 or 413.
        reason: one word for a metric's label, with a text ``wire.REASON`` behind it.
        values: what fills the text's placeholders.
    """

    def __init__(self, status: int, reason: str, /, **values: object) -> None:
        super().__init__(f"wire.{reason}", **values)
        self.status = status
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Checked:
    """A write that was read whole; what goes on is made of what was checked, and of nothing else.

    Attributes:
        fresh: body of the samples of now, not packed; empty when there is none.
        old: body of the older ones that the engine's window still takes.
        samples: in both, histograms among them.
        series: in both, each once.
        refused: samples that go nowhere, by reason (``reasons.py``).
        corrected: series that got another scope of the same gemeente, since the catalogue knows their laag.
        newest_ms: time of the newest sample that goes on, milliseconds since 1970; 0 when there is none.
        instances: (instance, job) of the series that go on, each with the time of its newest sample.
        heads: encoded labels of the series that go on; the same object as last time when they are the same.
    """

    fresh: bytes = b""
    old: bytes = b""
    samples: int = 0
    series: int = 0
    refused: Mapping[str, int] = field(default_factory=lambda: NOTHING)
    corrected: int = 0
    newest_ms: int = 0
    instances: Mapping[tuple[str, str], int] = field(default_factory=dict)
    heads: Sequence[bytes] = ()
