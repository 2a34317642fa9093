"""What answers mean, dates in headers, waits, and the clock that readings carry."""

from __future__ import annotations

import calendar

import pytest

from regiowacht_agent.polls.http_get import Reply
from regiowacht_agent.push.backoff import ASKED_MAX_S, Backoff, chance
from regiowacht_agent.push.clock import Clock
from regiowacht_agent.push.http_date import date_of, retry_after_s
from regiowacht_agent.push.pace import LEAST_A_SECOND, Pace
from regiowacht_agent.push.verdict import verdict

DATE = "Tue, 01 Mar 2016 00:00:10 GMT"


def _reply(code: int, body: bytes = b"", **fields: str) -> Reply:
    told = {name.replace("_", "-"): value for name, value in fields.items()}
    return Reply(code, "1.1", told, body, len(body), is_cut=False)


ANSWERS: tuple[tuple[Reply, tuple[str, str, float | None]], ...] = (
    (_reply(204), ("taken", "", None)),
    (_reply(200), ("taken", "", None)),
    (_reply(200, b"<html>Blocked", content_type="text/html; charset=utf-8"), ("later", "protocol", None)),
    (_reply(204, x_prometheus_remote_write_samples_written="0"), ("refused", "vanished", None)),
    (_reply(204, x_prometheus_remote_write_samples_written="12"), ("taken", "", None)),
    (_reply(400, b"out of bounds\n"), ("refused", "old", None)),
    (_reply(500, b"too old sample\n"), ("refused", "old", None)),
    (_reply(500, b"out of memory\n"), ("later", "server", None)),
    (_reply(503, b"too old sample\n"), ("later", "busy", None)),
    (_reply(400, b"duplicate sample for timestamp\n"), ("refused", "duplicate", None)),
    (_reply(400, b"bad-label: label name \"a b\" is none\n"), ("refused", "bad-label", None)),
    (_reply(400, b"Bad request\n"), ("refused", "refused", None)),
    (_reply(413), ("refused", "size", None)),
    (_reply(401, b"revoked: it is\n"), ("later", "credential", None)),
    (_reply(403), ("later", "credential", None)),
    (_reply(404), ("later", "address", None)),
    (_reply(301), ("later", "address", None)),
    (_reply(429, retry_after="7"), ("later", "busy", 7.0)),
    (_reply(503, retry_after="Tue, 01 Mar 2016 00:00:40 GMT", date=DATE), ("later", "busy", 30.0)),
    (_reply(502, retry_after="soon"), ("later", "server", None)),
)  # fmt: skip


@pytest.mark.parametrize(("reply", "wanted"), ANSWERS)
def test_an_answer_means(reply: Reply, wanted: tuple[str, str, float | None]) -> None:
    found = verdict(reply)
    assert (found.kind, found.reason, found.wait_s) == wanted


def test_what_the_other_side_says_is_shown_without_what_steers_a_terminal() -> None:
    assert verdict(_reply(502, b"\x1b[31mbad\ngateway")).detail == "502 \ufffd[31mbad"


@pytest.mark.parametrize(
    "moment", ["1970-01-01 00:00:00", "1999-12-31 23:59:59", "2000-02-29 12:00:01", "2026-11-27 01:45:00"]
)
def test_a_date_is_read(moment: str) -> None:
    day, clock = moment.split()
    year, month, of_month = map(int, day.split("-"))
    name = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")[month - 1]
    hour, minute, second = map(int, clock.split(":"))
    wanted = calendar.timegm((year, month, of_month, hour, minute, second))
    assert date_of(f"Mon, {of_month:02} {name} {year} {clock} GMT") == wanted


@pytest.mark.parametrize("told", ["", "now", "Mon, 01 Foo 2026 00:00:00 GMT", "Mon, 41 Jan 2026 00:00:00 GMT", "1e9"])
def test_what_is_no_date(told: str) -> None:
    assert date_of(told) is None
    assert retry_after_s(told, 0) is None


def test_waits_grow_with_full_jitter_up_to_their_bound() -> None:
    most = Backoff(15.0, lambda: 1.0)
    assert [most.wait_s() for _ in range(6)] == [1.0, 2.0, 4.0, 8.0, 15.0, 15.0]
    most.worked()
    assert most.wait_s() == 1.0
    none = Backoff(15.0, lambda: 0.0)
    assert [none.wait_s() for _ in range(3)] == [0.0] * 3
    assert none.wait_s(7.0) == 7.0
    assert none.wait_s(1e9) == ASKED_MAX_S
    assert len({chance() for _ in range(20)}) > 1
    assert all(0 <= chance() < 1 for _ in range(100))


class Hands:
    """Two clocks that a test sets."""

    def __init__(self) -> None:
        self.wall_s, self.monotonic_s = 1_790_000_000.0, 50.0
        self.clock = Clock(lambda: self.wall_s, lambda: self.monotonic_s)

    def goes(self, seconds: float) -> None:
        """Let time go by."""
        self.wall_s += seconds
        self.monotonic_s += seconds


def test_readings_carry_the_time_of_this_server() -> None:
    hands = Hands()
    assert hands.clock.now_ms() == 1_790_000_000_000
    hands.goes(10)
    assert hands.clock.at_ms(hands.monotonic_s - 4) == 1_790_000_006_000
    assert hands.clock.at_ms(hands.monotonic_s + 99) == 1_790_000_010_000, "nothing is of the future"
    hands.clock.heard(hands.wall_s + 3, 0.1)
    assert not hands.clock.is_apart
    assert hands.clock.now_ms() == 1_790_000_010_000


def test_a_clock_that_is_far_from_the_collectors_is_put_right() -> None:
    hands = Hands()
    hands.wall_s += 7200
    hands.clock = Clock(lambda: hands.wall_s, lambda: hands.monotonic_s)
    hands.clock.heard(1_790_000_000, 0.0)
    assert hands.clock.is_apart
    assert hands.clock.now_ms() == pytest.approx(1_790_000_000_500, abs=1)
    hands.goes(15)
    assert hands.clock.now_ms() == pytest.approx(1_790_000_015_500, abs=1)


def test_a_clock_that_is_set_does_not_tear_readings_apart() -> None:
    hands = Hands()
    hands.clock.heard(hands.wall_s, 0.0)
    hands.goes(15)
    hands.wall_s -= 3600
    assert hands.clock.now_ms() == pytest.approx(1_790_000_015_500, abs=1000)
    assert hands.clock.steps == 1
    hands.goes(15)
    hands.wall_s += 3600
    assert hands.clock.now_ms() == pytest.approx(1_790_000_030_000, abs=1000)
    assert hands.clock.steps == 2
    assert not hands.clock.is_apart


def test_a_backlog_is_made_up_for_so_many_times_as_fast_as_is_measured() -> None:
    now = [0.0]
    pace = Pace(24, 15.0, lambda: now[0])
    assert pace.a_second == LEAST_A_SECOND
    for _ in range(1000):
        pace.measured(15_000)
        now[0] += 15
    assert pace.measured_a_second == pytest.approx(1000, rel=0.05)
    assert pace.a_second == pytest.approx(24_000, rel=0.05)
    assert pace.most() == 10_000
    assert pace.wait_s(24_000) == pytest.approx(1, rel=0.05)
