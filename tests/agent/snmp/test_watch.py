"""When a standby takes over and hands back: every case as a row of what it saw, one letter an interval."""

from __future__ import annotations

import pytest

from regiowacht_agent.snmp.watch import ASKS_IN_PLACE, Watch

INTERVAL_S = 60.0
START = 1_000_000.0


def _told(seen: str) -> str:
    """Play askings that come when they are due and return who asked after each: p the poller, s the standby.

    ``.`` is an answer with news of ten seconds ago, ``x`` none, ``o`` an answer without news since the one before,
    ``Z`` a pause of ten minutes and no answer after it, ``z`` the same with an answer.
    """
    watch = Watch(INTERVAL_S, START)
    newest = START
    told = ""
    for one in seen:
        now = watch.due + (600 if one in "zZ" else 0)
        if one in ".z":
            newest = now - 10
        watch.take(now, None if one in "xZ" else now - newest)
        told += "s" if watch.is_active else "p"
    return told


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        pytest.param("....", "pppp", id="a poller that polls"),
        pytest.param("xxxxx", "pppss", id="never seen: three intervals after the start, not before"),
        pytest.param("x.xx.x.", "ppppppp", id="an answer now and then is enough"),
        pytest.param(".xxx", "ppps", id="silent: three intervals after the last sign"),
        pytest.param("..ooo", "pppps", id="it answers, but asks nobody any more"),
        pytest.param(".xxx.", "pppsp", id="back at once"),
        pytest.param(".xxxxxxxxxxx.", "pppsssssssssp", id="silent for long, then back"),
        pytest.param(".xxxo", "pppss", id="it answers again, and has asked nobody since"),
        pytest.param(".xxx..xx.xxx", "pppsppppppps", id="comes and goes: three whole intervals each time"),
        pytest.param(".Z", "pp", id="our own pause is not its silence"),
        pytest.param(".Zxx", "ppps", id="after a pause silence counts on from before it"),
        pytest.param(".z.", "ppp", id="a pause of both"),
        pytest.param("xZxx", "ppps", id="a pause just after the start"),
    ],
)
def test_who_asks(seen: str, expected: str) -> None:
    assert _told(seen) == expected


def test_while_it_asks_in_place_it_looks_more_often() -> None:
    watch = Watch(INTERVAL_S, START)
    for number in (1, 2, 3):
        watch.take(watch.due, None)
        assert watch.due == START + number * INTERVAL_S
    watch.take(watch.due, None)
    assert watch.is_active
    assert watch.due == START + 3 * INTERVAL_S + INTERVAL_S / ASKS_IN_PLACE


def test_a_clock_that_is_asked_too_early_changes_nothing() -> None:
    watch = Watch(INTERVAL_S, START)
    watch.take(START, 5.0)
    watch.take(START + 1, None)
    assert not watch.is_active
    assert watch.seen == START


def test_what_is_known_goes_on_in_another_configuration() -> None:
    watch = Watch(INTERVAL_S, START)
    for _ in range(4):
        watch.take(watch.due, None)
    again = watch.go_on(30)
    assert (again.is_active, again.takeovers, again.interval_s) == (True, 1, 30)
    assert (again.seen, again.due, again.changed) == (START, watch.due, START + 3 * INTERVAL_S)
    assert again.take(again.due, 1.0)
    assert not again.is_active
    assert watch.is_active
