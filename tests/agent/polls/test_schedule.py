"""Polls run at their own times, in a few threads, and never keep anybody waiting."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest

from regiowacht_agent.polls.asset import Polled
from regiowacht_agent.polls.outcome import OUR_OWN, Failed, Outcome, Told
from regiowacht_agent.polls.page import Page
from regiowacht_agent.polls.poll import Poll
from regiowacht_agent.polls.schedule import GRACE, Schedule, take
from regiowacht_contract.defaults import ASSETS_SERIES_MAX
from tests.agent.polls.asked import read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from regiowacht_agent.polls.outcome import Reason

WITHIN_S = 60.0
FINE = Outcome(up=True)


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def _poll(name: str, ask: Callable[[], Outcome], interval_s: float = 0.02, timeout_s: float = 1.0) -> Poll:
    asset = Polled("zandbeke", "stadhuis", name, "probe", "connectiviteit")
    return Poll(asset, "icmp", name, interval_s, timeout_s, name, ask)


def _until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + WITHIN_S
    while not condition():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.01)


@pytest.fixture
def stopped() -> Iterator[list[Schedule]]:
    """Schedules to stop when the test ends."""
    made: list[Schedule] = []
    yield made
    for schedule in made:
        schedule.stop()


def _start(stopped: list[Schedule], *polls: Poll, workers_max: int = 4) -> Schedule:
    schedule = Schedule(polls, workers_max)
    stopped.append(schedule)
    schedule.start()
    return schedule


def test_every_poll_is_asked_again_and_again(stopped: list[Schedule]) -> None:
    counts = dict.fromkeys("abc", 0)

    def ask(name: str) -> Outcome:
        counts[name] += 1
        return FINE

    schedule = _start(stopped, *(_poll(name, lambda name=name: ask(name)) for name in counts))  # type: ignore[misc]
    _until(lambda: min(counts.values()) >= 5)
    assert {poll.asset.instance for poll, _ in schedule.told()} == {"a", "b", "c"}


@pytest.mark.parametrize("keeps_all", [True, False], ids=["pushed", "scraped"])
def test_who_takes_results_late_misses_none(stopped: list[Schedule], *, keeps_all: bool) -> None:
    asked: list[int] = []

    def ask() -> Outcome:
        asked.append(1)
        return Outcome(up=True, samples=len(asked))

    schedule = Schedule([_poll("often", ask)], keeps_all=keeps_all)
    stopped.append(schedule)
    schedule.start()
    taken: list[int] = []
    for count in (3, 9, 20):
        _until(lambda count=count: len(asked) >= count)  # type: ignore[misc]
        taken += [result.outcome.samples for _, result in schedule.untaken()]
    first = taken[0]
    if keeps_all:
        assert list(dict.fromkeys(taken)) == list(range(1, taken[-1] + 1)), "each of them, in order"
    else:
        assert len(taken) == 3, "the latest alone: nobody else would take them"
    assert first >= 1


def test_one_that_hangs_holds_no_other_up_and_counts_as_failed(stopped: list[Schedule]) -> None:
    gate, seen = threading.Event(), threading.Event()

    def hang() -> Outcome:
        gate.wait(WITHIN_S)
        return FINE

    def ask() -> Outcome:
        seen.set()
        return FINE

    hanging = _poll("hangs", hang, timeout_s=0.05)
    schedule = _start(stopped, hanging, _poll("runs", ask))
    try:
        assert seen.wait(WITHIN_S)
        seen.clear()
        assert seen.wait(WITHIN_S)
        _until(lambda: any(poll is hanging and taken.outcome.reason == "timeout" for poll, taken in schedule.told()))
    finally:
        gate.set()
    _until(lambda: all(taken.outcome.up for _, taken in schedule.told()))


def test_one_that_is_asked_seldom_holds_no_other_back(stopped: list[Schedule]) -> None:
    asked: list[int] = []

    def ask() -> Outcome:
        asked.append(1)
        time.sleep(0.01)  # long enough for another thread to watch the clock meanwhile
        return FINE

    seldom = [_poll(f"seldom-{number}", lambda: FINE, interval_s=3600) for number in range(3)]
    _start(stopped, _poll("often", ask), *seldom)
    _until(lambda: len(asked) >= 5)


def test_never_more_threads_than_allowed(stopped: list[Schedule]) -> None:
    lock, running, most = threading.Lock(), 0, 0
    done: list[int] = []

    def ask() -> Outcome:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.005)
        with lock:
            running -= 1
            done.append(1)
        return FINE

    _start(stopped, *(_poll(str(number), ask) for number in range(20)), workers_max=3)
    _until(lambda: len(done) > 60)
    assert most <= 3


def test_without_polls_there_is_no_thread() -> None:
    before = threading.active_count()
    schedule = Schedule(())
    schedule.start()
    assert threading.active_count() == before
    schedule.stop()


def test_after_a_stop_nothing_more_is_asked(stopped: list[Schedule]) -> None:
    asked: list[int] = []

    def ask() -> Outcome:
        asked.append(1)
        return FINE

    schedule = _start(stopped, _poll("a", ask))
    _until(lambda: asked)
    before = threading.active_count()
    schedule.stop()
    _until(lambda: threading.active_count() < before)  # nobody is left to ask


def test_whatever_breaks_in_a_poll_is_its_outcome() -> None:
    def breaks() -> Outcome:
        raise ZeroDivisionError("oh")

    def fails() -> Outcome:
        raise Failed("tls", "no")

    broken, failed = take(_poll("a", breaks)).outcome, take(_poll("b", fails)).outcome
    assert (broken.up, broken.reason, broken.detail) == (False, "internal", "ZeroDivisionError: oh")
    assert (failed.up, failed.reason, failed.detail) == (False, "tls", "no")


def test_a_result_is_told_while_it_is_fresh_and_no_longer(stopped: list[Schedule]) -> None:
    clock = Clock()
    poll = _poll("a", lambda: FINE, interval_s=15, timeout_s=5)
    schedule = Schedule([poll], clock=clock)
    stopped.append(schedule)
    assert schedule.told() == []
    clock.now += 15
    schedule.start()
    _until(schedule.told)
    told_at = schedule.told()[0][1].ended
    clock.now = told_at + GRACE * 15 + 5
    assert len(schedule.told()) == 1
    # the thread waits by the real clock, so that nothing asks again meanwhile
    clock.now += 0.1
    assert schedule.told() == []


def test_the_next_schedule_keeps_what_is_still_asked(stopped: list[Schedule]) -> None:
    stays, goes = _poll("stays", lambda: FINE, 60), _poll("goes", lambda: FINE, 60)
    clock = Clock()
    first = Schedule([stays, goes], clock=clock)
    stopped.append(first)
    clock.now += 60
    first.start()
    _until(lambda: len(first.told()) == 2)
    again = _poll("stays", lambda: FINE, 60)
    second = Schedule([again, _poll("new", lambda: FINE, 60)], before=first, clock=clock)
    assert [poll.asset.instance for poll, _ in second.told()] == ["stays"]


def test_offsets_differ_between_polls_and_are_the_same_after_a_restart() -> None:
    polls = [_poll(str(number), lambda: FINE, 15) for number in range(50)]
    clock = Clock()
    one, two = ({poll.asset.instance: due for due, _, poll in Schedule(polls, clock=clock)._due} for _ in "ab")
    assert one == two
    assert all(1000 <= due < 1015 for due in one.values())
    assert len({int(due) for due in one.values()}) > 10


@pytest.mark.parametrize("reason", sorted(OUR_OWN))
def test_what_the_agent_itself_cannot_do_says_nothing_of_the_asset(reason: Reason) -> None:
    poll = _poll("a", lambda: Outcome.failed(Failed(reason, "no")))
    values = read(Page().render([(poll, take(poll))]).decode())
    assert ("up",) not in values
    assert values["regiowacht_agent_poll_failed", "icmp", reason] == 1


def test_a_page_has_room_for_all_the_collector_takes_and_the_rest_fails_by_itself() -> None:
    def page_of(name: str, count: int) -> Callable[[], Outcome]:
        lines = "".join(f'{name}{{n="{number}"}} 1\n' for number in range(count))
        return lambda: Outcome(up=True, told=(Told(name, "", lines),), samples=count)

    polls = [_poll(name, page_of(name, ASSETS_SERIES_MAX // 2)) for name in ("first", "second", "third")]
    text = Page().render([(poll, take(poll)) for poll in polls]).decode()
    rows = [row for row in text.splitlines() if not row.startswith("#")]
    assert len(rows) <= ASSETS_SERIES_MAX
    assert sum(row.startswith("first{") for row in rows) == ASSETS_SERIES_MAX // 2
    ups = {row.partition('instance="')[2].partition('"')[0]: row[-1] for row in rows if row.startswith("up{")}
    assert ups == {"first": "1", "second": "0", "third": "0"}


def test_a_failure_tells_its_reason_and_nothing_of_the_time_before() -> None:
    poll = _poll("a", lambda: Outcome.failed(Failed("unreachable", "no")))
    values = read(Page().render([(poll, take(poll))]).decode())
    assert values["up",] == 0
    assert values["regiowacht_agent_poll_failed", "icmp", "unreachable"] == 1
    assert {key[0] for key in values} == {
        "up",
        "scrape_duration_seconds",
        "scrape_samples_scraped",
        "regiowacht_agent_poll_timestamp_seconds",
        "regiowacht_agent_poll_failed",
    }
