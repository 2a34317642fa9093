"""Numbers of the preview's tiles, cells and axes read as Grafana's own formatting writes them (language en)."""

from __future__ import annotations

import json
import random
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import pytest

import regiowacht_dashboards
from regiowacht_dashboards.units import Unit
from tests.dashboards.oracle.install import node
from tests.parts import need

if TYPE_CHECKING:
    from collections.abc import Sequence

pytestmark = pytest.mark.oracle

PAGE = Path(regiowacht_dashboards.__file__).parent / "preview/page"
COMPARE, TICKS = (Path(__file__).parent / name for name in ("compare.mjs", "ticks.mjs"))
CASES, TICK_CASES = 4000, 2000
BINARY = frozenset({"bytes", "bits", "kbytes", "mbytes", "binBps", "binbps"})
"""Units whose axes step by powers of two."""

ENOUGH = 0.99
"""Share that has to be equal; what Grafana and the preview say otherwise is printed where it is less."""

Case = tuple[str, float, int | None]
Tick = tuple[str, float, float, int | None]


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


def ticks() -> list[Tick]:
    """Ticks as uPlot chooses them: so many steps from zero, each 1, 2, 2.5 or 5 of any size, or a power of two."""
    chance = random.Random(20261128)
    units = [unit for unit in get_args(Unit) if not unit.startswith("dateTime")]
    return [_tick(chance, units[number % len(units)]) for number in range(TICK_CASES)]


def _tick(chance: random.Random, unit: str) -> Tick:
    if unit in BINARY:
        step, digits = float(2 ** chance.randrange(40)), 0
    else:
        power = chance.randrange(-6, 10)
        step, digits = float(f"{chance.choice((1, 2, 2.5, 5))}e{power}"), max(0, 1 - power)
    tick = round(chance.randrange(-4, 12) * step, digits)
    return unit, tick, step, chance.choice((None, None, None, 0, 1, 2))


def different(asked: Sequence[object], compare: Path = COMPARE) -> list[dict[str, object]]:
    """Return the cases that the preview shows otherwise than Grafana."""
    modules = f"{need('oracle')}/node_modules"
    done = subprocess.run(
        [node(), compare, modules, PAGE],
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


@pytest.mark.timeout(180)
def test_what_the_previews_axes_show_is_what_grafanas_show() -> None:
    wrong = different(ticks(), TICKS)
    assert len(wrong) <= TICK_CASES * (1 - ENOUGH), wrong[:20]
