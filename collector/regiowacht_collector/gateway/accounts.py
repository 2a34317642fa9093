"""What the gateway keeps of writes: counts, what each gemeente may, and what is under way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from regiowacht_collector.gateway.books import Books
from regiowacht_collector.gateway.budget import Budget
from regiowacht_collector.gateway.quotas import Quota, Quotas

if TYPE_CHECKING:
    from regiowacht_collector.gateway.limits import Limits


@dataclass(frozen=True, slots=True)
class Accounts:
    """What the gateway keeps of writes.

    Attributes:
        books: what it counts.
        quotas: what each gemeente has left.
        budget: what is under way.
    """

    books: Books
    quotas: Quotas
    budget: Budget

    @classmethod
    def within(cls, limits: Limits, quota: Quota | None = None) -> Accounts:
        """Return new ones."""
        return cls(Books(), Quotas(quota or Quota()), Budget(limits))
