"""What the reader of a report may be told of another gemeente's devices: by the trajecten that are in force."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_contract.texts import say
from regiowacht_inventory.kinds import DEVICE_LAAG

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from regiowacht_audit.reuse import Holder
    from regiowacht_contract.texts import Lang
    from regiowacht_inventory import Region


def names_for(region: Region, reader: str, today: date, lang: Lang) -> Callable[[Holder], str]:
    """Return what names another device to a reader.

    The ICT-dienst (``reader`` is "") sees all names. A gemeente sees its own, and those of the gemeenten of a traject
    that it leads, in that traject's laag; of the rest it learns no more than that there is one.
    """
    kinds = {(one.gemeente, device.name): device.kind for one in region.gemeenten for device in one.devices}

    def name(holder: Holder) -> str:
        gemeente, device = holder
        laag = DEVICE_LAAG[kinds[holder]] if holder in kinds else ""
        if reader in {"", gemeente} or _leads(region, reader, gemeente, laag, today):
            return say("audit-run.also-at", lang, device=f"{gemeente}/{device}")
        return say("audit-run.also-elsewhere", lang)

    return name


def _leads(region: Region, reader: str, gemeente: str, laag: str, today: date) -> bool:
    return any(
        traject.laag == laag
        and reader in traject.trekkers
        and gemeente in traject.members
        and traject.from_day <= today
        and (traject.until_day is None or today <= traject.until_day)
        for traject in region.trajecten
    )
