"""A hand-made dashboard with every panel type and option that the preview has to draw."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.dashboards.preview.history import NASTY

if TYPE_CHECKING:
    from pathlib import Path

STEPS = {
    "mode": "absolute",
    "steps": [
        {"color": "#009E73", "value": None},
        {"color": "#E69F00", "value": 0.8},
        {"color": "#C8401A", "value": 0.9},
    ],
}
STATE = {
    "type": "value",
    "options": {"0": {"text": "goed", "color": "#009E73"}, "1": {"text": "neer", "color": "#C8401A"}},
}


def target(expr: str, ref: str = "A", **more: Any) -> dict[str, Any]:
    return {"refId": ref, "expr": expr, "range": not more.get("instant", False), **more}


def panel(number: int, kind: str, title: str, place: tuple[int, int, int, int], **more: Any) -> dict[str, Any]:
    x, y, w, h = place
    config = {"defaults": more.pop("defaults", {}), "overrides": more.pop("overrides", [])}
    grid = {"x": x, "y": y, "w": w, "h": h}
    return {"id": number, "type": kind, "title": title, "gridPos": grid, "fieldConfig": config, **more}


def variable(name: str, query: str, *, many: bool = False, **more: Any) -> dict[str, Any]:
    every = {"multi": True, "includeAll": True, "allValue": ".+"} if many else {}
    return {"type": "query", "name": name, "query": query, "refresh": 2, "sort": 1, "current": {}, **every, **more}


def tops() -> list[dict[str, Any]]:
    ratio = {"unit": "percentunit", "min": 0, "max": 1, "thresholds": STEPS, "noValue": "niets gemeten"}
    value = [target("proef_value", instant=True, legendFormat="{{naam}}")]
    return [
        panel(
            1,
            "stat",
            "Tegel",
            (0, 0, 6, 4),
            targets=[target('proef_value{naam="veel"}', instant=True)],
            defaults={**ratio, "decimals": 1},
            options={"colorMode": "background_solid", "textMode": "value", "graphMode": "none"},
        ),
        panel(
            2,
            "stat",
            "Woord",
            (6, 0, 6, 4),
            targets=[target('proef_state{naam="poort 2"}')],
            defaults={"mappings": [STATE]},
            options={"colorMode": "value", "graphMode": "area"},
        ),
        panel(3, "stat", "Leeg", (12, 0, 6, 4), targets=[target("proef_nothing", instant=True)], defaults=ratio),
        panel(4, "gauge", "Meter", (18, 0, 6, 4), targets=value[:1], defaults=ratio),
        panel(
            5,
            "bargauge",
            "Balken",
            (0, 4, 8, 6),
            targets=value,
            defaults={**ratio, "links": [{"title": "open", "url": LINK}]},
            options={"displayMode": "basic", "orientation": "horizontal", "valueMode": "color"},
        ),
        panel(6, "text", "Tekst", (8, 4, 8, 6), options={"mode": "markdown", "content": WORDS}),
        panel(7, "heatmap", "Onbekend", (16, 4, 8, 6), targets=value),
    ]


LINK = "/d/ander?${__url_time_range}&${gemeente:queryparam}&var-naam=${__field.labels.naam}"
WORDS = f"## Kop\n\n**vet** en [weg](javascript:alert(1)) en [web](https://example.org/)\n\n- een\n- twee\n\n{NASTY}"


def graphs() -> list[dict[str, Any]]:
    mirrored = {"matcher": {"id": "byFrameRefID", "options": "B"}, "properties": [
        {"id": "custom.transform", "value": "negative-Y"}]}  # fmt: skip
    legend = {"displayMode": "table", "placement": "bottom", "showLegend": True, "calcs": ["lastNotNull", "max"]}
    lines = {"unit": "bps", "color": {"mode": "palette-classic"}, "custom": {"fillOpacity": 10}}
    stacked = {**lines, "custom": {"fillOpacity": 40, "stacking": {"mode": "normal", "group": "A"}}}
    limited = {"custom": {"thresholdsStyle": {"mode": "dashed"}}, "thresholds": STEPS, "unit": "percentunit"}
    return [
        panel(
            11,
            "timeseries",
            "Gespiegeld",
            (0, 11, 12, 8),
            targets=[
                target('proef_line{richting="in"}', legendFormat="{{richting}}"),
                target('proef_line{richting="uit"}', "B", legendFormat="{{richting}}"),
            ],
            defaults=lines,
            overrides=[mirrored],
            options={"legend": legend, "tooltip": {"mode": "multi", "sort": "desc"}},
        ),
        panel(12, "timeseries", "Gestapeld", (12, 11, 12, 8), targets=[target("proef_line")], defaults=stacked),
        panel(13, "timeseries", "Drempel", (0, 19, 12, 8), targets=[target("proef_value")], defaults=limited),
        panel(14, "timeseries", "Gat", (12, 19, 12, 8), targets=[target("proef_hole")], defaults={"unit": "short"}),
        panel(
            15,
            "state-timeline",
            "Toestanden",
            (0, 27, 12, 6),
            targets=[target("proef_state", legendFormat="{{naam}}")],
            defaults={"mappings": [STATE]},
            options={"mergeValues": True, "showValue": "auto", "legend": {"showLegend": True}},
        ),
        panel(
            16,
            "status-history",
            "Rooster",
            (12, 27, 12, 6),
            maxDataPoints=60,
            targets=[target("proef_state", legendFormat="{{naam}}")],
            defaults={"mappings": [STATE]},
        ),
    ]


def by_name(name: str, properties: dict[str, Any]) -> dict[str, Any]:
    wanted = [{"id": key, "value": value} for key, value in properties.items()]
    return {"matcher": {"id": "byName", "options": name}, "properties": wanted}


def tables() -> list[dict[str, Any]]:
    size = by_name("Grootte", {"unit": "bytes", "decimals": 1, "custom.width": 140})
    linked = by_name("Schijf", {"links": [{"url": '/d/ander?var-schijf=${__data.fields["Schijf"]}'}]})
    organize = {
        "excludeByName": {"Time": True, "__name__": True},
        "indexByName": {"Value": 0, "schijf": 1},
        "renameByName": {"Value": "Grootte", "schijf": "Schijf"},
    }
    return [
        panel(
            21,
            "table",
            "Tabel",
            (0, 34, 12, 7),
            targets=[target("proef_bytes", instant=True, format="table")],
            overrides=[size, linked],
            transformations=[{"id": "organize", "options": organize}],
            options={"sortBy": [{"displayName": "Grootte", "desc": True}]},
        ),
        panel(
            22,
            "table",
            "Samen",
            (12, 34, 12, 7),
            targets=[
                target("sum by (gemeente) (proef_bytes)", "A", instant=True, format="table"),
                target("count by (gemeente) (proef_bytes)", "B", instant=True, format="table"),
            ],
            transformations=[{"id": "merge", "options": {}}],
        ),
        panel(
            23,
            "table",
            "Kwaad",
            (0, 41, 12, 7),
            targets=[target("proef_hostile", instant=True, format="table")],
        ),
        panel(24, "stat", "Fout", (12, 41, 6, 7), targets=[target("sum(", instant=True)]),
        panel(
            25,
            "timeseries",
            "Half",
            (18, 41, 6, 7),
            targets=[target("proef_value"), target("rate(", "B")],
        ),
    ]


def dashboard() -> dict[str, Any]:
    """Return the dashboard, uid ``proef``."""
    row = {"collapsed": False, "panels": []}
    closed = panel(31, "stat", "Binnenin", (0, 50, 6, 4), targets=[target('proef_value{naam="weinig"}', instant=True)])
    return {
        "uid": "proef",
        "title": "Proef",
        "description": "Elk paneel",
        "tags": ["proef"],
        "timezone": "Europe/Brussels",
        "graphTooltip": 1,
        "schemaVersion": 41,
        "time": {"from": "now-3h", "to": "now"},
        "links": [
            {
                "type": "dashboards",
                "tags": [],
                "asDropdown": True,
                "title": "Dashboards",
                "includeVars": True,
                "keepTime": True,
            }
        ],
        "templating": {
            "list": [
                {"type": "datasource", "name": "datasource", "label": "Bron", "query": "prometheus", "current": {}},
                variable("gemeente", "label_values(regiowacht_gemeente_info, gemeente)", many=True, label="Gemeente"),
                variable("site", 'label_values(regiowacht_asset_info{gemeente=~"$gemeente"}, site)', many=True),
                variable(
                    "instance",
                    'label_values(regiowacht_asset_info{gemeente=~"$gemeente",site=~"$site"}, instance)',
                    label="Naam",
                ),
            ]
        },
        "panels": [
            *tops(),
            panel(10, "row", "Grafieken", (0, 10, 24, 1), **row),
            *graphs(),
            panel(20, "row", "Tabellen", (0, 33, 24, 1), **row),
            *tables(),
            panel(30, "row", "Dicht", (0, 48, 24, 1), collapsed=True, panels=[closed]),
        ],
    }


def write(folder: Path) -> Path:
    """Return a folder with the dashboard in it, and a second one to link to."""
    folder.mkdir()
    other = {"uid": "ander", "title": NASTY, "tags": [], "panels": [], "schemaVersion": 41}
    for one in (dashboard(), other):
        (folder / f"{one['uid']}.json").write_text(json.dumps(one), encoding="utf-8")
    return folder
