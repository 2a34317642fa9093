"""The region under check, with what is declared in it however broken the rest may be."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from regiowacht_inventory.draft import text_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from regiowacht_inventory.draft import Draft
    from regiowacht_inventory.nodes import Path, Raw

SECTIONS = ("servers", "devices", "services")


class Declared:
    """What one gemeente file declares.

    Attributes:
        draft: the file.
        sites: slugs, or None where nothing can be said about them.
        servers: data by name, or None likewise.
        devices: data by name, or None likewise.
    """

    __slots__ = ("devices", "draft", "servers", "sites")

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        sites = draft.data.get("sites", {})
        self.sites = set(sites or ()) if sites is None or isinstance(sites, dict) else None
        self.servers = _by_name(draft, "servers")
        self.devices = _by_name(draft, "devices")


def _by_name(draft: Draft, section: str) -> dict[str, tuple[Path, Mapping[str, Raw]]] | None:
    raw = draft.data.get(section)
    if raw is not None and not isinstance(raw, list):
        return None
    found: dict[str, tuple[Path, Mapping[str, Raw]]] = {}
    for path, item in draft.items(section):
        name = text_of(item, "name")
        if name is not None:
            found.setdefault(name, (path, item))
    return found


@dataclass
class Whole:
    """All files of a region.

    Attributes:
        region: ``region.yml``, or None where it could not be read.
        gemeenten: what each gemeente file that is YAML declares, in the order of file names.
        slugs: every gemeente there is a file for, readable or not.
    """

    region: Draft | None
    gemeenten: list[Declared]
    slugs: set[str] = field(default_factory=set)

    @cached_property
    def leveranciers(self) -> set[str] | None:
        """Slugs of the suppliers, or None where nothing can be said about them."""
        named = self._region_mapping("leveranciers")
        return None if named is None else set(named)

    @cached_property
    def credentials(self) -> Mapping[str, Raw] | None:
        """Data of the credentials by slug, or None where nothing can be said about them."""
        return self._region_mapping("credentials")

    @cached_property
    def gemeente_of_device(self) -> Mapping[str, str]:
        """A gemeente for each device name: asked only when a reference leads nowhere."""
        return {name: declared.draft.slug for declared in self.gemeenten for name in declared.devices or ()}

    def _region_mapping(self, key: str) -> dict[str, Raw] | None:
        if self.region is None or not self.region.is_parsed:
            return None
        raw = self.region.data.get(key)
        if raw is None:
            return {}
        return raw if isinstance(raw, dict) else None
