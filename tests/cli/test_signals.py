"""Signals are noted at any moment, break off a set-up once, and never disturb the clearing up."""

from __future__ import annotations

import os
import signal
import threading

import pytest

from regiowacht.signals import Signals


def send(number: signal.Signals, times: int = 1) -> None:
    for _ in range(times):
        os.kill(os.getpid(), number)


def test_the_first_request_breaks_off_a_set_up_and_the_second_does_not() -> None:
    with Signals() as signals:
        with pytest.raises(KeyboardInterrupt):
            send(signal.SIGTERM)
        send(signal.SIGINT)
        assert signals.stop


def test_held_requests_end_the_waiting() -> None:
    with Signals() as signals:
        signals.hold()
        timer = threading.Timer(0.2, send, [signal.SIGINT])
        timer.start()
        rounds = 0
        while signals.pause():
            rounds += 1
            assert rounds < 100
        timer.join()
        assert rounds >= 1


def test_hundreds_of_signals_while_waiting_never_lock_up() -> None:
    with Signals() as signals:
        signals.hold()
        flood = threading.Thread(target=send, args=(signal.SIGHUP, 500))
        flood.start()
        for _ in range(5):
            assert signals.pause()
        flood.join()
        assert signals.reload
        assert not signals.stop


def test_what_was_there_before_is_there_again() -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]
    with Signals():
        assert signal.getsignal(signal.SIGINT) not in before
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)] == before
