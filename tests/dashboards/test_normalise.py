"""grafanalib's raw output becomes what Grafana itself would save."""

from __future__ import annotations

import json
from typing import Any

import pytest
from grafanalib import core

from regiowacht_dashboards.normalise import normalise


def raw(*panels: object, **more: object) -> dict[str, Any]:
    board = core.Dashboard(title="x", panels=list(panels), **more)
    return dict(json.loads(json.dumps(board, default=lambda thing: thing.to_json_data())))


def first_panel(panel: object) -> dict[str, Any]:
    return dict(normalise(raw(panel))["panels"][0])


def test_keys_of_old_grafanas_are_gone() -> None:
    board = normalise(raw(core.TimeSeries(title="t", targets=[core.Target(expr="up", refId="A")])))
    panel = board["panels"][0]
    assert not {"__inputs", "hideControls", "rows", "sharedCrosshair", "style", "id"} & set(board)
    assert not {"editable", "error", "height", "minSpan", "span", "hideTimeOverride"} & set(panel)
    assert not {"metric", "query", "step", "target", "intervalFactor"} & set(panel["targets"][0])
    assert board["schemaVersion"] == 41


def test_no_null_is_left_but_that_of_the_first_threshold() -> None:
    steps = [{"color": "green", "value": None}, {"color": "red", "value": 5}]
    panel = first_panel(core.TimeSeries(title="t", thresholds=steps))
    assert panel["fieldConfig"]["defaults"]["thresholds"]["steps"] == steps
    assert json.dumps(panel).count("null") == 1


def test_a_missing_first_threshold_is_put_in_front() -> None:
    panel = first_panel(core.TimeSeries(title="t", thresholds=[{"color": "red", "value": 5}]))
    steps = panel["fieldConfig"]["defaults"]["thresholds"]["steps"]
    assert [step["value"] for step in steps] == [None, 5]


def test_no_thresholds_means_none() -> None:
    assert "thresholds" not in first_panel(core.TimeSeries(title="t"))["fieldConfig"]["defaults"]


def test_a_row_keeps_only_what_a_row_has() -> None:
    row = first_panel(core.RowPanel(title="r", id=3, gridPos=core.GridPos(h=1, w=24, x=0, y=0)))
    assert set(row) == {"type", "id", "title", "collapsed", "gridPos", "panels"}


def test_panels_inside_a_row_are_cleaned_too() -> None:
    row = first_panel(core.RowPanel(title="r", collapsed=True, panels=[core.TimeSeries(title="t")]))
    assert "editable" not in row["panels"][0]


@pytest.mark.parametrize(
    ("template", "kept", "gone"),
    [
        (core.Template("ds", "prometheus", type="datasource"), {"query"}, {"datasource", "useTags", "auto", "sort"}),
        (core.Template("site", "label_values(up, site)"), {"query", "sort"}, {"tagsQuery", "tagValuesQuery", "auto"}),
        (core.Template("step", "1m,5m", type="interval"), {"auto", "auto_count", "auto_min"}, {"useTags"}),
    ],
)
def test_variables_keep_what_their_type_has(template: object, kept: set[str], gone: set[str]) -> None:
    board = normalise(raw(templating=core.Templating([template])))
    variable = board["templating"]["list"][0]
    assert kept <= set(variable)
    assert not gone & set(variable)
    assert variable["current"] == {}


def test_all_is_written_as_grafana_writes_it() -> None:
    template = core.Template("site", "q", default=["$__all"], includeAll=True, multi=True)
    board = normalise(raw(templating=core.Templating([template])))
    assert board["templating"]["list"][0]["current"] == {"text": ["All"], "value": ["$__all"]}


@pytest.mark.parametrize(("interval", "kept"), [("1m", {"interval"}), ("", set())])
def test_the_least_step_of_a_query_stays_where_it_has_one(interval: str, kept: set[str]) -> None:
    target = core.Target(expr="up", refId="A", interval=interval)
    assert {"interval"} & set(first_panel(core.TimeSeries(title="t", targets=[target]))["targets"][0]) == kept
