"""Server: one machine from its state down to the families of its agent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_dashboards import links, variables
from regiowacht_dashboards.board import Board
from regiowacht_dashboards.layout import Line, Section, of_equal_width
from regiowacht_dashboards.panels import Gauge, Stat
from regiowacht_dashboards.parts import agent, alerts, disks, memory, network, processor
from regiowacht_dashboards.queries import ASSET, aggregate, value
from regiowacht_dashboards.query import Query
from regiowacht_dashboards.style import RED, from_contract, from_one, state_mapping

if TYPE_CHECKING:
    from regiowacht_dashboards.words import Words


def board(words: Words) -> Board:
    """Return the dashboard in the language of ``words``.

    It shows one server, so a gemeente is chosen, never all of them: names are unique within a gemeente only.
    """
    return Board(
        words=words,
        tags=("infrastructuur",),
        variables=variables.of_one_asset(kind="server"),
        links=(links.back("rw-regio", words),),
        sections=(
            Section(
                "", (_tiles(words), Line(4, ((24, agent.identity()),)), Line(5, ((24, alerts.open_alerts(words)),)))
            ),
            Section(
                "cpu", (Line(8, ((9, processor.cpu_modes()), (8, processor.cpu_cores()), (7, processor.load(words)))),)
            ),
            Section("memory", (Line(8, ((16, memory.memory(words)), (8, memory.swap(words)))),)),
            Section(
                "disks",
                (of_equal_width(8, disks.fill(), disks.fill_over_time(), disks.inodes()), disks.disk_io(words)),
            ),
            Section("network", (Line(8, ((14, network.traffic(words)), (10, network.faults(words)))),)),
            Section("measuring", (Line(9, ((14, agent.timeline(words)), (10, agent.families(words)))),)),
        ),
    )


def _tiles(words: Words) -> Line:
    fullest = aggregate("max", disks.filesystem_usage(), *ASSET)
    return of_equal_width(
        4,
        Stat(
            key="state",
            queries=(Query(str(value("regiowacht:asset_state"))),),
            mappings=(state_mapping(words.lang),),
        ),
        Stat(key="uptime", queries=(Query(_uptime()),), unit="dtdhms", steps=from_contract("uptime")),
        _dial("cpu-now", processor.cpu_usage(), "cpu_usage"),
        _dial("memory-now", memory.memory_usage(), "memory_usage"),
        _dial("swap-now", memory.swap_usage(), "swap_usage"),
        _dial("disk-now", fullest, "filesystem_usage"),
        Stat(
            key="load-now",
            queries=(Query(processor.load_per_cpu()),),
            decimals=2,
            colours="value",
            steps=from_contract("load_per_cpu"),
        ),
        Stat(key="families-failing", queries=(Query(agent.families_failing()),), decimals=0, steps=from_one(RED)),
    )


def _dial(key: str, expr: str, limit: str) -> Gauge:
    return Gauge(
        key=key,
        queries=(Query(expr),),
        unit="percentunit",
        decimals=0,
        minimum=0,
        maximum=1,
        steps=from_contract(limit),
    )


def _uptime() -> str:
    return f"{value('node_time_seconds')} - {value('node_boot_time_seconds')}"
