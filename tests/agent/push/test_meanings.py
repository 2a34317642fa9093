"""What metrics mean reaches the collector once an hour and where it is new, and no sample waits for it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from regiowacht_agent.polls.http_get import Reply
from regiowacht_agent.polls.outcome import Failed
from regiowacht_agent.push.clock import Clock
from regiowacht_agent.push.counts import Totals
from regiowacht_agent.push.lanes import Lanes
from regiowacht_agent.push.meanings import (
    AGAIN_S,
    FAILED_S,
    HELP_MAX,
    LOOK_EVERY_S,
    MOST,
    Meaning,
    Meanings,
    of_comments,
    of_metrics,
)
from regiowacht_agent.push.receiver import Receiver as To
from regiowacht_agent.spool.spool import Spool
from regiowacht_contract.catalogue import metric
from regiowacht_contract.wire.snappy import decompress
from tests.agent.push.made import push, scrape, shape
from tests.agent.push.receiver import Answer, Receiver, Write, wait_for
from tests.contract.wire.prompb import read

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MINE = Meaning("mine_total", "counter", "Mine.")
OTHER = Meaning("other", "unknown", "")


class Told:
    """A line that keeps what it was given; ``code`` is what it answers, 0: nothing."""

    def __init__(self) -> None:
        self.code = 204
        self.bodies: list[list[tuple[str, int, str]]] = []

    def post(self, body: bytes) -> Reply:
        if not self.code:
            raise Failed("timeout", "nobody answers")
        message = read(decompress(body, 10_000_000))
        assert not message.timeseries
        self.bodies.append([(one.metric_family_name, one.type, one.help) for one in message.metadata])
        return Reply(code=self.code, version="1.1", fields={}, body=b"", length=0, is_cut=False)


class Case:
    def __init__(self) -> None:
        self.line, self.totals, self.now, self.told = Told(), Totals(), 0.0, [MINE, OTHER, MINE]
        self.made = Meanings(self.line, self.totals, lambda: self.told, lambda: self.now)  # type: ignore[arg-type]

    def after(self, seconds: float) -> list[str]:
        """Return which metrics were told after so many seconds more."""
        self.line.bodies.clear()
        self.now += seconds
        self.made.turn()
        return [name for body in self.line.bodies for name, _, _ in body]


@pytest.fixture
def case() -> Case:
    return Case()


def test_all_is_told_at_the_start_and_every_hour_and_what_is_new_within_a_minute(case: Case) -> None:
    assert case.after(0) == ["mine_total", "other"]
    assert case.after(LOOK_EVERY_S) == []
    case.told.append(Meaning("new", "gauge", "New."))
    assert case.after(1) == [], "it is not looked every second"
    assert case.after(LOOK_EVERY_S) == ["new"]
    case.told[0] = Meaning("mine_total", "counter", "Mine, in other words.")
    assert case.after(LOOK_EVERY_S) == ["mine_total"]
    assert case.after(AGAIN_S) == ["mine_total", "other", "new"]
    assert case.totals.writes["metadata", "taken"] == 4
    assert case.totals.success == 0, "no sample arrived"


def test_what_does_not_get_through_is_told_later(case: Case) -> None:
    case.line.code = 0
    assert case.after(0) == []
    case.line.code = 204
    assert case.after(LOOK_EVERY_S) == []
    assert case.after(FAILED_S) == ["mine_total", "other"]
    assert case.totals.writes["metadata", "timeout"] == 1


def test_a_receiver_that_will_not_have_it_is_asked_again_in_an_hour(case: Case) -> None:
    case.line.code = 400
    assert case.after(0) == ["mine_total", "other"]
    assert case.after(FAILED_S) == []
    assert case.after(AGAIN_S) == ["mine_total", "other"]


def test_many_are_told_in_several_bodies(case: Case) -> None:
    case.told = [Meaning(f"m{at}", "gauge", "M.") for at in range(2 * MOST + 1)]
    assert len(case.after(0)) == 2 * MOST + 1
    assert [len(one) for one in case.line.bodies] == [MOST, MOST, 1]


def test_the_comments_of_a_page_are_understood() -> None:
    page = [
        "# HELP a_total What \\\\ is a.\\nAnd more.",
        "# TYPE a_total counter",
        "# TYPE b untyped",
        "# HELP c " + "x" * 2000,
        "# EOF",
        "#",
        "# TYPE d",
        "# a remark",
    ]
    assert list(of_comments(page)) == [
        Meaning("a_total", "counter", "What \\ is a. And more."),
        Meaning("c", "unknown", "x" * HELP_MAX),
        Meaning("b", "unknown", ""),
        Meaning("d", "unknown", ""),
    ]


def test_the_catalogue_s_kinds_are_those_of_remote_write() -> None:
    told = of_metrics([metric("node_load1"), metric("node_uname_info"), metric("node_context_switches_total")])
    assert [one.kind for one in told] == ["gauge", "gauge", "counter"]


@pytest.fixture
def lanes(receiver: Receiver, totals: Totals, tmp_path: Path) -> Iterator[Lanes]:
    told, folder = push(receiver.url), str(tmp_path / "spool")
    made = Lanes(told, lambda: Spool(folder), To(told), Clock(), totals, 0.0, lambda: (MINE,))
    made.start()
    yield made
    made.stop(2.0)


def test_samples_go_on_where_what_they_mean_is_never_taken(receiver: Receiver, totals: Totals, lanes: Lanes) -> None:
    receiver.answer = lambda write: Answer() if write.samples else Answer(503)
    of, begin_ms = shape(), int(time.time() * 1000) - 3_600_000
    lanes.put([scrape(of, begin_ms + 1000 * at) for at in range(3000)])
    wait_for(lambda: totals.writes["metadata", "busy"] > 0, "it is told")
    lanes.put([scrape(of, begin_ms + 3_600_000)])
    wait_for(lambda: len(receiver.stored) == 9003, "every sample arrives, the backlog too")
    assert lanes.failing == ("", "")


def test_it_goes_behind_samples_and_says_that_it_may_wait(receiver: Receiver, totals: Totals, lanes: Lanes) -> None:
    lanes.put([scrape(shape(), int(time.time() * 1000))])
    wait_for(lambda: totals.writes["metadata", "taken"] == 1, "it is told")

    def lane(write: Write) -> str:
        return write.fields.get("x-regiowacht-lane", "live")

    assert [(lane(one), bool(one.samples)) for one in receiver.writes] == [("live", True), ("backlog", False)]
