"""What is called red is what Grafana would draw red."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pytest

from regiowacht_dashboards.style import GREEN, GREY, RED
from tests.dashboards.faults.shown import colour, colours
from tests.dashboards.faults.stage import DAY_S, END_S, START_S, openmetrics, staged

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

STEPS = {"steps": [{"color": GREEN, "value": None}, {"color": RED, "value": 5}]}
BELOW = {"steps": [{"color": RED, "value": None}, {"color": GREEN, "value": 5}]}
WORDS = {"type": "value", "options": {"1": {"color": RED, "text": "neer"}, "0": {"color": GREEN, "text": "goed"}}}
NOTHING = {"type": "special", "options": {"match": "null+nan", "result": {"color": GREY, "text": "geen gegevens"}}}


def series(*values: float, **labels: str) -> dict[str, Any]:
    return {"metric": labels, "values": [[at, str(value)] for at, value in enumerate(values)]}


def panel(kind: str, defaults: object, overrides: Sequence[object] = (), **more: object) -> dict[str, Any]:
    return {
        "type": kind,
        "options": {"colorMode": "value"},
        "fieldConfig": {"defaults": defaults, "overrides": list(overrides)},
        **more,
    }


@pytest.mark.parametrize(
    ("config", "value", "wanted"),
    [
        ({"thresholds": STEPS}, 4.9, GREEN),
        ({"thresholds": STEPS}, 5.0, RED),
        ({"thresholds": BELOW}, 4.9, RED),
        ({"thresholds": BELOW}, None, RED),
        ({"thresholds": BELOW}, math.nan, RED),
        ({"thresholds": BELOW, "mappings": [NOTHING]}, None, GREY),
        ({"thresholds": BELOW, "mappings": [NOTHING]}, math.nan, GREY),
        ({"thresholds": STEPS, "mappings": [WORDS]}, 1.0, RED),
        ({"thresholds": STEPS, "mappings": [WORDS]}, 9.0, RED),
        ({"thresholds": STEPS, "mappings": [WORDS]}, 2.0, GREEN),
        ({"mappings": [{"type": "range", "options": {"from": 2, "to": 3, "result": {"color": RED}}}]}, 2.5, RED),
        ({"mappings": [{"type": "regex", "options": {"pattern": "^a", "result": {"color": RED}}}]}, "ab", RED),
    ],
)
def test_a_mapping_goes_before_the_steps(config: dict[str, Any], value: float | str | None, wanted: str) -> None:
    assert colour(config, value) == wanted


def test_a_tile_shows_its_latest_value_and_a_band_all_of_them() -> None:
    answers = [("A", [series(9, 1)])]
    assert colours(panel("stat", {"thresholds": STEPS}), answers) == {GREEN}
    assert colours(panel("state-timeline", {"thresholds": STEPS}), answers) == {GREEN, RED}


def test_a_tile_without_a_value_has_the_lowest_colour() -> None:
    assert colours(panel("gauge", {"thresholds": BELOW}), [("A", [])]) == {RED}
    assert colours(panel("stat", {"thresholds": BELOW}, options={"colorMode": "none"}), [("A", [])]) == set()


@pytest.mark.parametrize(("mode", "wanted"), [("dashed", {GREEN, RED}), ("off", set())])
def test_a_graph_is_judged_by_the_limits_it_draws(mode: str, wanted: set[str]) -> None:
    drawn = panel("timeseries", {"thresholds": STEPS, "custom": {"thresholdsStyle": {"mode": mode}}})
    assert colours(drawn, [("A", [series(1, 9)])]) == wanted


def test_an_override_of_one_query_holds_for_that_query() -> None:
    override = {
        "matcher": {"id": "byFrameRefID", "options": "B"},
        "properties": [{"id": "thresholds", "value": BELOW}],
    }
    drawn = panel("stat", {"thresholds": STEPS}, [override])
    assert colours(drawn, [("A", [series(1)]), ("B", [series(1)])]) == {GREEN, RED}


@pytest.mark.parametrize(("cell", "wanted"), [("color-text", {GREEN}), ("auto", set())])
def test_a_cell_has_a_colour_where_its_column_draws_one(cell: str, wanted: set[str]) -> None:
    override = {
        "matcher": {"id": "byName", "options": "Toestand"},
        "properties": [{"id": "mappings", "value": [WORDS]}, {"id": "custom.cellOptions", "value": {"type": cell}}],
    }
    organize = {"excludeByName": {"gone": True}, "renameByName": {"Value": "Toestand"}}
    drawn = panel(
        "table",
        {"thresholds": STEPS},
        [override],
        targets=[{}],
        transformations=[{"id": "organize", "options": organize}],
    )
    assert colours(drawn, [("A", [series(0, gone="1", name="1")])]) == wanted


def test_scenes_are_written_apart() -> None:
    text = openmetrics({"one": {'up{instance="a"}': "1 0x1"}, "two": {"up": "8d:7 _ 2+3x1"}})
    assert text.splitlines() == [
        "# TYPE up unknown",
        f'up{{gemeente="g0",instance="a"}} 1.0 {START_S}',
        f'up{{gemeente="g0",instance="a"}} 0.0 {START_S + 60}',
        f'up{{gemeente="g0",instance="a"}} 0.0 {START_S + 120}',
        f'up{{gemeente="g1"}} 7.0 {END_S - 8 * DAY_S}',
        f'up{{gemeente="g1"}} 2.0 {START_S + 60}',
        f'up{{gemeente="g1"}} 5.0 {START_S + 120}',
        "# EOF",
    ]


@pytest.mark.tools
def test_a_dashboard_is_red_where_its_scene_is(tmp_path: Path) -> None:
    asset = 'site="s",instance="a",job="node",kind="server",laag="infrastructuur"'
    state = f"regiowacht:asset_state{{{asset}}}"
    with staged(tmp_path, {"goed": {state: "0x60"}, "neer": {state: "0x30 1x29"}}) as stage:
        chosen = {"site": "s", "instance": "a"}
        assert stage.red("rw-server", "neer", **chosen) - stage.red("rw-server", "goed", **chosen) == {
            "Toestand",
            "Toestand van deze server en van wat hij bevraagt",
        }
