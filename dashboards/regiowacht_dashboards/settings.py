"""What of a region shows on its dashboards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from regiowacht_contract.texts import Lang
    from regiowacht_inventory import Region

REFRESH = "10s"
"""How often panels ask again: a server that falls silent is red within 30 seconds."""


TIME_FROM = "now-3h"
"""How far back a dashboard opens: this morning's trouble, not last week's."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a set of dashboards is built for.

    Attributes:
        lang: the one language it speaks.
        timezone: IANA name that times are shown in.
        refresh: how often panels ask again, in Grafana's notation.
        time_from: how far back a dashboard opens, in Grafana's notation.
    """

    lang: Lang
    timezone: str
    refresh: str = REFRESH
    time_from: str = TIME_FROM


def for_region(region: Region, lang: Lang | None = None) -> Settings:
    """Return the settings of a region, in its own language unless another is asked for."""
    return Settings(lang=lang or region.language, timezone=region.timezone)
