"""The states that a declared asset can be in; one without a state is a defect."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

from regiowacht_contract.texts import say

if TYPE_CHECKING:
    from regiowacht_contract.texts import Lang


class AssetState(IntEnum):
    """Value of ``regiowacht:asset_state``."""

    GOED = 0
    NEER = 1
    STIL = 2
    NOG_NIET_AANGESLOTEN = 3

    def text(self, lang: Lang) -> str:
        """Return the word people see: goed, neer, stil, nog niet aangesloten."""
        return say(f"states.{self.name.lower().replace('_', '-')}", lang)
