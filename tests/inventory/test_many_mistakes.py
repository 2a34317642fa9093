"""A file with very many mistakes gets a short answer, not a long wait."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from regiowacht_contract.errors import RegionInvalid
from regiowacht_inventory import load
from regiowacht_inventory.draft import MAX_MISTAKES
from tests.inventory.base import BASE, write_base

if TYPE_CHECKING:
    from pathlib import Path

    from regiowacht_contract.errors import Problem

MANY = 5000


def told(folder: Path, text: str) -> tuple[Problem, ...]:
    with pytest.raises(RegionInvalid) as caught:
        load(write_base(folder, {**BASE, "gemeenten/aa.yml": text}))
    return caught.value.problems


@pytest.mark.parametrize(
    ("more", "count"),
    [
        ("".join(f"zomaar{number}: x\n" for number in range(MANY)), MANY),
        ("".join(f"  - {{name: x{number}, site: hius, probe: tpc, target: a}}\n" for number in range(MANY)), 2 * MANY),
        ("".join("inhabitants: 1\n" for _ in range(MANY)), MANY),
    ],
)
def test_the_first_mistakes_are_told_and_the_rest_counted(tmp_path: Path, more: str, count: int) -> None:
    problems = told(tmp_path, BASE["gemeenten/aa.yml"] + more)
    assert len(problems) == MAX_MISTAKES + 1
    (rest,) = [problem for problem in problems if problem.key == "inventory.more-mistakes"]
    assert rest.values["count"] == count - MAX_MISTAKES
    assert rest == problems[-1]
    assert str(count - MAX_MISTAKES) in rest.message("nl")


def test_the_mistakes_at_the_limit_are_all_told(tmp_path: Path) -> None:
    more = "".join(f"zomaar{number}: x\n" for number in range(MAX_MISTAKES))
    problems = told(tmp_path, BASE["gemeenten/aa.yml"] + more)
    assert [problem.key for problem in problems] == ["inventory.key-unknown"] * MAX_MISTAKES


def test_a_long_circle_names_its_first_and_its_count(tmp_path: Path) -> None:
    ring = "".join(
        f"  - {{name: d{number}, site: huis, address: 10.1.0.1, kind: switch, uplink: d{(number + 1) % MANY}}}\n"
        for number in range(MANY)
    )
    (problem,) = told(tmp_path, BASE["gemeenten/aa.yml"].replace("services:\n", ring + "services:\n"))
    assert problem.key == "inventory.uplink-loop"
    assert problem.values["cycle"] == f"d0 -> d1 -> d2 -> d3 -> d4 -> … ({MANY}) -> d0"
