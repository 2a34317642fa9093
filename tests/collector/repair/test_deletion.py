"""What is deleted is deleted, what is not is not touched, and queries are answered afterwards, on real engines."""

from __future__ import annotations

import random
import re
import time
from typing import TYPE_CHECKING

import pytest

from regiowacht_collector.engine import inspect
from regiowacht_collector.repair.deletion import cover, delete
from regiowacht_collector.samples import packed, read_rows
from tests.collector.repair.past import main_engine, write
from tests.parts import need_engine, need_peer

if TYPE_CHECKING:
    from pathlib import Path

    from regiowacht_collector.engine import Engine
    from regiowacht_collector.samples import Labels, Rows

MINUTE_MS = 60_000
FROM_MS = int(time.time()) * 1000 - 50 * MINUTE_MS
NAME = "regiowacht:asset_state"


@pytest.fixture(params=["of the tests", "newest"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """Return this Debian's Prometheus, then the newest."""
    return need_engine() if request.param == "of the tests" else inspect(need_peer("prometheus").path)


def _row(instance: str, first_minute: int) -> tuple[Labels, list[tuple[int, bytes]]]:
    labels = (("__name__", NAME), ("instance", instance))
    return labels, [(FROM_MS + minute * MINUTE_MS, packed(minute)) for minute in range(first_minute, 50)]


@pytest.mark.tools
def test_series_that_begin_later_are_as_they_were_and_queries_are_answered(engine: Engine, tmp_path: Path) -> None:
    rows: Rows = dict([_row("sw-1", 0), _row("sw-2", 0), _row('new "one".x', 30)])
    with main_engine(engine, tmp_path / "main") as main:
        write(main.client, rows)
        for end_minute in (10, 20, 40):
            delete(main.client, f'{{__name__="{NAME}"}}', FROM_MS, FROM_MS + end_minute * MINUTE_MS)
        for moment in ("before", "after a restart"):
            for until_minute in range(31, 50, 2):
                until_ms = FROM_MS + until_minute * MINUTE_MS
                found = read_rows(main.client.read([("__name__", "=", NAME)], FROM_MS, until_ms))
                kept = {
                    labels: [one for one in row if FROM_MS + 40 * MINUTE_MS < one[0] <= until_ms]
                    for labels, row in rows.items()
                }
                assert {labels: row for labels, row in found.items() if row} == {
                    labels: row for labels, row in kept.items() if row
                }, (moment, until_minute)
            main.restart()


def test_selectors_match_all_that_is_wanted_and_nothing_else() -> None:
    chance = random.Random(7)
    for _ in range(300):
        every = {
            frozenset(
                (label, chance.choice(("a", "a.b", 'q"\\', "x y", "aXb")))
                for label in ("__name__", "gemeente", "instance", "state")
                if chance.random() > 0.1 or label == "__name__"
            )
            for _ in range(chance.randrange(1, 60))
        }
        wanted = {one for one in every if chance.random() < 0.6}
        selectors = list(cover(wanted, every - wanted))
        assert {one for one in every if any(_matches(selector, dict(one)) for selector in selectors)} == wanted
        assert len(selectors) <= len(wanted)


def test_without_others_one_selector_is_enough() -> None:
    wanted = [frozenset({("__name__", "a"), ("instance", f"i-{number}")}) for number in range(100)]
    assert len(list(cover(wanted, []))) == 1
    assert list(cover([], wanted)) == []


def _matches(selector: str, labels: dict[str, str]) -> bool:
    for label, quoted in re.findall(r'(\w+)=~"((?:[^"\\]|\\.)*)"', selector):
        pattern = quoted.replace('\\"', '"').replace("\\\\", "\\")
        if not re.fullmatch(pattern, labels.get(label, "")):
            return False
    return True
