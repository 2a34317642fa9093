"""Readings of this server and of what it asks: their labels, their times, and how they end."""

from __future__ import annotations

from contextlib import ExitStack
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from regiowacht_agent.block import Block, Layout
from regiowacht_agent.family import Metrics
from regiowacht_agent.polls.asset import Polled
from regiowacht_agent.push.capture import Capture
from regiowacht_agent.push.clock import Clock
from regiowacht_agent.push.grid import Grid
from regiowacht_agent.push.sources import AGAIN_AFTER_S, Answered, Sources
from regiowacht_contract.catalogue import metric
from regiowacht_contract.wire.encode import request
from regiowacht_contract.wire.staleness import STALE_BITS
from tests.agent.push.receiver import Sent, decoded
from tests.agent.snmp.asking import asking, config_of, entry, is_told, page_of, until
from tests.agent.snmp.fake_agent import serving
from tests.agent.snmp.poll.switch import switch

if TYPE_CHECKING:
    from pathlib import Path

    from regiowacht_agent.push.scrape import Scrape

WALL_S = 1_790_000_000.25


class Time:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.monotonic_s = 1000.0
        self.clock = Clock(lambda: WALL_S - 1000 + self.monotonic_s, self.monotonic)

    def monotonic(self) -> float:
        """Return seconds that never jump."""
        return self.monotonic_s


@pytest.fixture
def now() -> Time:
    """Return the time."""
    return Time()


@pytest.fixture
def sources(now: Time) -> Sources:
    """Return the sources of a server."""
    config: Any = SimpleNamespace(asset=SimpleNamespace(gemeente="zandbeke", site="hall", instance="srv-1"))
    return Sources(config, now.clock, now.monotonic)


def _sent(scrape: Scrape) -> list[Sent]:
    return list(decoded(request(scrape.shape.heads, scrape.values, scrape.at_ms)))


def _values(scrape: Scrape) -> dict[str, float]:
    return {one.name: one.value for one in _sent(scrape)}


def _ended(scrape: Scrape) -> set[str]:
    return {one.name for one in _sent(scrape) if one.bits == STALE_BITS}


def _loads() -> list[Block]:
    of = Metrics.of("loadavg")
    return [Block(Layout([(of["node_load1"], ()), (of["node_load5"], ())]), ["0.25", "0.5"])]


def test_what_all_metrics_mean_is_known(sources: Sources) -> None:
    list(sources.own(_loads(), 1_790_000_000_000, 0.01))
    page = b'# HELP mine_total Mine.\n# TYPE mine_total counter\nmine_total{instance="a"} 1\n'
    about = Polled("zandbeke", "hall", "line", "probe", "connectiviteit")
    list(sources.asked([(about, 1000.0, lambda: page)]))
    told = {one.name: (one.kind, one.help) for one in sources.meanings()}
    assert told["mine_total"] == ("counter", "Mine.")
    assert told["node_load1"] == ("gauge", metric("node_load1").help)
    assert told.keys() >= {"up", "scrape_samples_scraped"}


def test_a_server_says_what_a_scrape_would(sources: Sources) -> None:
    (scrape,) = sources.own(_loads(), 1_790_000_000_000, 0.0123456)
    told = _values(scrape)
    assert told.pop("scrape_duration_seconds") == 0.012346
    assert told == {"node_load1": 0.25, "node_load5": 0.5, "up": 1, "scrape_samples_scraped": 2}
    labels = dict(_sent(scrape)[0].series)
    assert (labels["instance"], labels["scope"], labels["job"]) == ("srv-1", "zandbeke/infrastructuur", "node")
    (end,) = sources.end()
    assert _ended(end) == {"node_load1", "node_load5", "up", "scrape_duration_seconds", "scrape_samples_scraped"}
    assert end.at_ms > scrape.at_ms


def test_no_two_readings_have_the_same_time(sources: Sources) -> None:
    times = [scrape.at_ms for at in (5, 5, 4) for scrape in sources.own(_loads(), at, 0.0)]
    assert times == [5, 6, 7]


def _asked(name: str, ended: float, *rows: str) -> tuple[Polled, float, Any]:
    asset = Polled("zandbeke", "hall", name, "probe", "connectiviteit")
    page = "".join(f"{row.split()[0]}{{{asset.labels()}}} {row.split()[1]}\n" for row in rows).encode()
    return asset, ended, lambda: page


def test_what_an_asset_told_is_sent_once_at_its_time(sources: Sources, now: Time) -> None:
    told = [_asked("line", 997.0, "up 1", "probe_duration_seconds 0.5")]
    (scrape,) = sources.asked(told)
    assert _values(scrape) == {"up": 1, "probe_duration_seconds": 0.5}
    assert scrape.at_ms == 1_789_999_997_250, "three seconds ago"
    assert scrape.shape.source == "zandbeke/line/probe"
    now.monotonic_s += 1
    assert list(sources.asked(told)) == []
    (failed,) = sources.asked([_asked("line", 1001.0, "up 0")])
    assert failed.at_ms == 1_790_000_001_000, "in whole seconds, as all but the first"
    assert _values(failed)["up"] == 0
    assert _ended(failed) == {"probe_duration_seconds"}


def test_what_an_asset_told_since_the_last_look_is_all_sent(sources: Sources, now: Time) -> None:
    now.monotonic_s += 3
    told = [_asked("line", 1000.0 + at, f"up {at % 2}") for at in range(4)]
    assert [_values(scrape)["up"] for scrape in sources.asked(told)] == [0, 1, 0, 1]
    now.monotonic_s += AGAIN_AFTER_S + 1
    assert list(sources.asked(told[:3])) == [], "what was told before is not told again as if it were now"


def test_a_process_that_was_killed_and_the_next_one_send_nothing_of_the_same_time(now: Time) -> None:
    config: Any = SimpleNamespace(asset=SimpleNamespace(gemeente="zandbeke", site="hall", instance="srv-1"))
    times = []
    for ended in (999.8, 1000.3, 1000.6):  # each by a process of its own, within one second
        sources = Sources(config, now.clock, now.monotonic)
        now.monotonic_s = ended
        times += [scrape.at_ms for scrape in sources.asked([_asked("line", ended, "up 1")])]
    assert len(set(times)) == 3


def test_what_is_told_seldom_is_told_again(sources: Sources, now: Time) -> None:
    told = [_asked("line", 997.0, "up 1")]
    (first,) = sources.asked(told)
    now.monotonic_s += AGAIN_AFTER_S
    (again,) = sources.asked(told)
    assert again.at_ms - first.at_ms == pytest.approx(AGAIN_AFTER_S * 1000, abs=4000)
    assert _values(again) == {"up": 1}


def test_an_asset_that_is_told_no_more_ends(sources: Sources, now: Time) -> None:
    assert len(list(sources.asked([_asked("one", 999.0, "up 1"), _asked("two", 999.0, "up 1")]))) == 2
    now.monotonic_s += 1
    (end,) = sources.asked([_asked("two", 999.0, "up 1")])
    assert (end.shape.source, _ended(end)) == ("zandbeke/one/probe", {"up"})
    assert list(sources.asked([_asked("two", 999.0, "up 1")])) == []
    assert [one.shape.source for one in sources.end()] == ["zandbeke/two/probe"]


def test_a_page_that_cannot_be_read_costs_itself_alone(sources: Sources) -> None:
    asset = Polled("zandbeke", "hall", "bad", "relay", "infrastructuur")
    told = [(asset, 999.0, lambda: b"up{ none\n"), _asked("good", 999.0, "up 1")]
    assert [one.shape.source for one in sources.asked(told)] == ["zandbeke/good/probe"]


def test_moments_are_an_interval_apart_and_not_those_of_others() -> None:
    grid = Grid(15, "zandbeke/hall/srv-1")
    assert grid.wait_ms(1_000_000) == 0
    assert grid.take(1_000_000) == 1_000_000, "the first reading is at once"
    wait_ms = grid.wait_ms(1_000_000)
    assert 0 < wait_ms <= 15_000
    due = 1_000_000 + wait_ms
    assert grid.take(due + 3) == due
    assert grid.wait_ms(due + 3) == 14_997
    assert grid.take(due + 15_000 + 2000) == due + 17_000, "so late that it is told"
    assert grid.wait_ms(due + 17_000) == 13_000
    offsets = {Grid(15, f"srv-{at}").take(0) + _first_due(f"srv-{at}") for at in range(50)}
    assert len(offsets) > 40


def _first_due(name: str) -> int:
    grid = Grid(15, name)
    grid.take(0)
    return grid.wait_ms(0)


def test_a_clock_that_is_set_back_stops_no_readings() -> None:
    grid = Grid(15, "srv-1")
    grid.take(10_000_000_000)
    assert grid.wait_ms(1_000_000) <= 15_000
    grid.take(1_000_000 + grid.wait_ms(1_000_000))
    assert grid.wait_ms(10_000_000_000) == 0


def test_what_a_device_answered_is_sent_as_its_page_would_be(sources: Sources, now: Time, tmp_path: Path) -> None:
    with ExitStack() as stack:
        server = stack.enter_context(serving(switch(range(1, 9))))[1]
        devices = stack.enter_context(asking(config_of(tmp_path, entry("sw", server.port, engine="fast"))))
        until(lambda: is_told(devices.asked[0]))
        devices.stop()
        ((asked, latest),) = devices.told()
        told = (asked.asset, now.monotonic_s, Answered(asked, latest))
        scrapes = list(sources.asked([told]))
        assert list(sources.asked([told])) == [], "once"
        page = Capture("x").page(page_of(devices), scrapes[0].at_ms)
        assert {repr(one) for scrape in scrapes for one in _sent(scrape)} == {repr(one) for one in _sent(page)}
        ended = [one for scrape in sources.asked([]) for one in _ended(scrape)]
        assert set(ended) == {one.name for one in _sent(page)}
