"""Network panels of one server: traffic, what goes wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_contract.host import LINES
from regiowacht_dashboards.panels import TimeSeries
from regiowacht_dashboards.queries import total
from regiowacht_dashboards.query import Query

if TYPE_CHECKING:
    from regiowacht_dashboards.words import Words


def traffic(words: Words) -> TimeSeries:
    """Return the traffic of each network card, in above zero and out below."""

    def bits(name: str) -> str:
        return f"8 * {total(name, device=LINES).rate()}"

    return TimeSeries(
        key="traffic",
        queries=(
            Query(bits("node_network_receive_bytes_total"), legend=words.device("in")),
            Query(bits("node_network_transmit_bytes_total"), legend=words.device("out"), mirrored=True),
        ),
        unit="bps",
        centred=True,
        table_legend=True,
    )


def faults(words: Words) -> TimeSeries:
    """Return errors and drops of each network card."""

    def packets(name: str) -> str:
        return total(name, device=LINES).rate()

    return TimeSeries(
        key="network-faults",
        queries=(
            Query(packets("node_network_receive_errs_total"), legend=words.device("errors-in")),
            Query(packets("node_network_receive_drop_total"), legend=words.device("drops-in")),
            Query(packets("node_network_transmit_errs_total"), legend=words.device("errors-out"), mirrored=True),
            Query(packets("node_network_transmit_drop_total"), legend=words.device("drops-out"), mirrored=True),
        ),
        unit="pps",
        centred=True,
    )
