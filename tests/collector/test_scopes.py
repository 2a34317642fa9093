"""What is the collector's alone is dropped from every page of others, and refused of every write."""

from __future__ import annotations

import re

import pytest

from regiowacht_collector.gateway.write.names import is_the_collectors
from regiowacht_collector.scopes import only_the_collectors, scope_relabelling
from regiowacht_contract.catalogue import catalogue, family


@pytest.mark.parametrize("of", ["region", "recorded", "repair", "gateway", "alerts", "engine_alerts"])
def test_no_target_no_page_and_no_write_says_what_is_the_collectors(of: str) -> None:
    steps = [only_the_collectors(), scope_relabelling()[0]]
    names = [metric.name for metric in family(of)]
    assert names
    for name in names:
        assert all(step["action"] == "drop" and re.fullmatch(str(step["regex"]), name) for step in steps)
        assert is_the_collectors(name.encode())


def test_what_agents_and_engines_say_is_not_the_collectors() -> None:
    mine = re.compile(str(only_the_collectors()["regex"]))
    own = {"region", "recorded", "repair", "gateway", "alerts", "engine_alerts"}
    others = [metric.name for metric in catalogue().values() if metric.family not in own]
    assert "up" in others
    assert [name for name in others if mine.fullmatch(name) or is_the_collectors(name.encode())] == []
