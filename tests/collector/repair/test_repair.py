"""A line that was cut ends with the same recorded values as one that was not, on real engines."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from regiowacht_collector.engine import inspect
from regiowacht_collector.repair.inputs import RECORDED
from regiowacht_collector.repair.repair import Job, Site, repair
from regiowacht_collector.samples import same
from tests.collector.repair.past import GRID, INTERVAL_MS, everything, late, live, main_engine, write
from tests.parts import need_engine, need_peer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from regiowacht_collector.engine import Engine
    from regiowacht_collector.samples import Rows
    from tests.collector.repair.past import Main

pytestmark = [pytest.mark.tools, pytest.mark.timeout(600)]

MINUTE_MS, HOUR_MS = 60_000, 3_600_000
NOW_MS = int(time.time()) * 1000
FROM_MS = NOW_MS // HOUR_MS * HOUR_MS - 5 * HOUR_MS
CUT = (FROM_MS + HOUR_MS + 7 * MINUTE_MS, FROM_MS + 2 * HOUR_MS + 47 * MINUTE_MS)
"""Over before the engine's head is three hours long: series of which it holds nothing then are forgotten and made anew
under another number, and Prometheus 2.42 to 3.5 loses late samples of those when it is started again twice, which these
tests do to have blocks looked for at once (docs/explanation/collector.md)."""
UNTIL_MS = FROM_MS + 4 * HOUR_MS
LOOK_BACK_MS = 6 * MINUTE_MS


@pytest.fixture(params=["of the tests", "newest"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """Return this Debian's Prometheus, then the newest."""
    return need_engine() if request.param == "of the tests" else inspect(need_peer("prometheus").path)


@pytest.fixture
def never_cut(engine: Engine, tmp_path: Path) -> Iterator[Rows]:
    """Return everything that an engine has whose lines were never cut."""
    with main_engine(engine, tmp_path / "never") as main:
        live(engine, main, tmp_path / "never-rules", FROM_MS, UNTIL_MS, None)
        yield everything(main.client, FROM_MS, UNTIL_MS)


def _differ(one: Rows, other: Rows) -> list[str]:
    """Return what differs, in words."""
    said = []
    for labels in sorted({*one, *other}):
        a, b = dict(one.get(labels, [])), dict(other.get(labels, []))
        wrong = [at for at in sorted({*a, *b}) if at not in a or at not in b or not same(a[at], b[at])]
        if wrong:
            said.append(f"{dict(labels)}: {len(wrong)} of {len(a)} and {len(b)}, first {wrong[0]}")
    return said


def _of(rows: Rows, *, recorded: bool) -> Rows:
    return {labels: row for labels, row in rows.items() if (dict(labels)["__name__"] in RECORDED) is recorded}


def _fix(engine: Engine, main: Main, folder: Path, from_ms: int, until_ms: int) -> bool:
    job = Job(frozenset({"bb"}), from_ms, until_ms + LOOK_BACK_MS)
    changed = repair(job, Site(engine, main.client, main.storage, folder, INTERVAL_MS))
    main.restart()  # which has it look for new blocks at once
    return changed


def test_a_hundred_minutes_without_a_line_end_as_if_there_had_been_one(
    engine: Engine, never_cut: Rows, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("regiowacht_collector.repair.repair.evaluation_grid", lambda *_: GRID)
    with main_engine(engine, tmp_path / "main") as main:
        live(engine, main, tmp_path / "rules", FROM_MS, UNTIL_MS, CUT)
        cut_off = _differ(_of(everything(main.client, FROM_MS, UNTIL_MS), recorded=True), _of(never_cut, recorded=True))
        assert any("asset_state" in one for one in cut_off)
        assert any("'gemeente': '_regio'" in one for one in cut_off)

        half = (CUT[0] + CUT[1]) // 2  # the backlog comes in two parts, with a repair in between
        for part in ((CUT[0], half), (half, CUT[1])):
            write(main.client, late(FROM_MS, UNTIL_MS, part))
            assert _fix(engine, main, tmp_path / "repair", *part)

        after = everything(main.client, FROM_MS, UNTIL_MS)
        assert _differ(after, never_cut) == []
        main.kill()
        assert _differ(everything(main.client, FROM_MS, UNTIL_MS), never_cut) == []
        assert not _fix(engine, main, tmp_path / "repair", *CUT)  # nothing is left to be done
        for expr in ("regiowacht:asset_state", "regio:regiowacht_assets:count"):
            for at_ms in range(FROM_MS + HOUR_MS, UNTIL_MS, 7 * MINUTE_MS):
                assert main.client.query_range(expr, at_ms - MINUTE_MS, at_ms, MINUTE_MS), at_ms
