"""One row of a spreadsheet on its way into a gemeente file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from regiowacht_inventory.importing.sheet import Row


@dataclass(slots=True)
class Entry:
    """What one row becomes: an item of a section of a gemeente."""

    row: Row
    gemeente: str
    site: str
    section: str
    item: dict[str, str]

    @property
    def name(self) -> str:
        """The asset's name."""
        return self.item["name"]


class RefusedError(Exception):
    """A row cannot be placed."""

    def __init__(self, key: str, /, **values: object) -> None:
        super().__init__(key)
        self.reasons: list[tuple[str, Mapping[str, object]]] = [(key, values)]
