"""Fills in a dashboard's variables as Grafana's Prometheus data source does."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from regiowacht_contract.errors import DashboardsInvalid

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    Value = str | Sequence[str]

ALL = "$__all"
"""The value that stands for every value of a variable."""

BUILT_IN: Mapping[str, str] = {
    "__rate_interval": "4m",
    "__interval": "1m",
    "__interval_ms": "60000",
    "__range": "3h",
    "__range_s": "10800",
    "__range_ms": "10800000",
}
"""What Grafana fills in by itself, for a range of three hours scraped every minute."""

REFERENCE = re.compile(r"\$\{(?P<braced>\w+)(?::(?P<format>\w+))?\}|\$(?P<plain>[A-Za-z_]\w*)|\[\[(?P<old>\w+)\]\]")


def expressions(dashboard: Mapping[str, Any], variables: Mapping[str, Value]) -> list[tuple[str, str]]:
    """Return (panel title, PromQL) of every target, ready to be asked of a Prometheus.

    Args:
        dashboard: a dashboard as Grafana reads it; panels inside collapsed rows are included.
        variables: values by variable name. A sequence is several values, ``$__all`` every value. One that is not given
            takes the dashboard's own current value, or all. ``__rate_interval``, ``__range`` and the like may be given
            too; else they are those of three hours scraped every minute.

    Raises:
        DashboardsInvalid: an expression uses a variable that has no value.
    """
    defined = {variable["name"]: variable for variable in dashboard.get("templating", {}).get("list", [])}
    return [
        (panel.get("title", ""), resolve(target["expr"], defined, variables))
        for panel in panels(dashboard.get("panels", []))
        for target in panel.get("targets", [])
    ]


def panels(listed: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Yield every panel, rows and the panels inside collapsed rows too."""
    for panel in listed:
        yield panel
        yield from panels(panel.get("panels") or [])


def resolve(text: str, defined: Mapping[str, Mapping[str, Any]], variables: Mapping[str, Value]) -> str:
    """Return PromQL with each reference to a variable replaced by its value.

    Args:
        text: PromQL with ``$name``, ``${name}``, ``${name:format}`` or ``[[name]]``.
        defined: the dashboard's variables by name.
        variables: values by name.

    Raises:
        DashboardsInvalid: a variable has no value.
    """

    def fill(reference: re.Match[str]) -> str:
        name = reference["braced"] or reference["plain"] or reference["old"]
        if name in BUILT_IN:
            return str(variables.get(name, BUILT_IN[name]))
        definition = defined.get(name, {})
        return _written(_value(name, definition, variables), definition, reference["format"])

    return REFERENCE.sub(fill, text)


def _value(name: str, definition: Mapping[str, Any], variables: Mapping[str, Value]) -> Value:
    if name in variables:
        return variables[name]
    current = definition.get("current", {}).get("value")
    if current:
        found: Value = current
        return found
    if definition.get("includeAll"):
        return ALL
    raise DashboardsInvalid("dashboards.no-value", variable=name)


def _written(value: Value, definition: Mapping[str, Any], form: str | None) -> str:
    """Return a value as it stands inside a PromQL string: a pattern where several values may be chosen."""
    values = [value] if isinstance(value, str) else list(value)
    if ALL in values:
        return str(definition.get("allValue") or ".*")
    if form == "raw" or (not definition.get("multi") and not definition.get("includeAll") and len(values) == 1):
        return "|".join(_quoted(one) for one in values)
    escaped = [_quoted(re.sub(r"[\\^$*+?.()|\[\]{}]", r"\\\g<0>", one)) for one in values]
    return escaped[0] if len(escaped) == 1 else f"({'|'.join(escaped)})"


def _quoted(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
