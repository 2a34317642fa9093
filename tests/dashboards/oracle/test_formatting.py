"""Numbers of the preview's tiles and cells read as Grafana's own formatting writes them (language en)."""

from __future__ import annotations

import json
import random
import subprocess
from pathlib import Path
from typing import get_args

import pytest

import regiowacht_dashboards
from regiowacht_dashboards.units import Unit
from tests.dashboards.oracle.install import node
from tests.parts import need

pytestmark = pytest.mark.oracle

PAGE = Path(regiowacht_dashboards.__file__).parent / "preview/page"
COMPARE = Path(__file__).parent / "compare.mjs"
CASES = 4000
ENOUGH = 0.99
"""Share that has to be equal; what Grafana and the preview say otherwise is printed where it is less."""

Case = tuple[str, float, int | None]


def cases() -> list[Case]:
    """Values of every size and sign that a metric may have, in every unit of the set, with and without decimals."""
    chance = random.Random(20261127)
    units = [unit for unit in get_args(Unit) if not unit.startswith("dateTime")]
    return [
        (units[number % len(units)], _value(chance), chance.choice((None, None, 0, 1, 2, 3))) for number in range(CASES)
    ]


def _value(chance: random.Random) -> float:
    kind = chance.randrange(4)
    if kind == 0:
        return float(chance.choice((0, 1, -1, 2, 60, 100, 999, 1000, 1024, 3600, 86400)))
    if kind == 1:
        return float(chance.randrange(-1000, 10**9))
    return chance.choice((1, 1, 1, -1)) * 10 ** chance.uniform(-6, 13)


def different(asked: list[Case]) -> list[dict[str, object]]:
    """Return the cases that the preview shows otherwise than Grafana."""
    modules = f"{need('oracle')}/node_modules"
    done = subprocess.run(
        [node(), COMPARE, modules, PAGE],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: list[dict[str, object]] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.mark.timeout(180)
def test_what_the_preview_shows_is_what_grafana_shows() -> None:
    wrong = different(cases())
    assert len(wrong) <= CASES * (1 - ENOUGH), wrong[:20]
