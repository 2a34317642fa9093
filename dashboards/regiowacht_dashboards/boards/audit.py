"""Configuratie-audit: which gemeenten and devices keep the rules, what is found, and what got worse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_contract.audits import SCORE
from regiowacht_dashboards import links, variables
from regiowacht_dashboards.board import Board
from regiowacht_dashboards.column import Column
from regiowacht_dashboards.layout import Line, Section, of_equal_width
from regiowacht_dashboards.panels import BarGauge, Table, TimeSeries
from regiowacht_dashboards.parts import configuration, tiles
from regiowacht_dashboards.queries import aggregate, value
from regiowacht_dashboards.query import Query
from regiowacht_dashboards.style import BLUE, GREY, ORANGE, RED, from_contract, no_value

if TYPE_CHECKING:
    from regiowacht_dashboards.words import Words

DROP = "audit_drop"


def board(words: Words) -> Board:
    """Return the dashboard in the language of ``words``."""
    return Board(
        words=words,
        tags=("connectiviteit", "infrastructuur"),
        variables=variables.of_assets(),
        links=(links.back("rw-regio", words),),
        sections=(
            Section("", (_tiles(words), Line(10, ((24, configuration.devices(words)),)))),
            Section("gemeenten", (Line(8, ((10, _scores(words)), (14, _over_time()))),)),
            Section("severities", (of_equal_width(8, _severities(words), _ages(words), _firmware(words)),)),
        ),
    )


def _tiles(words: Words) -> Line:
    score = configuration.of_devices(configuration.audited(SCORE))
    fell = f"max({configuration.of_devices(configuration.fallen())})"
    return of_equal_width(
        4,
        tiles.many("critical", configuration.findings("critical"), words, nothing="no-audits"),
        tiles.many("high", configuration.findings("high"), words, colour=ORANGE, nothing="no-audits"),
        tiles.worst("average", f"avg({score})", words, limit="audit_score", nothing="no-audits"),
        tiles.worst("lowest", f"min({score})", words, limit="audit_score", nothing="no-audits"),
        tiles.worst("fell", fell, words, limit=DROP, nothing="no-audits"),
        tiles.many("too-old", configuration.longer_than_allowed(), words, colour=ORANGE, nothing="no-audits"),
    )


def _scores(words: Words) -> BarGauge:
    """Return the average score of each gemeente, the lowest first."""
    score = configuration.audited(SCORE)
    return BarGauge(
        key="per-gemeente",
        queries=(Query(f"sort({aggregate('avg', score, 'gemeente')})", legend="{{gemeente}}"),),
        unit="percentunit",
        decimals=0,
        minimum=0,
        maximum=1,
        steps=from_contract("audit_score"),
        mappings=(no_value(words.shared("no-audits")),),
        nothing="no-audits",
    )


def _over_time() -> TimeSeries:
    """Return how the average score of each gemeente moved."""
    score = aggregate("avg", configuration.audited(SCORE), "gemeente")
    return TimeSeries(
        key="over-time",
        queries=(Query(score, legend="{{gemeente}}"),),
        unit="percentunit",
        decimals=0,
        minimum=0,
        maximum=1,
        shows_limits=True,
        steps=from_contract("audit_score"),
        nothing="no-audits",
    )


def _severities(words: Words) -> TimeSeries:
    """Return how many rules all chosen devices break together, by severity."""
    colours = {"critical": RED, "high": ORANGE, "medium": BLUE, "low": GREY}
    named = {severity: words.own(f"severity-{severity}") for severity in colours}
    return TimeSeries(
        key="by-severity",
        queries=tuple(
            Query(configuration.findings(severity), legend=named[severity], colour=colour)
            for severity, colour in colours.items()
        ),
        decimals=0,
        minimum=0,
        stacked=True,
        nothing="no-audits",
    )


def _ages(words: Words) -> BarGauge:
    """Return the devices of which the configuration was looked at longest ago."""
    ages = configuration.of_devices(configuration.age())
    return BarGauge(
        key="ages",
        queries=(Query(f"topk(10, {ages})", legend="{{instance}} · {{gemeente}}"),),
        unit="s",
        decimals=0,
        minimum=0,
        steps=from_contract("audit_age"),
        mappings=(no_value(words.shared("no-audits")),),
        nothing="no-audits",
    )


def _firmware(words: Words) -> Table:
    """Return which firmware runs on how many devices, by maker and model."""
    del words
    told = aggregate("count", value("snmp_device_info"), "vendor", "model", "version")
    return Table(
        key="firmware",
        queries=(Query(told),),
        columns=(
            Column(source="vendor", title="vendor"),
            Column(source="model", title="model"),
            Column(source="version", title="version"),
            Column(source="Value", title="assets", width=95, unit="short", decimals=0),
        ),
        order=(("vendor", False), ("model", False), ("version", False)),
        nothing="not-measured",
    )
