"""A dashboard of twelve panels of the types that Grafana's components draw outside Grafana."""

from __future__ import annotations

from typing import Any

from tests.dashboards.preview.trial import STEPS, panel, target

TILES = ("goed", "neer", "stil", "nog niet")
RATIO = {"unit": "percentunit", "min": 0, "max": 1, "decimals": 1, "thresholds": STEPS}
SOLID = {
    "colorMode": "background",
    "textMode": "value",
    "graphMode": "none",
    "reduceOptions": {"calcs": ["lastNotNull"]},
}
GRAPHS = (("proef_line", "bps"), ("proef_value", "percentunit"), ("proef_hole", "short"), ("proef_line * 8", "bytes"))


def board() -> dict[str, Any]:
    """Return four tiles, four graphs, two bar gauges and two tables."""
    tiles = [
        panel(
            number,
            "stat",
            title,
            (6 * (number - 1), 0, 6, 4),
            targets=[target('proef_value{naam="veel"}', instant=True)],
            defaults=RATIO,
            options=SOLID,
        )
        for number, title in enumerate(TILES, 1)
    ]
    graphs = [
        panel(
            10 + at,
            "timeseries",
            expr,
            (12 * (at % 2), 4 + 7 * (at // 2), 12, 7),
            targets=[target(expr)],
            defaults={"unit": unit, "color": {"mode": "palette-classic"}, "custom": {"fillOpacity": 10}},
        )
        for at, (expr, unit) in enumerate(GRAPHS)
    ]
    bars = [
        panel(
            20 + at,
            "bargauge",
            f"Balken {at}",
            (12 * at, 18, 12, 5),
            targets=[target("proef_value", instant=True)],
            defaults=RATIO,
            options={"displayMode": "basic", "orientation": "horizontal"},
        )
        for at in range(2)
    ]
    tables = [
        panel(
            30 + at,
            "table",
            f"Tabel {at}",
            (12 * at, 23, 12, 8),
            targets=[target("regiowacht:asset_state", instant=True, format="table")],
            defaults={"unit": "short"},
        )
        for at in range(2)
    ]
    return {
        "uid": "twelve",
        "title": "Twaalf panelen",
        "schemaVersion": 41,
        "panels": [*tiles, *graphs, *bars, *tables],
        "templating": {"list": []},
        "time": {"from": "now-3h", "to": "now"},
        "tags": ["nl"],
        "timezone": "Europe/Brussels",
    }
