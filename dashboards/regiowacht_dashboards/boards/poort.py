"""Poort: one port of one device, what goes over it and what goes wrong on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_contract.promql import not_regex, regex
from regiowacht_dashboards import links, variables
from regiowacht_dashboards.board import Board
from regiowacht_dashboards.column import Column
from regiowacht_dashboards.layout import Line, Section, of_equal_width
from regiowacht_dashboards.panels import Stat, Table, TimeSeries
from regiowacht_dashboards.parts import neighbours, ports, tiles
from regiowacht_dashboards.parts.polled import polled
from regiowacht_dashboards.queries import ASSET, aggregate, total, value
from regiowacht_dashboards.query import POLLED, Query
from regiowacht_dashboards.style import GREY, no_value

if TYPE_CHECKING:
    from regiowacht_dashboards.words import Words

NO_DEVICES = "server|link|service"
PORT = regex("$port")


def board(words: Words) -> Board:
    """Return the dashboard in the language of ``words``; it shows one port."""
    return Board(
        words=words,
        tags=("connectiviteit",),
        variables=(*variables.of_one_asset(kind=not_regex(NO_DEVICES)), variables.port()),
        links=(links.onward("rw-netdevice", words, "gemeente", "site", "instance"),),
        sections=(
            Section("", (_tiles(words), Line(3, ((24, _identity(words)),)))),
            Section(
                "busy",
                (
                    of_equal_width(9, _traffic(words), ports.usage_over_time(words, ifName=PORT)),
                    Line(4, ((24, ports.states_over_time(words, ifName=PORT)),)),
                ),
            ),
            Section(
                "wrong",
                (
                    of_equal_width(
                        8, ports.errors_over_time(words, ifName=PORT), ports.drops_over_time(words, ifName=PORT)
                    ),
                ),
            ),
            Section(
                "what",
                (
                    of_equal_width(8, _packets("In", "packets-in", words), _packets("Out", "packets-out", words)),
                    Line(5, ((24, neighbours.neighbours(words, local_port=PORT)),)),
                ),
            ),
        ),
    )


def _tiles(words: Words) -> Line:
    nothing = no_value(words.shared("not-measured"))
    return of_equal_width(
        4,
        Stat(
            key="state",
            queries=(Query(ports.state(ifName=PORT), every=POLLED),),
            mappings=(ports.state_mapping(words), nothing),
        ),
        Stat(
            key="speed",
            queries=(Query(ports.speed(ifName=PORT), every=POLLED),),
            unit="bps",
            decimals=0,
            mappings=(nothing,),
            nothing="not-measured",
        ),
        polled(tiles.worst("usage-in", ports.usage("In", ifName=PORT), words, limit="link_usage")),
        polled(tiles.worst("usage-out", ports.usage("Out", ifName=PORT), words, limit="link_usage")),
        polled(tiles.worst("errors-now", ports.errors(ifName=PORT), words, limit="port_errors", unit="pps")),
        polled(tiles.worst("drops-now", ports.drops(ifName=PORT), words, limit="port_discards", unit="pps")),
        polled(tiles.worst("changes", ports.changes(ifName=PORT), words, limit="port_changes", unit="short")),
        Stat(
            key="changed",
            queries=(Query(_since_change(), every=POLLED),),
            unit="dtdhms",
            mappings=(nothing,),
            nothing="not-measured",
        ),
    )


def _since_change() -> str:
    """Return for how many seconds the port has been in its state, as the device tells it."""
    running = aggregate("max", value("sysUpTime"), *ASSET)
    changed = aggregate("max", value("ifLastChange", ifName=PORT), *ports.PORT)
    return f"(({running}) - on (gemeente, site, instance) group_right () ({changed})) / 100"


def _identity(words: Words) -> Table:
    told = aggregate("max", value("ifType_info", ifName=PORT), *ports.PORT, "ifAlias", "ifDescr", "ifIndex", "ifType")
    address = aggregate("max", value("ifPhysAddress", ifName=PORT), *ports.PORT, "ifPhysAddress")
    return Table(
        key="identity",
        queries=(
            Query(told, every=POLLED),
            Query(address, every=POLLED),
            Query(aggregate("max", value("ifMtu", ifName=PORT), *ports.PORT), every=POLLED),
        ),
        columns=(
            Column(source="ifName", title="port", width=110),
            Column(source="ifAlias", title="port-about"),
            Column(source="ifDescr", title="port-long"),
            Column(source="ifIndex", title="port-number", width=90),
            Column(source="ifType", title="port-kind"),
            Column(source="ifPhysAddress", title="mac"),
            Column(source="Value #C", title="mtu", width=80, decimals=0),
            Column(source="instance", title="instance", links=(links.by_row("rw-netdevice", words),)),
            Column(source="gemeente", title="gemeente"),
            Column(source="site", title="site"),
        ),
        hidden=("Value #A", "Value #B"),
    )


def _traffic(words: Words) -> TimeSeries:
    """Return the traffic between its own speed, both ways."""
    limit = ports.speed(ifName=PORT)
    speed = words.shared("legend-speed")
    return TimeSeries(
        key="traffic",
        queries=(
            Query(ports.bits("In", ifName=PORT), legend=words.shared("legend-in"), every=POLLED),
            Query(ports.bits("Out", ifName=PORT), legend=words.shared("legend-out"), mirrored=True, every=POLLED),
            Query(limit, legend=speed, colour=GREY, dashed=True, every=POLLED),
            Query(limit, legend=f"{speed} ", colour=GREY, dashed=True, mirrored=True, every=POLLED),
        ),
        unit="bps",
        centred=True,
        table_legend=True,
    )


def _packets(direction: str, key: str, words: Words) -> TimeSeries:
    """Return what kinds of packets go over the port."""

    def of(kind: str) -> str:
        wide = total(f"ifHC{direction}{kind}Pkts", ifName=PORT).rate()
        return aggregate("max", f"{wide} or {total(f'if{direction}{kind}Pkts', ifName=PORT).rate()}", *ports.PORT)

    return TimeSeries(
        key=key,
        queries=(
            Query(of("Ucast"), legend=words.shared("legend-one"), every=POLLED),
            Query(of("Multicast"), legend=words.shared("legend-group"), every=POLLED),
            Query(of("Broadcast"), legend=words.shared("legend-everyone"), every=POLLED),
        ),
        unit="pps",
        minimum=0,
        stacked=True,
    )
