"""Who is connected: a cap on all and on each address, and who makes room."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from regiowacht_collector.gateway.limits import Limits
    from regiowacht_collector.gateway.proxies import IsProxy


class Held(Protocol):
    """A connection that can be closed."""

    address: str
    """Where it comes from."""

    deadline: float
    """When it is closed unless it gets on, by ``time.monotonic``."""

    def is_half_open(self) -> bool:
        """Tell whether it has not yet sent a whole head of a first request."""

    def drop(self) -> None:
        """Close it at once."""

    def expire(self) -> None:
        """Close it because its time is over."""


class Connections:
    """The connections held, oldest first.

    Args:
        limits: how many at once.
        is_proxy: tells of an address whether it is a proxy's; that is many clients, held to the cap on all alone.
    """

    def __init__(self, limits: Limits, is_proxy: IsProxy) -> None:
        self._limits = limits
        self._is_proxy = is_proxy
        self._held: dict[Held, None] = {}
        self._of_address: Counter[str] = Counter()
        self.refused = 0
        self.made_room = 0

    def __len__(self) -> int:
        return len(self._held)

    def admit(self, new: Held) -> bool:
        """Hold a new connection; False where there is no place, and none can be made."""
        address = new.address
        crowded = self._of_address[address] >= self._limits.connections_of_address and not self._is_proxy(address)
        full = len(self._held) >= self._limits.connections
        if (crowded or full) and not self._make_room(address if crowded else ""):
            self.refused += 1
            return False
        self._held[new] = None
        self._of_address[address] += 1
        return True

    def release(self, gone: Held) -> None:
        """Forget a connection; a second time does nothing."""
        if gone in self._held:
            del self._held[gone]
            self._of_address[gone.address] -= 1
            if not self._of_address[gone.address]:
                del self._of_address[gone.address]

    def overdue(self, now_s: float) -> list[Held]:
        """Return those whose deadline has passed."""
        return [held for held in self._held if held.deadline <= now_s]

    def drop_all(self) -> None:
        """Close every connection."""
        for held in list(self._held):
            held.drop()
            self.release(held)

    def _make_room(self, address: str) -> bool:
        """Drop the connection that has been half open for longest, of one address or of any."""
        oldest = next((h for h in self._held if h.is_half_open() and address in {"", h.address}), None)
        if oldest is None:
            return False
        oldest.drop()
        self.release(oldest)
        self.made_room += 1
        return True
