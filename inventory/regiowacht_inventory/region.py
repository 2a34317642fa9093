"""The region as other rooms see it: read, checked, and frozen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from regiowacht_inventory.alerting import RegionAlerts
    from regiowacht_inventory.assets import Asset
    from regiowacht_inventory.schema import Collector, Credential, Gemeente, Leverancier, RegionAudit, Snmp, Traject


@dataclass(frozen=True, slots=True)
class Region:
    """One region folder without a mistake in it.

    Attributes:
        name: the region's name, as people know it.
        regio: slug; the label ``regio``.
        language: language of what people read.
        timezone: time zone of dashboards and reports (tz database name).
        collector: the shared side, as agents reach it.
        snmp: how devices are asked.
        audit: how configurations are read, kept and judged, where a gemeente does not say otherwise.
        alerts: who hears of what is wrong, and when, where a gemeente does not say otherwise.
        leveranciers: suppliers by slug.
        trajecten: exercises done together, in the file's order.
        credentials: ways to log in, by slug; secrets are references.
        gemeenten: sorted by slug.
        assets: everything declared, sorted by (gemeente, site, name).
    """

    name: str
    regio: str
    language: Literal["nl", "en"]
    timezone: str
    collector: Collector
    snmp: Snmp
    audit: RegionAudit
    alerts: RegionAlerts
    leveranciers: Mapping[str, Leverancier]
    trajecten: tuple[Traject, ...]
    credentials: Mapping[str, Credential]
    gemeenten: tuple[Gemeente, ...]
    assets: tuple[Asset, ...]
