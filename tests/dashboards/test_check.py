"""Each rule finds its own fault, planted in a dashboard that has none, and nothing else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from regiowacht_contract.texts import LANGS, Lang
from regiowacht_dashboards.check import check
from tests.dashboards.built import UIDS, dashboard, panel

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Board = dict[str, Any]
    Change = Callable[[Board], object]

LOAD = "Belasting"
TILE = "Draait al"


def expr(board: Board, text: str) -> None:
    panel(board, LOAD)["targets"][0]["expr"] = text


def at(title: str, *path: str | int, value: object) -> Change:
    """Put a value somewhere inside a panel."""

    def change(board: Board) -> None:
        spot: Any = panel(board, title)
        for step in path[:-1]:
            spot = spot[step]
        spot[path[-1]] = value

    return change


def without(title: str, *path: str | int) -> Change:
    """Take a key away inside a panel."""

    def change(board: Board) -> None:
        spot: Any = panel(board, title)
        for step in path[:-1]:
            spot = spot[step]
        del spot[path[-1]]

    return change


def asks(text: str) -> Change:
    return lambda board: expr(board, text)


def variable(board: Board, name: str) -> Board:
    found: Board = next(v for v in board["templating"]["list"] if v["name"] == name)
    return found


def same_ids(board: Board) -> None:
    panel(board, TILE)["id"] = panel(board, LOAD)["id"]


def on_top(board: Board) -> None:
    panel(board, LOAD)["gridPos"] = dict(panel(board, "Swap")["gridPos"])


def many_panels(board: Board) -> None:
    place = {"x": 0, "w": 1, "h": 1}
    like = panel(board, TILE)
    board["panels"] += [{**like, "id": 10**7 + n, "gridPos": {**place, "y": 900 + n}} for n in range(10)]


def many_targets(board: Board) -> None:
    panel(board, LOAD)["targets"] *= 10


def hides_colour(board: Board) -> None:
    del panel(board, "Toestand")["fieldConfig"]["defaults"]["mappings"][0]["options"]["1"]["text"]


OWN = 'gemeente=~"$gemeente"'
STEPS = ("fieldConfig", "defaults", "thresholds", "steps")


def leads_by_value(*uids: str) -> Callable[[dict[str, Any]], None]:
    """A column whose cells hold the uids that they lead to."""
    properties: list[dict[str, Any]] = [
        {"id": "links", "value": [{"title": "x", "url": "/d/${__value.raw}?${__url_time_range}"}]}
    ]
    if uids:
        options = {uid: {"text": uid} for uid in ("rw-server", *uids)}
        properties.append({"id": "mappings", "value": [{"type": "value", "options": options}]})

    def change(board: dict[str, Any]) -> None:
        override = {"matcher": {"id": "byName", "options": "x"}, "properties": properties}
        panel(board, TILE)["fieldConfig"]["overrides"].append(override)

    return change


CASES: dict[str, tuple[Change, str]] = {
    "uid of 41 characters": (lambda b: b.update(uid="x" * 41), "bad-uid"),
    "uid with a slash": (lambda b: b.update(uid="a/b"), "bad-uid"),
    "no uid": (lambda b: b.pop("uid"), "bad-uid"),
    "panel without id": (without(TILE, "id"), "no-id"),
    "two panels of one id": (same_ids, "same-id"),
    "no plugin version": (without(TILE, "pluginVersion"), "no-plugin-version"),
    "wider than the grid": (at(TILE, "gridPos", "w", value=25), "off-grid"),
    "left of the grid": (at(TILE, "gridPos", "x", value=-1), "off-grid"),
    "no height": (without(TILE, "gridPos", "h"), "off-grid"),
    "panels over one another": (on_top, "overlap"),
    "no dashboard title": (lambda b: b.update(title=" "), "no-title"),
    "no panel title": (at(TILE, "title", value=""), "no-title"),
    "no description": (without(TILE, "description"), "no-description"),
    "empty description": (at(TILE, "description", value="  "), "no-description"),
    "variable that is not there": (at(TILE, "title", value="Op $host"), "variable-unknown"),
    "repeat over nothing": (at(TILE, "repeat", value="host"), "variable-unknown"),
    "variable nobody uses": (
        lambda b: b["templating"]["list"].append({"name": "x", "type": "custom", "query": "a"}),
        "variable-unused",
    ),
    "variable twice": (lambda b: b["templating"]["list"].append(dict(variable(b, "site"))), "variable-twice"),
    "a data source by name": (at(TILE, "datasource", "uid", value="prom-1"), "fixed-datasource"),
    "a target's data source": (at(TILE, "targets", 0, "datasource", value="prom-1"), "fixed-datasource"),
    "no unit": (without(TILE, "fieldConfig", "defaults", "unit"), "no-unit"),
    "first threshold with a value": (at(TILE, *STEPS, 0, "value", value=0), "bad-thresholds"),
    "thresholds that descend": (at(TILE, *STEPS, 1, "value", value=10**9), "bad-thresholds"),
    "thresholds that are words": (at(TILE, *STEPS, 1, "value", value="high"), "bad-thresholds"),
    "colour without a word": (hides_colour, "colour-alone"),
    "no legend": (at(LOAD, "targets", 0, "legendFormat", value=""), "no-legend"),
    "automatic legend": (at(LOAD, "targets", 0, "legendFormat", value="__auto"), "no-legend"),
    "legend {}": (at(LOAD, "targets", 0, "legendFormat", value="{}"), "no-legend"),
    "legend of another metric": (at(LOAD, "targets", 0, "legendFormat", value="{{mountpoint}}"), "legend-label"),
    "no query": (lambda b: panel(b, TILE).pop("targets"), "no-query"),
    "not PromQL": (asks("sum("), "not-promql"),
    "empty expression": (asks(""), "not-promql"),
    "no gemeente": (asks("node_load1"), "not-restricted"),
    "another gemeente": (asks('node_load1{gemeente="zandbeke"}'), "not-restricted"),
    "any gemeente": (asks('node_load1{gemeente=~"$gemeente|.*"}'), "not-restricted"),
    "all but the gemeente": (asks('node_load1{gemeente!~"$gemeente"}'), "not-restricted"),
    "a second branch": (asks(f'node_load1{{{OWN} or gemeente=~".+"}}'), "not-restricted"),
    "hidden in a parameter": (asks(f"quantile(scalar(count(node_load5)), node_load1{{{OWN}}})"), "not-restricted"),
    "hidden in a subquery": (asks("max_over_time(node_load1[1h:1m])"), "not-restricted"),
    "one side alone": (asks(f"node_load1{{{OWN}}} / node_load5"), "not-restricted"),
    "unknown metric": (asks(f"node_lood1{{{OWN}}}"), "unknown-metric"),
    "no metric": (asks(f"{{{OWN}}}"), "unknown-metric"),
    "unknown label": (asks(f'node_load1{{{OWN},cpu="0"}}'), "unknown-label"),
    "grouped by an unknown label": (asks(f"sum by (gemeente, mountpoint) (node_load1{{{OWN}}})"), "unknown-label"),
    "matched on an unknown label": (
        asks(f"node_load1{{{OWN}}} / on (instance, disk) node_load5{{{OWN}}}"),
        "unknown-label",
    ),
    "rate of a gauge": (asks(f"rate(node_load1{{{OWN}}}[$__rate_interval])"), "rate-of-gauge"),
    "increase of a gauge": (asks(f"increase(node_load1{{{OWN}}}[$__range])"), "rate-of-gauge"),
    "counter as it is": (asks(f"node_intr_total{{{OWN}}}"), "bare-counter"),
    "sum of a counter": (asks(f"sum(node_intr_total{{{OWN}}})"), "bare-counter"),
    "rate over a fixed window": (asks(f"rate(node_intr_total{{{OWN}}}[5m])"), "fixed-window"),
    "rate over another variable": (asks(f"rate(node_intr_total{{{OWN}}}[$__interval])"), "fixed-window"),
    "editable": (lambda b: b.update(editable=True), "editable"),
    "variable that stays as it was": (lambda b: variable(b, "site").update(refresh=1), "variable-stale"),
    "variable that asks nothing": (lambda b: variable(b, "site").update(query="$gemeente"), "variable-query"),
    "variable that asks nonsense": (
        lambda b: variable(b, "site").update(query="label_values(up{gemeente=~'$gemeente'}}, site)"),
        "variable-query",
    ),
    "the largest over time": (asks(f"topk(3, node_load1{{{OWN}}})"), "ranking-over-time"),
    "a link on top without the time": (
        lambda b: b["links"].append({"type": "link", "title": "x", "url": "/d/rw-regio"}),
        "link-loses-time",
    ),
    "a link of a panel without the time": (
        at(TILE, "fieldConfig", "defaults", "links", value=[{"title": "x", "url": "/d/rw-regio?a=1"}]),
        "link-loses-time",
    ),
    "too many panels": (many_panels, "too-many-panels"),
    "too many queries": (many_targets, "too-many-targets"),
    "link to nowhere": (lambda b: b["links"][1].update(url="/d/rw-gone"), "dead-link"),
    "column to nowhere": (leads_by_value("rw-gone"), "dead-link"),
    "column to what is not known": (leads_by_value(), "dead-link"),
    "menu of nothing": (lambda b: b["links"][0].update(tags=["gone"]), "dead-tag"),
}

FINE = {
    "counting series of a counter": f'count(node_cpu_seconds_total{{{OWN},mode="idle"}})',
    "increase over the range": f"increase(node_intr_total{{{OWN}}}[$__range])",
    "a label made on the way": f'sum by (x) (label_replace(node_load1{{{OWN}}}, "x", "$1", "job", "(.*)"))',
    "a name written otherwise": 'node_load1{gemeente=~"${gemeente}"}',
    "a subquery": f"max_over_time(rate(node_intr_total{{{OWN}}}[$__rate_interval])[$__range:1m])",
}


def write(folder: Path, board: object, name: str = "rw-server.json") -> Path:
    path = folder / name
    path.write_text(json.dumps(board), encoding="utf-8")
    return path


@pytest.mark.parametrize("lang", LANGS)
def test_our_own_dashboards_have_no_fault(lang: Lang, tmp_path: Path) -> None:
    paths = [write(tmp_path, dashboard(uid, lang), f"{uid}.json") for uid in UIDS]
    assert [problem.message("en") for problem in check(paths)] == []


@pytest.mark.parametrize("case", CASES)
def test_a_planted_fault_is_found(case: str, tmp_path: Path) -> None:
    change, key = CASES[case]
    board = dashboard("rw-server")
    change(board)
    found = check([write(tmp_path, board)])
    assert {problem.key for problem in found} == {f"dashboards.{key}"}
    assert all(problem.message("nl") and problem.message("en") for problem in found)


@pytest.mark.parametrize("case", FINE)
def test_what_is_right_is_left_alone(case: str, tmp_path: Path) -> None:
    board = dashboard("rw-server")
    expr(board, FINE[case])
    assert check([write(tmp_path, board)]) == ()


def test_a_finding_names_file_and_panel(tmp_path: Path) -> None:
    board = dashboard("rw-server")
    expr(board, "node_load1")
    [found] = check([write(tmp_path, board)])
    assert found.file == str(tmp_path / "rw-server.json")
    assert found.values["panel"] == LOAD


def test_without_a_data_source_variable_every_panel_is_bound(tmp_path: Path) -> None:
    board = dashboard("rw-server")
    board["templating"]["list"].remove(variable(board, "datasource"))
    keys = {problem.key for problem in check([write(tmp_path, board)])}
    assert keys == {f"dashboards.{key}" for key in ("no-datasource-variable", "fixed-datasource", "variable-unknown")}


def test_panels_inside_a_collapsed_row_are_judged_too(tmp_path: Path) -> None:
    board = dashboard("rw-server")
    hidden = panel(board, LOAD)
    board["panels"].remove(hidden)
    del hidden["description"]
    row = {"type": "row", "title": "Meer", "id": 77, "collapsed": True, "panels": [hidden]}
    board["panels"].append({**row, "gridPos": {"x": 0, "y": 400, "w": 24, "h": 1}})
    assert [problem.key for problem in check([write(tmp_path, board)])] == ["dashboards.no-description"]


def test_two_dashboards_of_one_uid_or_title(tmp_path: Path) -> None:
    one, other = dashboard("rw-server"), dashboard("rw-server")
    other["title"] = "Anders"
    same_uid = check([write(tmp_path, one, "a.json"), write(tmp_path, other, "b.json")])
    other.update(title=one["title"], uid="rw-anders")
    same_title = check([write(tmp_path, one, "a.json"), write(tmp_path, other, "b.json")])
    assert [problem.key for problem in same_uid] == ["dashboards.same-uid"]
    assert [problem.key for problem in same_title] == ["dashboards.same-title"]
    assert same_uid[0].values["other"] == str(tmp_path / "a.json")
