"""Repairs that are due are done by themselves, given up when the collector stops, and done after the next start."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from regiowacht_collector.repair.late import Late
from regiowacht_collector.repair.page import repair_families
from regiowacht_collector.repair.repair import Abandoned, Job, Site, repair
from regiowacht_collector.repair.worker import Repairer
from regiowacht_collector.series import expose
from tests.collector.live import until
from tests.collector.repair.past import GRID, INTERVAL_MS, everything, late, live, main_engine, write
from tests.parts import need_engine

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.tools, pytest.mark.timeout(600)]

MINUTE_MS = 60_000
FROM_MS = int(time.time()) * 1000 - 60 * MINUTE_MS
CUT = (FROM_MS + 10 * MINUTE_MS, FROM_MS + 30 * MINUTE_MS)
UNTIL_MS = FROM_MS + 45 * MINUTE_MS


def test_what_is_due_is_repaired_and_what_is_given_up_is_done_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("regiowacht_collector.repair.repair.evaluation_grid", lambda *_: GRID)
    engine = need_engine()
    with main_engine(engine, tmp_path / "main") as main:
        live(engine, main, tmp_path / "rules", FROM_MS, UNTIL_MS, CUT)
        write(main.client, late(FROM_MS, UNTIL_MS, CUT))
        before = everything(main.client, FROM_MS, UNTIL_MS)
        site = Site(engine, main.client, main.storage, tmp_path / "repair", INTERVAL_MS)
        answers = iter([True, False])
        with pytest.raises(Abandoned):
            repair(Job(frozenset({"bb"}), *CUT), site, lambda: next(answers))
        assert everything(main.client, FROM_MS, UNTIL_MS) == before

        kept = Late(tmp_path)
        kept.note("bb", *CUT)
        repairer = Repairer(site, kept, 15, quiet_s=0, rest_s=0.1)
        try:
            assert b'regiowacht_collector_repair_waiting{gemeente="bb",scope="bb/overig"} 1.0' in expose(
                repair_families(repairer)
            )
            until(lambda: repairer.fared.repaired + repairer.fared.failed > 0, within_s=180)
            assert (repairer.fared.repaired, repairer.fared.failed) == (1, 0)
            kept.note("bb", *CUT)
            main.restart()  # which has it see the new blocks, and is an engine that is away for a moment
            site.main._url = main.client._url
            until(lambda: repairer.fared.needless > 0, within_s=180)
        finally:
            repairer.close()
        page = expose(repair_families(repairer)).decode()
        assert 'regiowacht_collector_repairs_total{result="changed"} 1.0' in page
        assert "regiowacht_collector_repair_last_success_timestamp_seconds" in page
        assert "repair_waiting{" not in page
        states = main.client.query_range(
            'regiowacht:asset_state{gemeente="bb",instance="srv"}', CUT[0], CUT[1], INTERVAL_MS
        )
        assert {value for _, row in states for _, value in row} == {"0"}
