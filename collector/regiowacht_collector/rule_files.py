"""The recording rules and the alerts as the engine reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_collector.alerts import rule as alert_rules
from regiowacht_collector.rules import GROUPS
from regiowacht_collector.yaml_text import to_yaml

if TYPE_CHECKING:
    from regiowacht_collector.rules import Group, Rule


def rule_files() -> dict[str, bytes]:
    """Return ``rules/GROUP.yml`` for every group; see "Defining recording rules" in Prometheus' documentation.

    Alerts come last, so that they see what was recorded at the same moment where groups are evaluated in order.
    """
    recorded = {f"rules/{group.name}.yml": to_yaml({"groups": [_group(group)]}) for group in GROUPS}
    rendered = [alert_rules.rendered(one) for one in alert_rules.alerts()]
    groups = {
        alert_rules.GROUP: [rules[0] for rules in rendered],
        alert_rules.GROUP_BEHIND: [rule for rules in rendered for rule in rules[1:]],
    }
    alerts = {
        f"rules/{name}.yml": to_yaml({"groups": [{"name": name, "rules": told}]}) for name, told in groups.items()
    }
    return {**recorded, **alerts}


def _group(group: Group) -> dict[str, object]:
    pace = {"interval": group.every} if group.every else {}
    return {"name": group.name, **pace, "rules": [_rule(rule) for rule in group.rules]}


def _rule(rule: Rule) -> dict[str, object]:
    entry: dict[str, object] = {"record": rule.record, "expr": rule.expr}
    if rule.labels:
        entry["labels"] = dict(rule.labels)
    return entry
