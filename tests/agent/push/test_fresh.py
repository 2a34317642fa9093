"""Which readings go before everything else."""

from __future__ import annotations

from regiowacht_agent.push.counts import Totals
from regiowacht_agent.push.fresh import Fresh
from tests.agent.push.made import scrape, shape


def test_of_a_line_that_was_away_for_long_only_the_newest_of_each_source_is_fresh() -> None:
    steady = [0.0]
    fresh, of = Fresh(30.0, Totals(), lambda: steady[0]), [shape(3, name) for name in ("own", "relay")]
    number = 0
    for second in range(0, 40, 10):
        steady[0] = second
        for one in of:
            number += 1
            fresh.put(number, scrape(one, second))
    assert [at for at, _ in fresh.take(1000)] == list(range(1, 9)), "a short cut tears no series apart"
    fresh.give_back(set())
    steady[0] = 31.0
    assert fresh.before() == 7
    assert [at for at, _ in fresh.take(1000)] == [7, 8]


def test_what_cannot_be_sent_and_is_nowhere_else_is_counted() -> None:
    totals = Totals()
    fresh = Fresh(30.0, totals)
    for number in (1, None):
        fresh.put(number, scrape(shape(3)))
    fresh.take(1000)
    fresh.done()
    assert totals.lost == 0
    for number in (2, None):
        fresh.put(number, scrape(shape(3)))
    fresh.take(1000)
    fresh.done(has_arrived=False)
    assert totals.lost == 3


def test_what_is_nowhere_else_stays_in_the_queue() -> None:
    steady = [0.0]
    fresh, of = Fresh(30.0, Totals(), lambda: steady[0]), shape(3)
    for number in (1, None, 2, None, 3):
        fresh.put(number, scrape(of))
        steady[0] += 10
    assert [one for one, _ in fresh.take(1000)] == [None, None, 3]
