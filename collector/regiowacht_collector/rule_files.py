"""The recording rules as the engine reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_collector.rules import GROUPS
from regiowacht_collector.yaml_text import to_yaml

if TYPE_CHECKING:
    from regiowacht_collector.rules import Group, Rule


def rule_files() -> dict[str, bytes]:
    """Return ``rules/GROUP.yml`` for every group; see "Defining recording rules" in Prometheus' documentation."""
    return {f"rules/{group.name}.yml": to_yaml({"groups": [_group(group)]}) for group in GROUPS}


def _group(group: Group) -> dict[str, object]:
    return {"name": group.name, "rules": [_rule(rule) for rule in group.rules]}


def _rule(rule: Rule) -> dict[str, object]:
    entry: dict[str, object] = {"record": rule.record, "expr": rule.expr}
    if rule.labels:
        entry["labels"] = dict(rule.labels)
    return entry
