"""The reference page of all recording rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_collector.rules import GROUPS
from regiowacht_contract.catalogue import metric
from regiowacht_contract.labels import TARGET_LABELS

if TYPE_CHECKING:
    from regiowacht_collector.rules import Group, Rule

PATH = "reference/recording-rules.md"

INTRODUCTION = f"""\
# Recording rules

What the collector's Prometheus computes by itself, as `LEVEL:METRIC:OPERATION`. Levels: `instance` carries the labels
{", ".join(f"`{label}`" for label in TARGET_LABELS)}; `gemeente` carries `gemeente` and `scope`; `regio` carries
`gemeente="_regio"` and `scope="_regio/LAAG"` and exists only where at least three gemeenten are counted.

The files are written by `regiowacht collector render`, one a group, and evaluated every 15 seconds unless
`--rule-interval` says otherwise. Rules of a group are evaluated one after the other at the same moment.
"""


def page() -> str:
    """Return the page: every group, and every recorded name with its meaning, labels and expressions."""
    return "\n".join([INTRODUCTION, *(_group(group) for group in GROUPS)])


def _group(group: Group) -> str:
    names = list(dict.fromkeys(rule.record for rule in group.rules))
    parts = [_record(name, [rule for rule in group.rules if rule.record == name]) for name in names]
    return "\n".join([f"## {group.name}\n", group.purpose, "", *parts])


def _record(name: str, rules: list[Rule]) -> str:
    found = metric(name)
    own = ", ".join(f"`{label}`" for label in found.labels) or "none"
    lines = [
        f"### `{name}`\n",
        found.help,
        "",
        f"Own labels: {own}. Unit: {found.unit or 'none'}. Laag: {found.laag}.",
        "",
    ]
    for rule in rules:
        labels = ", ".join(f'{label}="{value}"' for label, value in rule.labels.items())
        lines += [f"With `{labels}`:", ""] if labels else []
        lines += ["```promql", rule.expr, "```", ""]
    return "\n".join(lines)
