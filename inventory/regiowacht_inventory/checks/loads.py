"""No server is to ask more devices than its agent takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_contract.defaults import POLLED_MAX
from regiowacht_inventory.draft import text_of
from regiowacht_inventory.shown import shown_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_inventory.checks.whole import Declared, Whole


def check(whole: Whole) -> None:
    """Note servers that are the poller or the standby of too many devices."""
    for declared in whole.gemeenten:
        counts: dict[str, int] = {}
        for name in _askers(declared):
            counts[name] = counts.get(name, 0) + 1
        for name, (path, _) in (declared.servers or {}).items():
            if counts.get(name, 0) > POLLED_MAX:
                declared.draft.note(
                    path, "inventory.too-many-polled", value=shown_text(name), count=counts[name], limit=POLLED_MAX
                )


def _askers(declared: Declared) -> Iterator[str]:
    """Yield, for each device that is asked over SNMP, who asks it, and who would."""
    sites = dict(declared.draft.sites())
    for _, device in declared.draft.items("devices"):
        site = sites.get(text_of(device, "site") or "", {})
        if text_of(device, "snmp") is not None:
            asking = {text_of(device, "polled_by") or text_of(site, "poller"), text_of(site, "standby")}
            yield from (name for name in asking if name is not None)
