"""What an installed Regiowacht brings along, and that each extra brings no more than it says."""

from __future__ import annotations

from importlib.metadata import distribution, requires

import pytest
from packaging.requirements import Requirement


def closure(name: str, extras: frozenset[str] = frozenset()) -> set[str]:
    """Return the names of all distributions that ``name[extras]`` brings on this machine, itself left out."""
    found: set[str] = set()
    queue = [(name, extras)]
    seen = set()
    while queue:
        current, wanted = queue.pop()
        if (current, wanted) in seen:
            continue
        seen.add((current, wanted))
        for text in requires(current) or ():
            requirement = Requirement(text)
            markers = [{"extra": extra} for extra in wanted] or [{"extra": ""}]
            if requirement.marker is None or any(requirement.marker.evaluate(m) for m in markers):
                found.add(requirement.name.lower())
                queue.append((requirement.name, frozenset(requirement.extras)))
    return found - {name}


@pytest.mark.parametrize(("extras", "most"), [({"agent"}, 4), ({"agent", "snmp"}, 10)])
def test_extras_bring_few_distributions(extras: set[str], most: int) -> None:
    assert 1 <= len(closure("regiowacht", frozenset(extras))) <= most


def test_without_extras_nothing_comes_along() -> None:
    assert closure("regiowacht") == set()


def test_all_is_the_sum_of_the_rooms() -> None:
    rooms = set().union(
        *(
            closure("regiowacht", frozenset({room}))
            for room in ("agent", "snmp", "inventory", "collector", "audit", "dashboards")
        )
    )
    assert closure("regiowacht", frozenset({"all"})) == rooms


def test_licence_and_name() -> None:
    metadata = distribution("regiowacht").metadata
    assert metadata["License-Expression"] == "EUPL-1.2"
    assert metadata["Requires-Python"] == ">=3.11"
