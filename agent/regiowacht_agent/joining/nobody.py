"""What stands in for asking where a server has not joined a region."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from regiowacht_agent.family import Sample
    from regiowacht_agent.joining.asking import Asking


class NotJoined:
    """Asks nobody."""

    is_on = False

    def wait_s(self) -> float:
        """Return how long nothing is to be done."""
        return float("inf")

    def turn(self) -> bool:
        """Do nothing."""
        return False

    def put_back(self, reason: object) -> None:
        """Do nothing."""

    def samples(self) -> Iterator[Sample]:
        """Yield nothing."""
        return iter(())

    def page(self) -> bytes:
        """Return nothing."""
        return b""

    def stop(self) -> None:
        """Do nothing."""


def asking_of(joined: Mapping[str, Any] | None) -> Asking | NotJoined:
    """Return what asks for a configuration; ``joined`` is None where this server has not joined."""
    if joined is None:
        return NotJoined()
    from regiowacht_agent.joining.asking import Asking  # noqa: PLC0415 - only who has joined needs it

    return Asking(joined)
