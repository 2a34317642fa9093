"""The recording rules: one module a subject, every one listed in ``GROUPS``."""

from __future__ import annotations

from regiowacht_collector.rules import counts, poller, regio, server, state, trend
from regiowacht_collector.rules.rule import Group, Rule

__all__ = ["GROUPS", "Group", "Rule"]

GROUPS: tuple[Group, ...] = (state.GROUP, poller.GROUP, counts.GROUP, server.GROUP, regio.GROUP, trend.GROUP)
"""In the order they depend on each other; each becomes ``rules/NAME.yml``."""
