"""Writes samples in the text format 0.0.4 that Prometheus scrapes.

Source: "Exposition formats", Text-based format, in the documentation of Prometheus.
"""

from __future__ import annotations

import math

from regiowacht_contract.defaults import LABEL_VALUE_MAX_BYTES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from regiowacht_contract.catalogue import Metric

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
UTF8_MAX_BYTES = 4
CUT = "…"
"""Ends a label's value that was too long."""


def head(metric: Metric) -> str:
    """Return the HELP and TYPE lines of a metric."""
    text = metric.help.replace("\\", "\\\\").replace("\n", "\\n")
    return f"# HELP {metric.name} {text}\n# TYPE {metric.name} {metric.exposition_type}\n"


def series(metric: Metric, labels: tuple[str, ...]) -> str:
    """Return ``name{label="value",...}``, or the name alone where the metric has no labels."""
    if not metric.labels and not labels:
        return metric.name
    pairs = ",".join(f'{label}="{escape(fitting(value))}"' for label, value in zip(metric.labels, labels, strict=True))
    return f"{metric.name}{{{pairs}}}"


def number(value: float) -> str:
    """Return a value as Go's ParseFloat reads it; integers keep all their digits."""
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else ("+Inf" if value > 0 else "-Inf")
    return str(value)


def clean(text: str) -> str:
    """Return text that UTF-8 can carry: what the file system held that is no UTF-8 becomes U+FFFD."""
    return text if text.isascii() else text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def fitting(value: str) -> str:
    """Return a label's value, cut where it is longer than the collector takes: that would refuse the whole page."""
    if len(value) * UTF8_MAX_BYTES <= LABEL_VALUE_MAX_BYTES:
        return value
    told = clean(value).encode()
    if len(told) <= LABEL_VALUE_MAX_BYTES:
        return value
    return told[: LABEL_VALUE_MAX_BYTES - len(CUT.encode())].decode(errors="ignore") + CUT


def escape(value: str) -> str:
    """Return a label's value as it stands between quotes."""
    if "\\" in value or '"' in value or "\n" in value:
        return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return value
