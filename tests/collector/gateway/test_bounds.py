"""What is scarce, each alone: turns, bytes under way, what a gemeente may; and that the backlog makes room."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from httpx import Client

from regiowacht_collector.gateway import forward
from regiowacht_collector.gateway.accounts import Accounts
from regiowacht_collector.gateway.app import app
from regiowacht_collector.gateway.books import Books
from regiowacht_collector.gateway.budget import Budget
from regiowacht_collector.gateway.engines import EngineAddress
from regiowacht_collector.gateway.limits import Limits
from regiowacht_collector.gateway.quotas import ACTIVE_S, Quota, Quotas
from regiowacht_collector.gateway.refused import Refused
from regiowacht_collector.gateway.running import running_gateway
from regiowacht_collector.gateway.split import span_ms
from regiowacht_collector.gateway.turns import Turns
from regiowacht_collector.gateway.write import Checked
from regiowacht_collector.gateway.writes import late_spans
from regiowacht_contract.wire.encode import backlog, request
from tests.collector.gateway import own_loop
from tests.collector.gateway.engines import fake_engine
from tests.collector.gateway.test_app import HEADERS, Engines, check, identify
from tests.collector.gateway.test_forward import heads, write

if TYPE_CHECKING:
    from collections.abc import Callable

BACKLOG = {**HEADERS, "X-Regiowacht-Lane": "backlog"}


class Clock:
    """Monotonic seconds that a test turns."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def reason_of(doing: Callable[[], object]) -> tuple[int, str]:
    with pytest.raises(Refused) as refused:
        doing()
    assert refused.value.retry_after_s
    return refused.value.status, refused.value.reason


def test_what_is_live_goes_first_and_the_rest_never_holds_every_place() -> None:
    async def order() -> list[str]:
        turns, done, gate = Turns(2, 1), [], asyncio.Event()

        async def one(name: str, *, is_live: bool) -> None:
            async with turns.turn(is_live=is_live):
                done.append(name)
                await gate.wait()

        names = ["rest 1", "rest 2", "live 1", "live 2"]
        tasks = [asyncio.create_task(one(name, is_live=name[:4] == "live")) for name in names]
        for _ in range(5):
            await asyncio.sleep(0)
        begun = list(done)
        gate.set()
        await asyncio.gather(*tasks)
        assert begun == ["rest 1", "live 1"]
        return done

    assert own_loop.run(order()) == ["rest 1", "live 1", "live 2", "rest 2"]


def test_who_goes_away_while_it_waits_takes_no_turn_along() -> None:
    async def run() -> None:
        turns = Turns(1, 1)
        async with turns.turn(is_live=True):
            waiting = [asyncio.create_task(_once(turns)) for _ in range(3)]
            await asyncio.sleep(0)
            waiting[0].cancel()
            await asyncio.sleep(0)
        waiting[1].cancel()  # its turn has been given to it already
        await asyncio.gather(*waiting, return_exceptions=True)
        assert [task.cancelled() for task in waiting] == [True, True, False]
        await asyncio.wait_for(_once(turns), 60)

    own_loop.run(run())


async def _once(turns: Turns) -> None:
    async with turns.turn(is_live=True):
        pass


def test_bytes_under_way_are_bounded_and_half_is_for_what_is_live() -> None:
    budget = Budget(Limits(in_flight_bytes=100))
    with budget.share() as old, budget.share() as more, budget.share() as live:
        old.hold(40, is_live=False)
        assert reason_of(lambda: more.hold(20, is_live=False)) == (503, "busy")
        live.hold(60, is_live=True)
        assert budget.used_bytes == 100
        assert reason_of(lambda: more.hold(1, is_live=True)) == (503, "busy")
    assert budget.used_bytes == 0
    with budget.share() as huge:
        huge.hold(10_000, is_live=False)
        assert budget.used_bytes == 50


def test_a_gemeente_that_writes_too_much_waits_and_its_backlog_first() -> None:
    clock = Clock()
    quotas = Quotas(Quota(samples_a_second=10, burst_s=60), clock)
    quotas.spend("zandbeke", 400)
    quotas.may_begin("zandbeke", is_live=True)
    assert reason_of(lambda: quotas.may_begin("zandbeke", is_live=False)) == (429, "rate")
    quotas.spend("zandbeke", 300)
    assert reason_of(lambda: quotas.may_begin("zandbeke", is_live=True)) == (429, "rate")
    quotas.may_begin("oosthove", is_live=False)
    clock.now_s = 10
    quotas.may_begin("zandbeke", is_live=True)


def test_new_series_are_refused_and_known_ones_never() -> None:
    clock = Clock()
    quotas = Quotas(Quota(series=2), clock)
    quotas.enter("zandbeke", "c-1", [b"a", b"b"])
    assert reason_of(lambda: quotas.enter("zandbeke", "c-2", [b"a", b"c"])) == (429, "series")
    quotas.enter("zandbeke", "c-2", [b"b", b"a"])
    quotas.enter("oosthove", "c-3", [b"c", b"d"])
    assert quotas.active() == {"zandbeke": 2, "oosthove": 2}
    clock.now_s = 2 * ACTIVE_S
    quotas.enter("zandbeke", "c-2", [b"c", b"d"])
    assert quotas.active()["zandbeke"] == 2


def test_the_lane_of_the_backlog_makes_room_for_what_is_live() -> None:
    limits, engines = Limits(), Engines()
    accounts = Accounts(Books(), Quotas(Quota(samples_a_second=1, burst_s=6), Clock()), Budget(limits))
    application = app(identify, check, engines, limits, accounts=accounts)
    with running_gateway(application, limits) as running, Client(base_url=running.url, timeout=60) as asking:
        said = [
            asking.post("/api/v1/write", content=b"one", headers=headers).status_code
            for headers in (BACKLOG, BACKLOG, BACKLOG, HEADERS)
        ]
    assert said == [204, 204, 429, 204]


def test_the_span_of_a_body_is_that_of_its_samples() -> None:
    whole = backlog(heads("a", "b"), [[1, 2], [3, 4], [5, 6]], [7_000, 8_000, 9_000])
    assert span_ms(whole) == (7_000, 9_000)
    assert span_ms(request(heads("a"), [0], 5_000)) == (5_000, 5_000)


def test_what_comes_after_rules_looked_for_it_is_late() -> None:
    old = backlog(heads("a"), [[1], [2]], [1_000, 2_000])
    fresh = request(heads("a"), [1], 100_000)
    assert late_spans(Checked(fresh=fresh, samples=1, series=1, newest_ms=100_000), 110_000) == []
    assert late_spans(Checked(fresh=fresh, samples=1, series=1, newest_ms=100_000), 200_000) == [(100_000, 100_000)]
    assert late_spans(Checked(fresh=fresh, old=old, samples=3, series=3, newest_ms=100_000), 110_000) == [
        (1_000, 2_000)
    ]


def test_an_engine_that_is_too_slow_is_not_waited_for_and_nothing_is_acknowledged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(forward, "ANSWER_S", 0.2)
    books = Books()
    with fake_engine() as slow, fake_engine() as quick:
        slow.pause_s = 3
        addresses = [EngineAddress(slow.url), EngineAddress(quick.url)]
        assert reason_of(lambda: write(addresses, request(heads("a"), [1], 1_000), books=books)) == (
            503,
            "engine-silent",
        )
        assert len(quick.got) == 1
    assert books.engines["silent"] == 1
