"""Whether a JSON document has the shape of a classic dashboard that today's Grafana reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

OLDEST_SCHEMA = 36
"""schemaVersion of Grafana 9; older ones carry panel types and thresholds that Grafana 11 migrates away."""

NESTING = 2
"""A panel stands on the dashboard or inside a row."""

Fault = tuple[str, Mapping[str, object]]


def faults(raw: object) -> Iterator[Fault]:
    """Yield (key of the text, values) for everything that keeps the other rules from judging the document."""
    if not isinstance(raw, dict):
        yield "not-an-object", {"where": "-"}
    elif "apiVersion" in raw or "spec" in raw:
        yield "is-resource", {"version": str(raw.get("apiVersion", "-"))[:60]}
    elif isinstance(raw.get("dashboard"), dict):
        yield "is-wrapped", {}
    elif "rows" in raw or _is_old(raw.get("schemaVersion")):
        yield "too-old", {"version": str(raw.get("schemaVersion", "-"))[:20], "oldest": OLDEST_SCHEMA}
    else:
        yield from _whole(raw)


def _is_old(version: object) -> bool:
    return not isinstance(version, int) or version < OLDEST_SCHEMA


def _whole(raw: Mapping[str, Any]) -> Iterator[Fault]:
    if not isinstance(raw.get("panels"), list):
        yield "wrong-type", {"where": "panels", "wanted": "list"}
        return
    yield from _expect(raw, "", {"templating": dict, "tags": list, "title": str, "uid": str})
    yield from _objects((raw.get("templating") or {}), "templating", "list", {"name": str, "type": str})
    yield from _objects(raw, "", "links", {"type": str})
    yield from _panels(raw["panels"], "panels", NESTING)


def _panels(listed: list[Any], where: str, depth: int) -> Iterator[Fault]:
    for index, panel in enumerate(listed):
        place = f"{where}[{index}]"
        if not isinstance(panel, dict) or not isinstance(panel.get("type"), str):
            yield "not-a-panel", {"where": place}
        else:
            yield from _panel(panel, place, depth)


def _panel(panel: dict[str, Any], where: str, depth: int) -> Iterator[Fault]:
    kinds: dict[str, type] = {"options": dict, "fieldConfig": dict, "panels": list}
    yield from _expect(panel, where, {**kinds, "title": str, "description": str, "pluginVersion": str, "id": int})
    if not isinstance(panel.get("gridPos"), dict):
        yield "wrong-type", {"where": f"{where}.gridPos", "wanted": "dict"}
    yield from _objects(panel, where, "targets", {"expr": str, "legendFormat": str})
    config = panel.get("fieldConfig")
    if isinstance(config, dict):
        yield from _expect(config, f"{where}.fieldConfig", {"defaults": dict})
        yield from _config(config, f"{where}.fieldConfig")
    nested = panel.get("panels")
    if isinstance(nested, list) and nested:
        yield from _panels(nested, f"{where}.panels", depth - 1) if depth > 1 else [("too-deep", {"where": where})]


def _config(config: dict[str, Any], where: str) -> Iterator[Fault]:
    defaults = config.get("defaults")
    if isinstance(defaults, dict):
        yield from _expect(defaults, f"{where}.defaults", {"thresholds": dict, "unit": str})
        yield from _objects(defaults, f"{where}.defaults", "mappings", {"type": str})
        yield from _objects(defaults.get("thresholds"), f"{where}.defaults.thresholds", "steps", {"color": str})
    yield from _objects(config, where, "overrides", {"properties": list})
    overrides = config.get("overrides")
    for override in overrides if isinstance(overrides, list) else []:
        yield from _objects(override, f"{where}.overrides", "properties", {"id": str})


def _objects(holder: object, where: str, key: str, wanted: Mapping[str, type]) -> Iterator[Fault]:
    """Expect ``holder[key]``, when there, to be a list of objects whose keys have the wanted types."""
    listed = holder.get(key) if isinstance(holder, dict) else None
    if not isinstance(listed, list):
        if listed is not None:
            yield "wrong-type", {"where": f"{where}.{key}".lstrip("."), "wanted": "list"}
        return
    for index, item in enumerate(listed):
        place = f"{where}.{key}[{index}]".lstrip(".")
        if isinstance(item, dict):
            yield from _expect(item, place, wanted)
        else:
            yield "not-an-object", {"where": place}


def _expect(holder: Mapping[str, Any], where: str, wanted: Mapping[str, type]) -> Iterator[Fault]:
    """Expect the keys that are there, and not null, to have the wanted types."""
    for key, kind in wanted.items():
        value = holder.get(key)
        if value is not None and (not isinstance(value, kind) or (kind is int and isinstance(value, bool))):
            yield "wrong-type", {"where": f"{where}.{key}".lstrip("."), "wanted": kind.__name__}
