"""How large a made-up region is."""

from __future__ import annotations

from dataclasses import dataclass

from regiowacht_contract.errors import UsageError

MOST_GEMEENTEN = 500
MOST_IN_ONE = 10_000


@dataclass(frozen=True, slots=True)
class Size:
    """How large a made-up region is.

    Attributes:
        gemeenten: number of gemeenten.
        devices: number of assets, exactly: servers, devices, lines and services, all that has a state.

    Raises:
        UsageError: no gemeente, fewer devices than gemeenten, or more than a folder can hold addresses for.
    """

    gemeenten: int = 20
    devices: int = 2000

    def __post_init__(self) -> None:
        if not 1 <= self.gemeenten <= MOST_GEMEENTEN:
            raise UsageError("history.gemeenten-range", value=self.gemeenten, highest=MOST_GEMEENTEN)
        if not self.gemeenten <= self.devices <= self.gemeenten * MOST_IN_ONE:
            highest = self.gemeenten * MOST_IN_ONE
            raise UsageError("history.devices-range", value=self.devices, lowest=self.gemeenten, highest=highest)


DEMO = Size(gemeenten=5, devices=150)
"""What the demo shows beside the one real machine."""
