"""How alerts are handed on, on this machine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from regiowacht_contract.defaults import ALERTMANAGER_PORT
from regiowacht_contract.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from regiowacht_inventory import Region

MANAGERS_MAX = 3


@dataclass(frozen=True, slots=True)
class AlertSettings:
    """How alerts are handed on.

    Attributes:
        program: the Alertmanager to use, or None to look for one.
        port: where the first one listens on 127.0.0.1; 0 means any free one.
        managers: how many run, so that one may fall away without a gap: 1 to 3.
        cache: folder for unpacked ones, or None for the user's own.
        ready_within_s: how long one may take to start.

    Raises:
        UsageError: none, or too many.
    """

    program: Path | None = None
    port: int = ALERTMANAGER_PORT
    managers: int = 1
    cache: Path | None = None
    ready_within_s: float = 60

    def __post_init__(self) -> None:
        if not 1 <= self.managers <= MANAGERS_MAX:
            raise UsageError(
                "collector.out-of-range", name="alertmanagers", value=self.managers, lowest=1, highest=MANAGERS_MAX
            )


def is_wanted(region: Region) -> bool:
    """Tell whether the region names anybody who is to hear of alerts."""
    routes = [
        *region.alerts.to,
        *(route for gemeente in region.gemeenten for route in gemeente.alerts.to),
        *(route for leverancier in region.leveranciers.values() for route in leverancier.alerts.to),
    ]
    return bool(region.alerts.watchdog or routes)
