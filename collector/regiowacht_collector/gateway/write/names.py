"""What a metric's name says of who may write it, and under which laag."""

from __future__ import annotations

import functools

from regiowacht_collector.scopes import ONLY_THE_COLLECTORS
from regiowacht_contract.catalogue import catalogue

OF_ALERTS = (b"ALERTS", b"ALERTS_FOR_STATE")
"""What an engine keeps of its alerts."""

ASSET = "asset"
"""Laag of a metric that is its asset's, whichever that is."""


@functools.cache
def only_the_collectors() -> frozenset[bytes]:
    """Return the names of the catalogue that nobody but the collector may say.

    What an engine adds to a scrape of its own (``up``), whoever pushes has to say himself.
    """
    return frozenset(name.encode() for name, metric in catalogue().items() if metric.family in ONLY_THE_COLLECTORS)


@functools.cache
def laag_by_name() -> dict[bytes, str]:
    """Return the laag of every metric of the catalogue that others may write."""
    return {name.encode(): one.laag for name, one in catalogue().items() if name.encode() not in only_the_collectors()}


@functools.cache
def with_a_scope_of_their_own() -> frozenset[bytes]:
    """Return the metrics of which node_exporter itself has a label ``scope``: what an address reaches."""
    return frozenset(name.encode() for name, one in catalogue().items() if "scope" in one.labels)


def is_the_collectors(name: bytes) -> bool:
    """Return whether only the collector may write series of that name; those with a colon come from rules."""
    return b":" in name or name in OF_ALERTS or name in only_the_collectors()
