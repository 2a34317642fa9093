"""A standby looks at real servers, and knows which poller it asks in place of."""

from __future__ import annotations

import socket
import time
from typing import TYPE_CHECKING

import pytest

from regiowacht_agent.config_file import load
from regiowacht_agent.log import LOGGER
from regiowacht_agent.polls.outcome import Failed
from regiowacht_agent.polls.url import Url
from regiowacht_agent.snmp.polling import age_of, word
from regiowacht_agent.snmp.standby import Asker, Standby, Watched, standby_of
from regiowacht_contract.defaults import POLLING_PATH
from tests.agent.polls.servers import answers, head_of, make_pki, page, tcp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from regiowacht_agent.config import Config

WITHIN_S = 60.0
INTERVAL_S = 20.0


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is logged."""
    told: list[str] = []
    monkeypatch.setattr(LOGGER, "tell", lambda _level, event: told.append(event))
    return told


@pytest.fixture
def stopped() -> Iterator[list[Standby]]:
    """What to stop when the test ends."""
    made: list[Standby] = []
    yield made
    for standby in made:
        standby.stop()


def _watched(
    port: int, scheme: str = "http", *, host: str = "127.0.0.1", interval_s: float = INTERVAL_S, **tls: str
) -> Watched:
    url = Url(scheme, host, port, POLLING_PATH)
    return Watched("srv-files", url, tls.get("ca", ""), tls.get("name", ""), interval_s)


def _until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + WITHIN_S
    while not condition():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.01)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def test_the_word_is_read_as_it_is_written() -> None:
    assert age_of(word(12.3456)) == pytest.approx(12.346)
    assert age_of(word(-0.001)) == 0
    assert age_of(word(None)) is None


@pytest.mark.parametrize("body", [b"", b"-1", b"nan", b"inf", b"1e3", b"12 s", b"<html>", b"1\n2\n", b"9" * 30])
def test_another_page_is_no_word(body: bytes) -> None:
    assert age_of(body) is None


def test_it_asks_for_the_one_page_and_reads_the_age() -> None:
    heads: list[bytes] = []

    def handle(sock: socket.socket) -> None:
        heads.append(head_of(sock))
        sock.sendall(page(word(3.5)))

    with tcp(handle) as port:
        assert Asker()(_watched(port)) == 3.5
    assert heads[0].startswith(f"GET {POLLING_PATH} HTTP/1.1\r\n".encode())


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (page("", code="404 Not Found"), "status"),
        (page(word(None)), "answer"),
        (page("ok"), "answer"),
        (page("9" * 1000), "answer"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "protocol"),
        (b"", "protocol"),
    ],
)
def test_what_does_not_say_that_it_polls_has_a_reason(answer: bytes, reason: str) -> None:
    with tcp(answers(answer)) as port, pytest.raises(Failed) as raised:
        Asker()(_watched(port))
    assert raised.value.reason == reason


def test_over_tls_the_certificate_is_checked_by_address_and_by_name(tmp_path: Path) -> None:
    pki = make_pki(tmp_path)
    with tcp(answers(page(word(1))), pki.context) as port:
        ask, ca = Asker(), str(pki.ca)
        assert ask(_watched(port, "https", ca=ca)) == 1
        assert ask(_watched(port, "https", ca=ca, name="localhost")) == 1
        for wrong in (_watched(port, "https", ca=ca, name="other.example"), _watched(port, "https")):
            with pytest.raises(Failed) as raised:
                ask(wrong)
            assert raised.value.reason == "tls"


def test_takes_over_after_three_intervals_and_hands_back_at_once_each_said_once(log: list[str]) -> None:
    clock, changes = Clock(), []
    ages = [b"none\n"]

    def handle(sock: socket.socket) -> None:
        head_of(sock)
        sock.sendall(page(ages[0]))

    with tcp(handle) as port:
        standby = Standby([_watched(port)], on_change=lambda: changes.append(clock.now), clock=clock)
        assert not standby.asks("srv-files")
        assert standby.since("srv-files") is None
        assert standby.asks("")
        assert standby.since("") == float("-inf")
        for _ in range(3):
            clock.now += standby.turn()
            assert not standby.asks("srv-files")
        standby.turn()
        assert (clock.now, standby.asks("srv-files")) == (1000 + 3 * INTERVAL_S, True)
        assert standby.since("srv-files") == clock.now
        for _ in range(20):
            clock.now += standby.turn()
        assert standby.told()[0][:2] == ("srv-files", True)
        ages[0] = word(2.0)
        clock.now += standby.turn()
        standby.turn()
        assert not standby.asks("srv-files")
        assert standby.since("srv-files") is None
    assert len(changes) == 2
    assert [event.partition(" ")[0] for event in log] == ["event=standby-takes-over", "event=standby-hands-back"]
    assert "poller=srv-files silent_s=60 " in log[0]


def test_what_it_tells_of_itself() -> None:
    clock = Clock()
    standby = Standby([_watched(_free_port())], clock=clock)
    standby.turn()
    clock.now += 5
    values = {(one.metric.name, *one.labels): one.value for one in standby.samples()}
    assert values == {
        ("regiowacht_agent_standby_active", "srv-files"): 0,
        ("regiowacht_agent_standby_silent_seconds", "srv-files"): 5,
        ("regiowacht_agent_standby_takeovers_total", "srv-files"): 0,
        ("regiowacht_agent_standby_failed", "srv-files", "unreachable"): 1,
    }


def test_whatever_breaks_is_silence_with_a_reason() -> None:
    def ask(_: Watched) -> float:
        raise ZeroDivisionError("oh")

    standby = Standby([_watched(1)], ask=ask, clock=Clock())
    standby.turn()
    assert standby.told()[0].reason == "internal"


def test_a_configuration_that_is_read_again_keeps_what_is_known_of_the_same_poller() -> None:
    clock = Clock()

    def ask(_: Watched) -> float:
        raise Failed("unreachable", "no")

    first = Standby([_watched(1)], ask=ask, clock=clock)
    for _ in range(4):
        clock.now += first.turn()
    assert first.asks("srv-files")
    same = Standby([_watched(1)], before=first, ask=ask, clock=clock)
    elsewhere = Standby([_watched(2)], before=first, ask=ask, clock=clock)
    assert same.asks("srv-files")
    assert not elsewhere.asks("srv-files")


def test_in_its_own_thread_it_follows_a_poller_that_goes_and_comes(stopped: list[Standby]) -> None:
    seen: list[bool] = []
    port = _free_port()
    standby = Standby([_watched(port, interval_s=0.2)], on_change=lambda: seen.append(standby.asks("srv-files")))
    stopped.append(standby)
    standby.start()
    _until(lambda: seen == [True])
    with socket.create_server(("127.0.0.1", port)) as listener:
        while seen == [True]:
            sock, _ = listener.accept()
            with sock:
                head_of(sock)
                sock.sendall(page(word(0.0)))
    assert seen[:2] == [True, False]
    _until(lambda: len(seen) > 2)  # and it went away once more


def test_after_a_stop_nothing_changes_and_the_thread_ends(stopped: list[Standby]) -> None:
    asked: list[float] = []

    def ask(_: Watched) -> float:
        asked.append(0)
        standby.stop()
        raise Failed("unreachable", "no")

    standby = Standby([_watched(1, interval_s=0.001)], ask=ask)
    stopped.append(standby)
    standby.start()
    _until(lambda: asked)
    assert standby.told()[0].reason == ""


def _config(tmp_path: Path, text: str) -> Config:
    path = tmp_path / "agent.toml"
    path.write_text('[asset]\ngemeente = "zandbeke"\n' + text, encoding="utf-8")
    return load(path)


def _device(name: str, more: str = "") -> str:
    about = f'[[device]]\ninstance = "{name}"\nsite = "s"\nlaag = "connectiviteit"\naddress = "10.0.0.1"\n'
    return f'{about}community = "env:FAKE"\n{more}'


def test_a_configuration_says_whom_to_watch_at_the_shortest_interval_of_the_devices(tmp_path: Path) -> None:
    text = (
        _device("sw-1", 'standby_of = "srv-files"\n')
        + _device("sw-2", 'standby_of = "srv-files"\ninterval_s = 30\n')
        + _device("sw-3", "interval_s = 5\n")
        + '[[poller]]\ninstance = "srv-files"\naddress = "fd00::1"\ntls = true\n'
        + 'ca = "/etc/ca.pem"\nname = "a.example"\n'
        + '[[poller]]\ninstance = "srv-other"\naddress = "10.0.0.9"\n'
    )
    standby = standby_of(_config(tmp_path, text))
    (watched,) = standby._watched.values()
    assert str(watched.url) == f"https://[fd00::1]:9780{POLLING_PATH}"
    assert watched[2:] == ("/etc/ca.pem", "a.example", 30)


def test_without_a_poller_there_is_nothing_to_watch_and_no_thread(tmp_path: Path) -> None:
    standby = standby_of(_config(tmp_path, _device("sw-1")))
    standby.start()
    assert standby.told() == []
    assert standby.asks("")
