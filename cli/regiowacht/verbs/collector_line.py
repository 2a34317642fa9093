"""The line to paste of ``collector invite``: makes the installer of a code where the collector has packages."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from regiowacht_collector.gateway.joining.store import Invite, Store
    from regiowacht_contract.texts import Lang
    from regiowacht_inventory import Region


def make_line(store: Store, told: tuple[Invite, str], region: Region, data: Path, ca: str | None, lang: Lang) -> str:
    """Return the line that installs a server with a code; "" where the collector has no packages, or no URL.

    Args:
        store: keeps the installer.
        told: the invitation, and its code.
        region: of the collector.
        data: its data folder.
        ca: file in PEM with the authority of the gateway's certificate; None: what the collector was told.
        lang: of who pastes the line.

    Raises:
        Unavailable: a package or the authority cannot be read.
    """
    from regiowacht_collector.gateway.installing import shelf
    from regiowacht_collector.gateway.installing.authority import kept_authority
    from regiowacht_collector.gateway.installing.line import pasted_line
    from regiowacht_collector.gateway.installing.script import Asked, installer, read_authority
    from regiowacht_collector.gateway.installing.wheels import FOLDER, has_wheels, wheels_of

    authority = read_authority(Path(ca)) if ca else kept_authority(data)
    folder = data / FOLDER
    if not region.collector.url or not has_wheels(folder):
        return ""
    invite, code = told
    wheels = wheels_of(folder)
    asked = Asked(invite.id, invite.server, region.collector.url, authority, lang)
    script = installer(asked, wheels)
    shelf.put(store, invite.id, script, wheels, lang)
    return pasted_line(asked, script, code)
