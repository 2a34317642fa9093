"""Writes dashboards as literals of Grafana's own types, which the TypeScript compiler then judges.

Every field is optional there, since Grafana fills in defaults, and a string stands for an enum of strings; a key that
the types do not know, a wrong type or a word that is not in the enum is an error.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

PANELS: Mapping[str, str] = {
    "bargauge": "bargauge",
    "gauge": "gauge",
    "stat": "stat",
    "state-timeline": "statetimeline",
    "table": "table",
    "text": "text",
    "timeseries": "timeseries",
}
"""Panel types of the set, with the folder of their types in @grafana/schema."""

WITH_OWN_FIELDS = frozenset({"state-timeline", "table", "timeseries"})
"""Those whose fields have options of their own (``fieldConfig.defaults.custom``)."""

HEAD = """\
import type * as g from '@grafana/schema';
%s
type Loose<T> = 0 extends 1 & T ? any : unknown extends T ? any
  : T extends string ? (string extends T ? T : `${T}`)
  : T extends number | boolean | null | undefined ? T
  : T extends Array<infer U> ? Array<Loose<U>>
  : T extends object ? { [K in keyof T]?: Loose<T[K]> } : T;
/** What the data source adds to a query; @grafana/schema holds no types of it. */
type Query = g.DataQuery & {
  expr: string; instant: boolean; range: boolean; format: 'time_series' | 'table' | 'heatmap'; legendFormat: string;
  intervalFactor: number; interval: string; exemplar: boolean; editorMode: 'code' | 'builder';
};
/** Grafana leaves the fields' own options open to any key; here only those that the panel knows. */
type Fields<F> = Omit<g.FieldConfigSource, 'defaults'>
  & { defaults: Omit<g.FieldConfig, 'custom'> & { custom: F } };
type Panel<O, F> = Omit<g.Panel, 'options' | 'fieldConfig' | 'targets'>
  & { options: O; fieldConfig: Fields<F>; targets: Query[] };
"""


def source(boards: Mapping[str, Mapping[str, Any]], modules: Path) -> tuple[str, list[str]]:
    """Return TypeScript, and what each of its lines is about: dashboard and panel, or nothing.

    Args:
        boards: dashboards by a name for people.
        modules: the folder of @grafana/schema.
    """
    types = modules / "dist/types/raw/composable"
    imports = "\n".join(
        f"import type * as {name} from '{types}/{name}/panelcfg/x/types.gen';" for name in PANELS.values()
    )
    head = (HEAD % imports).rstrip("\n").split("\n")
    rows = [(f"{name}: {where}", row) for name, raw in boards.items() for where, row in _rows(raw)]
    written = [f"export const d{number}: {row};" for number, (_, row) in enumerate(rows)]
    return "\n".join([*head, *written, ""]), [*("" for _ in head), *(about for about, _ in rows)]


def _rows(raw: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the dashboard without its panels, then each panel, as (what it is, type and value)."""
    board = {key: value for key, value in raw.items() if key != "panels"}
    yield "dashboard", f"Loose<Omit<g.Dashboard, 'panels'>> = {json.dumps(board)}"
    for panel in raw["panels"]:
        yield panel["title"], f"Loose<{_type(panel['type'])}> = {json.dumps(panel)}"


def _type(panel: str) -> str:
    if panel == "row":
        return "g.RowPanel"
    name = PANELS[panel]
    return f"Panel<{name}.Options, {f'{name}.FieldConfig' if panel in WITH_OWN_FIELDS else '{}'}>"
