"""What the catalogue's metrics mean, for an engine that keeps that of its own targets alone.

Prometheus takes in type and help of metrics from the pages that it scrapes, and forgets what remote write says of them
(2.42 and 3.5, seen). So the collector's own page tells them of every metric that others may push: HELP and TYPE lines
without a series behind them are all that ``/api/v1/metadata`` needs.
"""

from __future__ import annotations

import functools

from regiowacht_collector.scopes import ONLY_THE_COLLECTORS
from regiowacht_contract.catalogue import catalogue

OWN = "regiowacht_collector_"
"""How metrics begin that the page tells itself, beside those of ``ONLY_THE_COLLECTORS``."""


@functools.cache
def meanings() -> bytes:
    """Return HELP and TYPE of every metric that others may push, in text format 0.0.4."""
    told = (one for one in catalogue().values() if one.family not in ONLY_THE_COLLECTORS)
    return "".join(
        f"# HELP {one.name} {_escaped(one.help)}\n# TYPE {one.name} {one.exposition_type}\n"
        for one in told
        if not one.name.startswith(OWN)
    ).encode()


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n")
