"""Writes samples in the text format 0.0.4 that Prometheus scrapes.

Source: "Exposition formats", Text-based format, in the documentation of Prometheus.
"""

from __future__ import annotations

import functools
import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from regiowacht_agent.family import Sample
    from regiowacht_contract.catalogue import Metric

SERIES_KEPT = 4096
"""Texts of series that are kept from one reading to the next, most of which are the same."""

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def render(samples: Iterable[Sample]) -> bytes:
    """Return the exposition of one reading, metrics sorted by name, samples in the order they came.

    Raises:
        ValueError: a sample has more or fewer label values than its metric has labels.
    """
    lines: dict[str, list[str]] = {}
    for metric, labels, value in samples:
        of_metric = lines.get(metric.name)
        if of_metric is None:
            of_metric = lines[metric.name] = [head(metric)]
        of_metric.append(f"{series(metric, labels)} {number(value)}\n")
    text = "".join(line for name in sorted(lines) for line in lines[name])
    return clean(text).encode()


def head(metric: Metric) -> str:
    """Return the HELP and TYPE lines of a metric."""
    text = metric.help.replace("\\", "\\\\").replace("\n", "\\n")
    return f"# HELP {metric.name} {text}\n# TYPE {metric.name} {metric.exposition_type}\n"


def series(metric: Metric, labels: tuple[str, ...]) -> str:
    """Return ``name{label="value",...}``, or the name alone where the metric has no labels."""
    return _series(metric.name, metric.labels, labels)


@functools.lru_cache(maxsize=SERIES_KEPT)
def _series(name: str, names: tuple[str, ...], values: tuple[str, ...]) -> str:
    if not names and not values:
        return name
    pairs = ",".join(f'{label}="{_escape(value)}"' for label, value in zip(names, values, strict=True))
    return f"{name}{{{pairs}}}"


def number(value: float) -> str:
    """Return a value as Go's ParseFloat reads it; integers keep all their digits."""
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else ("+Inf" if value > 0 else "-Inf")
    return str(value)


def clean(text: str) -> str:
    """Return text that UTF-8 can carry: what the file system held that is no UTF-8 becomes U+FFFD."""
    return text if text.isascii() else text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _escape(value: str) -> str:
    if "\\" in value or '"' in value or "\n" in value:
        return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return value
