"""Grafana's names of the units that our panels use."""

from __future__ import annotations

from typing import Literal, get_args

Unit = Literal[
    "percentunit", "bytes", "Bps", "bps", "iops", "pps", "s", "dtdhms", "celsius", "watt", "amp", "rotrpm", "short"
]
"""``percentunit`` is a ratio of 0 to 1; ``bytes`` counts in 1024, ``Bps`` and ``bps`` in 1000; ``s`` grows to days,
in English; ``dtdhms`` is days and a clock, in no language."""

UNITS: tuple[Unit, ...] = get_args(Unit)
