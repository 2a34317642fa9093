"""What the gateway keeps of writes: counts, what each gemeente may, and what is under way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from regiowacht_collector.gateway.books import Books
from regiowacht_collector.gateway.budget import Budget
from regiowacht_collector.gateway.quotas import Quota, Quotas

if TYPE_CHECKING:
    from regiowacht_collector.gateway.limits import Limits

NoteLate = Callable[[str, int, int], None]


def not_noted(_gemeente: str, _from_ms: int, _until_ms: int) -> None:
    """Note nothing."""


@dataclass(frozen=True, slots=True)
class Accounts:
    """What the gateway keeps of writes.

    Attributes:
        books: what it counts.
        quotas: what each gemeente has left.
        budget: what is under way.
        note_late: is told of samples that came in late and are stored: gemeente, oldest, newest (milliseconds since
            1970); what was recorded of that time without them can then be mended.
    """

    books: Books
    quotas: Quotas
    budget: Budget
    note_late: NoteLate = not_noted

    @classmethod
    def within(cls, limits: Limits, quota: Quota | None = None, note_late: NoteLate = not_noted) -> Accounts:
        """Return new ones."""
        return cls(Books(), Quotas(quota or Quota()), Budget(limits), note_late)
