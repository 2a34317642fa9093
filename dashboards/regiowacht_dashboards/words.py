"""The texts of one dashboard in one language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from regiowacht_contract.texts import say
from regiowacht_inventory.kinds import ASSET_KINDS

if TYPE_CHECKING:
    from regiowacht_contract.texts import Lang

SHARED = "dashboards."
"""What keys of texts that several dashboards say begin with; a dashboard's own stand in the file of its uid."""


@dataclass(frozen=True, slots=True)
class Words:
    """Looks up what a dashboard says.

    Attributes:
        texts: what its texts' keys begin with: its uid and a dot.
        lang: the language it speaks.
    """

    texts: str
    lang: Lang

    @property
    def uid(self) -> str:
        """The dashboard's uid, which is also the name of its text file."""
        return self.texts.removesuffix(".")

    def own(self, name: str) -> str:
        """Return a text of this dashboard alone.

        Raises:
            KeyError: the text file of this dashboard has no such name.
        """
        return say(f"{self.texts}{name}", self.lang)

    def shared(self, name: str) -> str:
        """Return a text that dashboards share.

        Raises:
            KeyError: there is no such shared text.
        """
        return say(f"{SHARED}{name}", self.lang)

    def link(self, uid: str) -> str:
        """Return what a link to dashboard ``uid`` says: the text ``link`` of that dashboard.

        Raises:
            KeyError: there is no dashboard of that uid, or it has no such text.
        """
        return say(f"{uid}.link", self.lang)

    def link_title(self, uid: str) -> str:
        """Return what dashboard ``uid`` is called.

        Raises:
            KeyError: there is no dashboard of that uid.
        """
        return say(f"{uid}.dashboard", self.lang)

    def title(self, key: str) -> str:
        """Return the title of the panel or row ``key``."""
        return self.own(key)

    def about(self, key: str) -> str:
        """Return what the panel ``key`` means and what to do when it is red."""
        return self.own(f"{key}-about")

    def kinds(self) -> dict[str, str]:
        """Return what each kind of asset is called, by its name in the region folder."""
        return {kind: self.shared(f"kind-{kind.replace('_', '-')}") for kind in ASSET_KINDS}

    def device(self, what: str) -> str:
        """Return the legend of a series of a device: its name and what of it is drawn."""
        return "{{device}} " + self.shared(f"legend-{what}")
