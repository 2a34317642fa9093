"""The certificate is renewed in time, a failure is told and tried again later, and a gateway shows what came."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from regiowacht_collector.gateway.acme.awaited import Awaited
from regiowacht_collector.gateway.acme.keeping import Keeping
from regiowacht_collector.gateway.acme.renewing import LONGEST_PAUSE_S, Renewer, renewing
from regiowacht_collector.ports import free_port
from regiowacht_collector.tell import silent
from regiowacht_contract.errors import Unavailable
from tests.collector.gateway.acme.authority import NAME, QUARTER_S, Authority, authority, settings
from tests.collector.gateway.acme.limiting import between, limit
from tests.collector.live import until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from regiowacht_collector.gateway.acme.settings import AcmeSettings


class Clock:
    """A clock that a test turns."""

    def __init__(self) -> None:
        self.ahead_s = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead_s


class Told:
    """What was told, by key."""

    def __init__(self) -> None:
        self.keys: list[str] = []
        self.values: list[dict[str, object]] = []

    def __call__(self, key: str, /, **values: object) -> None:
        self.keys.append(key)
        self.values.append(values)


@pytest.fixture(scope="module")
def pebble(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    with authority(tmp_path_factory.mktemp("acme") / "pebble") as running:
        yield running


def away(at: Authority) -> AcmeSettings:
    return replace(settings(at), directory=f"https://127.0.0.1:{free_port()}/dir")


def test_it_is_due_with_a_third_left_and_when_something_else_is_wanted(pebble: Authority, tmp_path: Path) -> None:
    keeping, clock, told = Keeping(tmp_path), Clock(), Told()
    renewer = Renewer(settings(pebble), keeping, told, clock)
    assert renewer.due_in_s() == 0
    assert renewer.attempt() == 0
    assert told.keys == ["acme.issued"]
    clock.ahead_s = QUARTER_S * 0.6
    assert 0 < renewer.due_in_s() < QUARTER_S * 0.07
    clock.ahead_s = QUARTER_S * 0.67
    assert renewer.due_in_s() == 0
    clock.ahead_s = 0.0
    for other in (replace(settings(pebble), domains=(NAME, "two.example")), away(pebble)):
        assert Renewer(other, keeping, told, clock).due_in_s() == 0
    keeping.path.write_text("torn")
    assert renewer.due_in_s() == 0


def test_failures_are_told_counted_and_tried_later_and_later(pebble: Authority, tmp_path: Path) -> None:
    told = Told()
    renewer = Renewer(away(pebble), Keeping(tmp_path), told)
    assert [renewer.attempt() for _ in range(3)] == [120.0, 240.0, 480.0]
    assert renewer.failures == 3
    assert renewer.results == {"issued": 0, "unreachable": 3}
    assert renewer.last_failure is not None
    assert renewer.last_failure[1] == "unreachable"
    assert told.keys == ["acme.failed"] * 3
    assert [values["minutes"] for values in told.values] == [2, 4, 8]
    renewer.failures = 60
    assert renewer.attempt() == LONGEST_PAUSE_S


def test_what_a_rate_limit_asks_for_is_kept_and_the_next_success_forgets_it(pebble: Authority, tmp_path: Path) -> None:
    answers = limit("7200")
    with between(pebble, answers) as directory:
        renewer = Renewer(replace(settings(pebble), directory=directory), Keeping(tmp_path), silent)
        assert renewer.attempt() == 7200
        answers.clear()
        assert renewer.attempt() == 0
    assert (renewer.failures, renewer.results) == (0, {"issued": 1, "rate-limit": 1})


def test_a_wrong_clock_does_not_ask_without_end(pebble: Authority, tmp_path: Path) -> None:
    keeping, clock, told = Keeping(tmp_path), Clock(), Told()
    clock.ahead_s = QUARTER_S * 2.0
    renewer = Renewer(settings(pebble), keeping, told, clock)
    assert renewer.attempt() == 120
    assert (renewer.last_failure or (0, ""))[1] == "clock"
    assert keeping.kept() is not None


def test_a_file_of_authorities_that_cannot_be_used_is_told_at_the_start(pebble: Authority, tmp_path: Path) -> None:
    (tmp_path / "empty.pem").write_text("")
    for name, key in (("gone.pem", "acme.bad-ca"), ("empty.pem", "acme.empty-ca")):
        how = replace(settings(pebble), authority=tmp_path / name)
        with pytest.raises(Unavailable) as refused, renewing(how, Keeping(tmp_path), silent):
            pass
        assert refused.value.key == key
        assert refused.value.message("nl")


def test_it_begins_by_itself_and_stops_at_once(pebble: Authority, tmp_path: Path) -> None:
    told = Told()
    with renewing(away(pebble), Keeping(tmp_path), told) as renewer:
        until(lambda: told.keys == ["acme.waiting", "acme.failed"])
    assert "acme" not in {thread.name for thread in threading.enumerate()}
    assert renewer.failures == 1


def greeted(awaited: Awaited) -> bool:
    """Whether a client gets through its handshake."""
    here, there = socket.socketpair()
    client = ssl.create_default_context()
    client.check_hostname, client.verify_mode = False, ssl.CERT_NONE

    def greet() -> None:
        try:
            awaited.context().wrap_socket(there, server_side=True).close()
        except ssl.SSLError:
            there.close()

    with here, there:
        thread = threading.Thread(target=greet)
        thread.start()
        try:
            client.wrap_socket(here).close()
        except OSError:
            return False
        finally:
            thread.join()
    return True


def test_until_the_first_one_is_there_every_handshake_is_refused(pebble: Authority, tmp_path: Path) -> None:
    keeping = Keeping(tmp_path)
    awaited = Awaited(keeping.path)
    assert (awaited.ends_s, greeted(awaited)) == (None, False)
    keeping.path.write_text("torn")
    assert (awaited.ends_s, greeted(awaited)) == (None, False)
    Renewer(settings(pebble), keeping, silent).attempt()
    assert greeted(awaited)
    kept = keeping.kept()
    assert kept is not None
    assert awaited.ends_s == kept.ends_s
