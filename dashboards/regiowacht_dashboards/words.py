"""The texts of one dashboard in one language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from regiowacht_contract.texts import say

if TYPE_CHECKING:
    from regiowacht_contract.texts import Lang

SHARED = "dashboards"
"""Text file of what several dashboards say; a dashboard's own texts stand in the file of its uid."""


@dataclass(frozen=True, slots=True)
class Words:
    """Looks up what a dashboard says.

    Attributes:
        uid: the dashboard's uid, which is also the name of its text file.
        lang: the language it speaks.
    """

    uid: str
    lang: Lang

    def own(self, name: str) -> str:
        """Return a text of this dashboard alone.

        Raises:
            KeyError: the text file of this dashboard has no such name.
        """
        return say(f"{self.uid}.{name}", self.lang)

    def shared(self, name: str) -> str:
        """Return a text that dashboards share.

        Raises:
            KeyError: there is no such shared text.
        """
        return say(f"{SHARED}.{name}", self.lang)

    def title(self, key: str) -> str:
        """Return the title of the panel or row ``key``."""
        return self.own(key)

    def about(self, key: str) -> str:
        """Return what the panel ``key`` means and what to do when it is red."""
        return self.own(f"{key}-about")

    def device(self, what: str) -> str:
        """Return the legend of a series of a device: its name and what of it is drawn."""
        return "{{device}} " + self.shared(f"legend-{what}")
