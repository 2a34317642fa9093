"""Which colours a panel shows for the answers it got, as Grafana chooses them."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

Json = dict[str, Any]
Value = float | str | None
Answer = tuple[str, list[Json]]
"""A target's refId, and the series that Prometheus gave for it."""


def colours(panel: Mapping[str, Any], answers: Sequence[Answer]) -> set[str]:
    """Return every colour that values give a panel.

    A stat, gauge or bar gauge without a series still has one: that of nothing, which is the lowest step's unless a
    mapping says otherwise. Of a graph the colours are those of the zones that its lines enter, where its limits are
    drawn; those that tell lines apart are not counted.
    """
    kind = panel["type"]
    if kind == "table":
        return set(_table(panel, answers))
    if kind in {"stat", "gauge", "bargauge"}:
        return set(_tiles(panel, answers))
    if kind == "state-timeline":
        return set(_lines(panel, answers))
    limits = panel["fieldConfig"]["defaults"].get("custom", {}).get("thresholdsStyle", {}).get("mode", "off")
    return set(_lines(panel, answers)) if kind == "timeseries" and limits != "off" else set()


def colour(config: Mapping[str, Any], value: Value) -> str:
    """Return the colour of one value: that of the first mapping that holds for it, else that of its step."""
    for mapping in config.get("mappings", []):
        result = _mapped(mapping, value)
        if result is not None and result.get("color"):
            return str(result["color"])
    steps = config.get("thresholds", {}).get("steps", [{"color": "", "value": None}])
    number = value if isinstance(value, float) and not math.isnan(value) else -math.inf
    found = [step["color"] for step in steps if step["value"] is None or number >= step["value"]]
    return str(found[-1])


def _mapped(mapping: Mapping[str, Any], value: Value) -> Json | None:
    """Return what a mapping shows in place of a value, if it holds for it."""
    options: Json = mapping["options"]
    result: Json = options.get("result", {})
    if mapping["type"] == "value":
        written = value if isinstance(value, str) else "" if value is None else f"{value:.12g}"
        found: Json | None = options.get(written)
        return found
    if mapping["type"] == "special":
        is_null, is_nan = value is None, isinstance(value, float) and math.isnan(value)
        return result if {"null": is_null, "nan": is_nan, "null+nan": is_null or is_nan}[options["match"]] else None
    if mapping["type"] == "range":
        low, high = options.get("from") or -math.inf, options.get("to") or math.inf
        return result if isinstance(value, float) and low <= value <= high else None
    assert mapping["type"] == "regex", mapping
    return result if re.search(options["pattern"].strip("/"), str(value)) else None


def _tiles(panel: Mapping[str, Any], answers: Sequence[Answer]) -> Iterator[str]:
    if panel["type"] == "stat" and panel["options"]["colorMode"] == "none":
        return
    seen = False
    for ref_id, series in answers:
        for one in series:
            seen = True
            yield colour(_config(panel, {"byFrameRefID": ref_id}), _values(one)[-1])
    if not seen:
        yield colour(panel["fieldConfig"]["defaults"], None)


def _lines(panel: Mapping[str, Any], answers: Sequence[Answer]) -> Iterator[str]:
    for ref_id, series in answers:
        config = _config(panel, {"byFrameRefID": ref_id})
        for one in series:
            yield from (colour(config, value) for value in _values(one))


def _table(panel: Mapping[str, Any], answers: Sequence[Answer]) -> Iterator[str]:
    """Yield the colours of cells; only those that a column draws in colour have any."""
    [organize] = [step["options"] for step in panel["transformations"] if step["id"] == "organize"]
    for ref_id, series in answers:
        for one in series:
            amount = "Value" if len(panel["targets"]) == 1 else f"Value #{ref_id}"
            cells: dict[str, Value] = {**one["metric"], amount: _values(one)[-1]}
            for field, value in cells.items():
                if field in organize["excludeByName"]:
                    continue
                config = _config(panel, {"byName": organize["renameByName"].get(field, field)})
                if config.get("custom.cellOptions", {}).get("type", "auto") != "auto":
                    yield colour(config, value)


def _config(panel: Mapping[str, Any], field: Mapping[str, str]) -> Json:
    """Return how a field looks: the panel's defaults under every override that matches it."""
    config = dict(panel["fieldConfig"]["defaults"])
    for override in panel["fieldConfig"].get("overrides", []):
        matcher = override["matcher"]
        if field.get(matcher["id"]) == matcher["options"]:
            config |= {entry["id"]: entry["value"] for entry in override["properties"]}
    return config


def _values(series: Mapping[str, Any]) -> list[float]:
    pairs = series["values"] if "values" in series else [series["value"]]
    return [float(value) for _, value in pairs]
