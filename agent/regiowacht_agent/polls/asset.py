"""The asset that a poll is about, as the labels of its series."""

from __future__ import annotations

from regiowacht_agent.exposition import escape
from regiowacht_contract.labels import TARGET_LABELS, scope
from regiowacht_contract.light import dataclass


@dataclass(frozen=True, slots=True)
class Polled:
    """An asset of the region that this agent asks.

    Attributes:
        gemeente: slug of the gemeente.
        site: slug of the site.
        instance: the asset's name.
        job: ``probe`` or ``relay``.
        laag: the layer that it belongs to.
    """

    gemeente: str
    site: str
    instance: str
    job: str
    laag: str

    def labels(self, laag: str = "asset") -> str:
        """Return the five target labels as they stand in a series; ``laag`` is that of the metric."""
        of = scope(self.gemeente, self.laag if laag == "asset" else laag)
        values = (self.gemeente, of, self.site, self.instance, self.job)
        return ",".join(f'{name}="{escape(value)}"' for name, value in zip(TARGET_LABELS, values, strict=True))
