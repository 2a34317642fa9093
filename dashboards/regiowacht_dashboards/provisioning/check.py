"""Holds a provisioning tree against what Grafana would trip over; its dashboards are checked as any others are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_dashboards.provisioning import datasource_rules, provider_rules
from regiowacht_dashboards.provisioning.read import read_tree

if TYPE_CHECKING:
    from pathlib import Path

    from regiowacht_contract.errors import Problem


def check_tree(folder: Path) -> tuple[Problem, ...]:
    """Return every problem of the YAML files, sorted by file."""
    tree = read_tree(folder)
    found = [*tree.problems, *datasource_rules.check(tree.datasources), *provider_rules.check(tree.providers, folder)]
    return tuple(sorted(found, key=lambda problem: problem.file))
