"""Utilisation, saturation and errors of every server, Linux and Windows alike (Gregg's USE method)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_contract import host
from regiowacht_contract.thresholds import threshold
from regiowacht_dashboards import links
from regiowacht_dashboards.column import Column
from regiowacht_dashboards.panels import Table
from regiowacht_dashboards.parts import processor, stores, windows
from regiowacht_dashboards.parts.components import of_kind
from regiowacht_dashboards.queries import ASSET, aggregate, total, value
from regiowacht_dashboards.query import Query
from regiowacht_dashboards.style import GREEN, RED, Steps, from_contract, state_mapping

if TYPE_CHECKING:
    from regiowacht_dashboards.words import Words

SERVER = "server"
CPU, MEMORY = "instance:node_cpu_usage:ratio_rate5m", "instance:node_memory_usage:ratio"
BUSY = "instance:node_disk_busy:max_ratio_rate5m"


def _either(recorded: str, of_windows: str) -> str:
    return f"{aggregate('max', value(recorded), *ASSET)} or {of_windows}"


def cpu() -> str:
    """Return the share of time that each server's processors worked."""
    return _either(CPU, windows.cpu())


def waiting() -> str:
    """Return the load of each server for each processor."""
    return f"{processor.load_per_cpu()} or {windows.waiting()}"


def memory() -> str:
    """Return the share of memory in use of each server."""
    return _either(MEMORY, windows.memory())


def swapping() -> str:
    """Return pages a second that each server read back from its disk for want of memory."""
    return f"{aggregate('max', total('node_vmstat_pswpin').rate(), *ASSET)} or {windows.swapping()}"


def full() -> str:
    """Return how full the fullest file system of each server is."""
    return f"max by ({', '.join(ASSET)}) ({of_kind(stores.usage(), SERVER)})"


def busy() -> str:
    """Return the share of time that each server's busiest disk had work."""
    return _either(BUSY, windows.busy())


def traffic() -> str:
    """Return bits a second of each server, in and out together."""
    both = " + ".join(
        aggregate("max", value(f"instance:node_network_{way}_bytes:rate5m"), *ASSET) for way in ("receive", "transmit")
    )
    return f"8 * ({both}) or {windows.traffic()}"


def faults() -> str:
    """Return packets a second with an error or dropped of each server."""
    parts = " + ".join(
        aggregate("sum", total(f"node_network_{way}_{what}_total", device=host.LINES).rate(), *ASSET)
        for way in ("receive", "transmit")
        for what in ("errs", "drop")
    )
    return f"{parts} or {windows.faults()}"


JUDGED = ((cpu, "cpu_usage"), (memory, "memory_usage"), (full, "filesystem_usage"), (busy, "disk_busy"))
"""What decides which server is the worst, and the threshold it is held against."""


def nearest() -> str:
    """Return for each server the figure that is nearest to its critical threshold, as a share of that."""
    shares = (
        f'label_replace(({figure()}) / {threshold(limit).critical}, "reason", "{limit}", "", "")'
        for figure, limit in JUDGED
    )
    return aggregate("max", " or ".join(shares), *ASSET)


def over(figure: str, limit: str) -> str:
    """Return how many servers are at or over the critical value of a threshold."""
    return aggregate("sum", f"({figure}) >= bool {threshold(limit).critical}")


def matrix(words: Words) -> Table:
    """Return one row a server, the worst first."""
    state = aggregate("max", of_kind(value("regiowacht:asset_state"), SERVER), *ASSET)
    figures = (nearest, cpu, waiting, memory, swapping, full, busy, traffic, faults)
    return Table(
        key="matrix",
        queries=(Query(state), *(Query(figure()) for figure in figures)),
        columns=(
            Column(source="instance", title="instance", links=(links.by_row("rw-server", words),)),
            Column(source="gemeente", title="gemeente"),
            Column(source="site", title="site"),
            Column(source="Value #A", title="state", width=110, mappings=(state_mapping(words.lang),)),
            Column(source="Value #B", title="pressure", width=80, unit="percentunit", decimals=0,
                   steps=Steps(GREEN, ((1, RED),)), blank=True),
            *(
                Column(source=f"Value #{ref}", title=title, width=90, unit="percentunit", decimals=0,
                       steps=from_contract(limit), blank=True)
                for ref, title, limit in (("C", "cpu", "cpu_usage"), ("E", "memory", "memory_usage"),
                                          ("G", "full", "filesystem_usage"), ("H", "busy", "disk_busy"))
            ),
            Column(source="Value #D", title="waiting-cpu", width=90, unit="short", decimals=1,
                   steps=from_contract("load_per_cpu"), blank=True),
            Column(source="Value #F", title="swapping", width=90, unit="short", decimals=1, blank=True),
            Column(source="Value #I", title="traffic", width=90, unit="bps", decimals=0, blank=True),
            Column(source="Value #J", title="faults", width=90, unit="pps", decimals=1,
                   steps=from_contract("port_errors"), blank=True),
        ),
        order=(("pressure", True), ("state", True)),
    )  # fmt: skip
