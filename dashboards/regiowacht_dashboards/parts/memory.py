"""Memory panels of one server: what is used, what can be given back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_contract import host
from regiowacht_dashboards.panels import TimeSeries
from regiowacht_dashboards.queries import ASSET, value
from regiowacht_dashboards.query import Query
from regiowacht_dashboards.style import BLUE, GREEN, GREY, PALE
from regiowacht_dashboards.variables import chosen

if TYPE_CHECKING:
    from regiowacht_dashboards.words import Words


def memory_usage() -> str:
    """Return the share of memory that is not available to programs."""
    return host.memory_usage(**chosen(*ASSET))


def swap_usage() -> str:
    """Return the share of swap in use; 0 on a machine without swap."""
    size, free = value("node_memory_SwapTotal_bytes"), value("node_memory_SwapFree_bytes")
    return f"({size} - {free}) / clamp_min({size}, 1)"


def memory(words: Words) -> TimeSeries:
    """Return what the memory holds."""
    size, available = value("node_memory_MemTotal_bytes"), value("node_memory_MemAvailable_bytes")
    free = value("node_memory_MemFree_bytes")
    return TimeSeries(
        key="memory-use",
        queries=(
            Query(f"{size} - {available}", legend=words.shared("legend-in-use"), colour=BLUE),
            Query(f"{available} - {free}", legend=words.shared("legend-reclaimable"), colour=PALE),
            Query(str(free), legend=words.shared("legend-free"), colour=GREEN),
            Query(str(size), legend=words.shared("legend-total"), colour=GREY, dashed=True),
        ),
        unit="bytes",
        minimum=0,
        stacked=True,
        table_legend=True,
    )


def swap(words: Words) -> TimeSeries:
    """Return how much of the swap is used."""
    size, free = value("node_memory_SwapTotal_bytes"), value("node_memory_SwapFree_bytes")
    return TimeSeries(
        key="swap-use",
        queries=(
            Query(f"{size} - {free}", legend=words.shared("legend-in-use"), colour=BLUE),
            Query(str(size), legend=words.shared("legend-total"), colour=GREY, dashed=True),
        ),
        unit="bytes",
        minimum=0,
        table_legend=True,
    )
