"""Writes samples about an asset as series that carry the asset's labels."""

from __future__ import annotations

from regiowacht_agent.exposition import clean, escape, head, number
from regiowacht_agent.polls.outcome import Told

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from regiowacht_agent.family import Sample
    from regiowacht_agent.polls.asset import Polled


def tell(asset: Polled, samples: Iterable[Sample]) -> tuple[Told, ...]:
    """Return the samples with the asset's labels, those of one metric together."""
    lines: dict[str, list[str]] = {}
    heads: dict[str, str] = {}
    about: dict[str, str] = {}
    for metric, labels, value in samples:
        own = "".join(f',{name}="{escape(told)}"' for name, told in zip(metric.labels, labels, strict=True))
        heads.setdefault(metric.name, head(metric))
        whose = about.get(metric.laag) or about.setdefault(metric.laag, asset.labels(metric.laag))
        lines.setdefault(metric.name, []).append(f"{metric.name}{{{whose}{own}}} {number(value)}\n")
    return tuple(Told(name, heads[name], clean("".join(rows))) for name, rows in lines.items())
