"""A past that is evaluated again comes to what a real engine recorded of it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from regiowacht_collector.repair.evaluate import Evaluation
from regiowacht_collector.repair.grid import evaluation_grid
from regiowacht_collector.repair.inputs import RECORDED, any_of
from regiowacht_collector.repair.scratch import scratch_engine
from regiowacht_collector.samples import read_rows, same
from tests.collector.live import collecting, exporter, until, values
from tests.collector.regions import region_of, server
from tests.parts import need_engine, need_peer

if TYPE_CHECKING:
    from pathlib import Path

    from regiowacht_collector.client import Client
    from regiowacht_collector.samples import Rows

pytestmark = [pytest.mark.tools, pytest.mark.timeout(600)]

PAGE = """\
node_memory_MemTotal_bytes 100
node_memory_MemAvailable_bytes 25
node_filesystem_size_bytes{device="a",fstype="ext4",mountpoint="/"} 10
node_filesystem_avail_bytes{device="a",fstype="ext4",mountpoint="/"} 4
"""
SECOND_MS = 1000


def _recorded(client: Client, gemeenten: list[str], from_ms: int, until_ms: int) -> Rows:
    matchers = [("__name__", "=~", any_of(RECORDED)), ("gemeente", "=~", any_of([*gemeenten, "_regio"]))]
    return {labels: row for labels, row in read_rows(client.read(matchers, from_ms, until_ms)).items() if row}


@pytest.mark.parametrize("of", ["of the tests", "newest"])
def test_it_comes_to_what_was_recorded(tmp_path: Path, of: str) -> None:
    from regiowacht_collector.client import Client  # noqa: PLC0415 - only where an engine is

    program = need_engine().prometheus if of == "of the tests" else need_peer("prometheus").path
    gemeenten = ["lindemeer", "oosthove", "zandbeke"]
    region = region_of([server(one, "srv", address="127.0.0.1") for one in gemeenten])
    with exporter(PAGE) as (address, process):
        targets = {(one, "srv"): address for one in gemeenten}
        with collecting(region, tmp_path / "data", targets, engine=program) as collector:
            until(lambda: bool(values(collector, "regio:node_memory_usage:avg_ratio")), collector)
            process.kill()  # from here on they are neer, and other series end
            until(lambda: set(values(collector, "regiowacht:asset_state == 1")) == {"srv"}, collector)
            seen_s = time.time()
            until(lambda: time.time() > seen_s + 3, collector)
            client = Client(collector.url)
            end_ms = int((seen_s + 1) * 1000)
            from_ms = end_ms - 12 * SECOND_MS
            grid = evaluation_grid(client, SECOND_MS)
            with scratch_engine(collector.engine, tmp_path / "scratch") as scratch:
                evaluation = Evaluation(client, scratch, gemeenten, grid, SECOND_MS)
                evaluation.window(from_ms - 300 * SECOND_MS, from_ms)
                again = evaluation.window(from_ms, end_ms)
            recorded = _recorded(client, gemeenten, from_ms, end_ms - 1)

    assert {dict(labels)["__name__"] for labels in recorded} > {
        "regiowacht:asset_state",
        "regio:regiowacht_assets:count",
    }
    for labels, row in recorded.items():  # a busy machine may have skipped an evaluation, or one may have come early
        told = dict(again[labels])
        wrong = [at_ms for at_ms, value in row if at_ms not in told or not same(told[at_ms], value)]
        assert len(wrong) <= 1, f"{labels}: {len(wrong)} of {len(row)} differ"
