"""Critical alerts that nobody would hear of, where the region names anybody at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_contract.labels import LAGEN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from regiowacht_contract.labels import Laag
    from regiowacht_inventory.alerting import AlertRoute
    from regiowacht_inventory.region import Region

Unheard = tuple[str, "Laag"]
"""(gemeente, or "" for the region's own, and what it is about)."""


def unheard(region: Region) -> tuple[Unheard, ...]:
    """Return for which gemeente and laag a critical alert finds nobody: neither its own routes nor the region's fit.

    A gemeente that names nobody at all is left to the region, which is told of once.
    """
    if not region.alerts.to and not any(gemeente.alerts.to for gemeente in region.gemeenten):
        return ()
    return tuple(_unheard(region))


def _unheard(region: Region) -> Iterator[Unheard]:
    for laag in LAGEN:
        if _is_told(region.alerts.to, laag):
            continue
        yield "", laag
        for gemeente in region.gemeenten:
            if gemeente.alerts.to and not _is_told(gemeente.alerts.to, laag):
                yield gemeente.gemeente, laag


def _is_told(routes: Iterable[AlertRoute], laag: Laag) -> bool:
    return any(route.laag in (None, laag) and route.severity in (None, "critical") for route in routes)
