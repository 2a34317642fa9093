"""pysnmp proves the fast engine on each device, asks in its place where it must, and is gone when nobody needs it."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

import psutil
import pytest

from regiowacht_agent.snmp import checking
from regiowacht_agent.snmp.checking import BACK_S, CHECKS_MAX, UNPROVEN_MAX_S
from regiowacht_agent.snmp.loop import NUMBER_MIN
from regiowacht_agent.snmp.proofs import FILE
from regiowacht_agent.snmp.pysnmp_engine.worker_session import PROGRAM, PysnmpWorker
from regiowacht_agent.snmp.value import Value
from tests.agent.snmp.asking import (
    Clock,
    asking,
    config_of,
    count_polls,
    entry,
    is_told,
    named,
    page_of,
    reason,
    samples,
    until,
)  # fmt: skip
from tests.agent.snmp.fake_agent import Agent, Quirks, Server, answer_community, serving
from tests.agent.snmp.poll.switch import ALIAS, SYSTEM, UPTIME, switch, text
from tests.agent.snmp.snmpd import AUTH_SECRET, BOTH_SECURE, COMMUNITY, PRIV_SECRET

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from regiowacht_agent.snmp.devices import Devices
    from regiowacht_agent.snmp.oid import Oid
    from tests.agent.snmp.snmpd import Snmpd

DESCRIPTION = (*SYSTEM, 1, 0)
OPER = "ifOperStatus"


class TwoFaced(Agent):
    """Answers pysnmp otherwise than the fast engine, whose numbers of questions are larger than any of pysnmp's.

    Attributes:
        truth: what it tells pysnmp instead.
        is_deaf: does not answer pysnmp at all.
        by_pysnmp: questions of pysnmp.
    """

    def __init__(self, objects: Mapping[Oid, Value], truth: Mapping[Oid, Value], *, is_deaf: bool = False) -> None:
        super().__init__(objects)
        self.truth = dict(truth)
        self.is_deaf = is_deaf
        self.by_pysnmp = 0
        self._lies = {oid: self.objects[oid] for oid in truth}

    def handle(self, pdu: bytes, *, is_v1: bool = False) -> bytes | None:
        """Answer one of the engines."""
        answer = super().handle(pdu, is_v1=is_v1)
        if self.asked[-1].number >= NUMBER_MIN:
            return answer
        self.by_pysnmp += 1
        if self.is_deaf or answer is None:
            return None
        self.objects.update(self.truth)
        try:
            return super().handle(pdu, is_v1=is_v1)
        finally:
            self.objects.update(self._lies)


@contextmanager
def two_faced(agent: TwoFaced) -> Iterator[int]:
    """Run such an agent; return its port."""
    with Server(answer_community(agent)).run() as server:
        yield server.port


def info(devices: Devices, instance: str) -> tuple[str, str]:
    """Return the engine that asked a device, and what the comparison came to."""
    found = [key for key in samples(page_of(devices)) if key[:2] == ("snmp_poll_engine_info", instance)]
    return (found[0][2], found[0][3]) if found else ("", "")


def has_ports(devices: Devices, instance: str) -> bool:
    """Return whether the page tells a device's own series, not only how it was asked."""
    return any(key[:2] == (OPER, instance) for key in samples(page_of(devices)))


def children() -> set[int]:
    """Return the processes of pysnmp that this process has started."""
    found = set()
    for child in psutil.Process().children():
        with contextlib.suppress(psutil.NoSuchProcess):
            if PROGRAM in child.cmdline():
                found.add(child.pid)
    return found


@pytest.fixture(autouse=True)
def leaves_no_process() -> Iterator[None]:
    """Every process of pysnmp ends with whoever needed it."""
    yield
    until(lambda: not children(), "a process is left")


@pytest.fixture
def sessions(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the hosts of the sessions with pysnmp that are opened from now on."""
    opened: list[str] = []
    real = PysnmpWorker.session

    def session(self: PysnmpWorker, target: object) -> object:
        opened.append(target.host)  # type: ignore[attr-defined] # a Target
        return real(self, target)  # type: ignore[arg-type] # likewise

    monkeypatch.setattr(PysnmpWorker, "session", session)
    return opened


@pytest.fixture
def in_haste(monkeypatch: pytest.MonkeyPatch) -> None:
    """A check that failed is made again at the next poll."""
    monkeypatch.setattr(checking, "AGAIN_S", 0.0)


def worker_of(monkeypatch: pytest.MonkeyPatch, program: str, **how: float) -> None:
    """Put another program in the place of pysnmp."""
    command = (sys.executable, "-I", "-S", "-c", program)
    monkeypatch.setattr(checking, "PysnmpWorker", lambda: PysnmpWorker(command=command, **how))


def test_a_device_tells_how_it_is_before_it_is_proven_and_everything_after(tmp_path: Path) -> None:
    held = threading.Event()
    agent = Agent(switch(range(1, 5)))

    def handle(datagram: bytes) -> bytes | None:
        answer = answer_community(agent)(datagram)
        if agent.asked[-1].number < NUMBER_MIN:
            held.wait(60)
        return answer

    with Server(handle).run() as server, asking(config_of(tmp_path, entry("sw", server.port))) as devices:
        until(lambda: info(devices, "sw") == ("fast", "pending"))
        told = samples(page_of(devices))
        assert told["up", "sw"] == 1
        assert told["snmp_poll_success", "sw"] == 0, "nothing of the device is told"
        assert told["snmp_poll_reason_info", "sw", "check", ""] == 1
        assert told["scrape_samples_scraped", "sw"] == 0
        assert not has_ports(devices, "sw")
        held.set()
        until(lambda: info(devices, "sw") == ("fast", "passed"))
        assert has_ports(devices, "sw")
        assert samples(page_of(devices))["snmp_poll_success", "sw"] == 1


def test_a_device_of_which_no_check_comes_to_an_end_is_told_unproven_and_proven_when_one_does(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    held, clock, agent = threading.Event(), Clock(), Agent(switch(range(1, 5)))

    def handle(datagram: bytes) -> bytes | None:
        answer = answer_community(agent)(datagram)
        return None if agent.asked[-1].number < NUMBER_MIN and not held.is_set() else answer

    with Server(handle).run() as server:
        config = config_of(tmp_path, entry("sw", server.port, timeout_s=2.0))
        with asking(config, clock=clock) as devices:
            one = named(devices, "sw")
            until(lambda: one.unproven is not None)
            assert info(devices, "sw") == ("fast", "pending")
            clock.ahead_s = UNPROVEN_MAX_S + 1
            until(lambda: info(devices, "sw") == ("fast", "impossible"))
            assert has_ports(devices, "sw")
            assert samples(page_of(devices))["snmp_poll_success", "sw"] == 1
            assert "event=snmp-check-impossible asset=sw " in caplog.text
            held.set()
            clock.ahead_s += BACK_S + 1
            until(lambda: info(devices, "sw") == ("fast", "passed"))


def test_a_difference_found_before_checks_came_to_an_end_no_more_is_pysnmp_s_to_read(tmp_path: Path) -> None:
    clock = Clock()
    agent = TwoFaced(switch(range(1, 5)), {(*ALIAS, 2): text("the truth")})
    with two_faced(agent) as port, asking(config_of(tmp_path, entry("sw", port)), clock=clock) as devices:
        one = named(devices, "sw")
        until(lambda: one.checks == 1)
        assert info(devices, "sw") == ("fast", "pending")
        one.check_after = clock() + BACK_S
        clock.ahead_s = UNPROVEN_MAX_S + 1
        until(lambda: info(devices, "sw") == ("pysnmp", "differs"))
        assert {key[2] for key in samples(page_of(devices)) if key[0] == OPER} >= {"the truth"}
        assert one.checks == 1


def test_a_proof_holds_over_a_restart_until_the_device_is_another(tmp_path: Path, sessions: list[str]) -> None:
    with serving(switch(range(1, 5))) as (agent, server):
        config = config_of(tmp_path, entry("sw", server.port))
        with asking(config) as devices:
            until(lambda: info(devices, "sw") == ("fast", "passed"))
            until(lambda: not children())
        assert len(sessions) == 1
        with asking(config) as devices:
            until(lambda: is_told(named(devices, "sw")))
            assert info(devices, "sw") == ("fast", "passed"), "from the first poll on"
            assert has_ports(devices, "sw")
            count_polls(named(devices, "sw"), 3)
            assert len(sessions) == 1
            proof = (tmp_path / "state" / FILE).read_text()
            agent.objects |= {DESCRIPTION: text("Fictional Switch 48, release 8"), UPTIME: Value(0x43, 5)}
            until(lambda: (tmp_path / "state" / FILE).read_text() != proof)
            assert len(sessions) == 2
        with asking(config) as devices:
            until(lambda: is_told(named(devices, "sw")))
            assert info(devices, "sw") == ("fast", "passed")
            assert len(sessions) == 2


@pytest.mark.usefixtures("in_haste")
def test_where_the_engines_differ_pysnmp_asks_until_they_agree_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    clock = Clock()
    agent = TwoFaced(switch(range(1, 5)), {(*ALIAS, 2): text("the truth")})
    with two_faced(agent) as port, asking(config_of(tmp_path, entry("sw", port)), clock=clock) as devices:
        one = named(devices, "sw")
        until(lambda: info(devices, "sw") == ("pysnmp", "differs"))
        told = samples(page_of(devices))
        aliases = {key[2] for key in told if key[0] == OPER}
        assert aliases == {"lokaal 1", "the truth", "lokaal 3", "lokaal 4"}
        assert told["snmp_poll_reason_info", "sw", "check", "1.3.6.1.2.1.31.1.1.1.18"] == 1
        assert told["snmp_poll_success", "sw"] == told["up", "sw"] == 1
        assert one.checks == CHECKS_MAX
        (said,) = [text for text in caplog.messages if "snmp-engine" in text]
        assert "engine=pysnmp" in said
        assert "1 of 4 rows differ" in said
        count_polls(one, 3)
        assert one.checks == CHECKS_MAX, "once a day is enough"
        clock.ahead_s = BACK_S + 1
        until(lambda: one.checks == CHECKS_MAX + 1)
        count_polls(one, 2)
        assert info(devices, "sw") == ("pysnmp", "differs")
        agent.truth.clear()
        clock.ahead_s = 2 * BACK_S + 2
        until(lambda: info(devices, "sw") == ("fast", "passed"))
        assert has_ports(devices, "sw")
        until(lambda: not children())


@pytest.mark.usefixtures("in_haste")
def test_a_device_that_pysnmp_cannot_read_is_the_fast_engine_s_and_holds_up_no_other(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    agents = [TwoFaced(switch([1]), {}, is_deaf=True) for _ in range(2)]
    with ExitStack() as stack:
        ports = [stack.enter_context(two_faced(agent)) for agent in agents]
        entries = [entry("deaf", ports[0], timeout_s=0.2), entry("deafer", ports[1], timeout_s=60)]
        good = [stack.enter_context(serving(switch([1])))[1].port for _ in range(4)]
        entries += [entry(f"good-{number}", port) for number, port in enumerate(good)]
        devices = stack.enter_context(asking(config_of(tmp_path, *entries)))
        until(lambda: agents[1].by_pysnmp)
        until(lambda: all(info(devices, f"good-{number}") == ("fast", "passed") for number in range(4)))
        until(lambda: info(devices, "deaf") == ("fast", "impossible"))
        assert has_ports(devices, "deaf")
        assert "event=snmp-check-impossible asset=deaf " in caplog.text
        assert info(devices, "deafer") == ("fast", "pending")
        count_polls(named(devices, "deafer"), 3)


@pytest.mark.parametrize(
    ("program", "why"),
    [("", "ended"), ("import time; time.sleep(600)", "hangs"), ("print('rubbish', flush=True)", "ended")],
    ids=["dies", "hangs", "mad"],
)
def test_without_a_pysnmp_that_works_the_fast_engine_serves_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, program: str, why: str
) -> None:
    worker_of(monkeypatch, program, deadline_s=0.2, grace_s=0.5)
    with serving(switch([1])) as (_agent, server), asking(config_of(tmp_path, entry("sw", server.port))) as devices:
        until(lambda: info(devices, "sw") == ("fast", "impossible"))
        assert has_ports(devices, "sw")
        assert samples(page_of(devices))["snmp_poll_success", "sw"] == 1
        count_polls(named(devices, "sw"), 3)
        (said,) = [text for text in caplog.messages if "snmp-check-impossible" in text]
        assert why in said


def test_a_pysnmp_that_is_not_there_is_said_where_it_was_chosen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    worker_of(monkeypatch, "")
    with ExitStack() as stack:
        ports = [stack.enter_context(serving(switch([1])))[1].port for _ in range(2)]
        entries = [entry("by-pysnmp", ports[0], engine="pysnmp"), entry("by-fast", ports[1], engine="fast")]
        devices = stack.enter_context(asking(config_of(tmp_path, *entries)))
        until(lambda: reason(named(devices, "by-pysnmp")) == "internal" and has_ports(devices, "by-fast"))
        told = samples(page_of(devices))
        assert ("up", "by-pysnmp") not in told, "it was not asked"
        assert told["snmp_poll_reason_info", "by-pysnmp", "internal", ""] == 1
        assert "event=snmp-failed asset=by-pysnmp at=agent reason=internal" in caplog.text
        assert info(devices, "by-fast") == ("fast", "none")


def test_what_pysnmp_asks_goes_on_when_its_process_is_killed(tmp_path: Path) -> None:
    quirks = Quirks()
    with serving(switch(range(1, 5)), quirks) as (agent, server):
        config = config_of(tmp_path, entry("sw", server.port, engine="pysnmp"))
        with asking(config) as devices:
            one = named(devices, "sw")
            until(lambda: is_told(one))
            assert info(devices, "sw") == ("pysnmp", "none")
            assert has_ports(devices, "sw")
            until(lambda: len(children()) == 1)
            (before,) = children()
            count_polls(one, 2)
            assert children() == {before}, "it stays"
            quirks.slow_every, quirks.slow_s = 1, 0.2
            asked = len(agent.asked)
            until(lambda: len(agent.asked) > asked)
            os.kill(before, signal.SIGKILL)
            quirks.slow_every = 0
            until(lambda: children() and before not in children())
            count_polls(one, 2)
            assert is_told(one)
        until(lambda: not children())


def test_a_device_that_the_fast_engine_cannot_read_is_tried_with_pysnmp_and_given_back(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    agent, clock = Agent(switch(range(1, 5))), Clock()
    answer = answer_community(agent)
    is_mad = True

    def handle(datagram: bytes) -> bytes | None:
        told = answer(datagram)
        return b"\x30\x05rubbish" if is_mad and agent.asked[-1].number >= NUMBER_MIN else told

    with ExitStack() as stack:
        server = stack.enter_context(Server(handle).run())
        entries = [entry("sw", server.port, timeout_s=0.3), entry("by-hand", server.port, timeout_s=0.3, engine="fast")]
        devices = stack.enter_context(asking(config_of(tmp_path, *entries), clock=clock))
        until(lambda: info(devices, "sw") == ("pysnmp", "differs"))
        assert has_ports(devices, "sw")
        assert samples(page_of(devices))["up", "sw"] == 1
        (said,) = [text for text in caplog.messages if "snmp-engine" in text]
        assert "the fast engine does not read it: format" in said
        assert reason(named(devices, "by-hand")) == "format", "what was chosen by hand stays"
        is_mad = False
        clock.ahead_s = BACK_S + 1
        until(lambda: info(devices, "sw") == ("fast", "passed"))
        assert has_ports(devices, "sw")


@pytest.mark.snmp
def test_a_real_snmpd_is_read_alike_by_both_engines(tmp_path: Path, snmpd: Snmpd) -> None:
    (tmp_path / "community").write_bytes(COMMUNITY)
    (tmp_path / "auth").write_bytes(AUTH_SECRET)
    (tmp_path / "priv").write_bytes(PRIV_SECRET)
    by_user = {
        "version": "3", "community": None, "user": BOTH_SECURE.name, "auth": "sha256", "priv": "aes128",
        "auth_secret": "file:{folder}/auth", "priv_secret": "file:{folder}/priv",
    }  # fmt: skip
    entries = [entry("v2c", snmpd.port, timeout_s=20.0), entry("v3", snmpd.port, timeout_s=20.0, **by_user)]
    entries += [entry("v1", snmpd.port, timeout_s=20.0, version="1")]
    with asking(config_of(tmp_path, *entries)) as devices:
        for name in ("v2c", "v3", "v1"):
            until(lambda name=name: info(devices, name)[1] in {"passed", "differs", "impossible"})  # type: ignore[misc]
            assert info(devices, name) == ("fast", "passed")
            assert has_ports(devices, name)


def test_both_engines_tell_the_same_series(tmp_path: Path) -> None:
    with serving(switch(range(1, 9))) as (_agent, server):
        entries = [entry(engine, server.port, engine=engine) for engine in ("fast", "pysnmp")]
        with asking(config_of(tmp_path, *entries, snmp='groups = ["all"]')) as devices:
            until(lambda: all(map(is_told, devices.asked)))
            told = samples(page_of(devices))
    own = ("snmp_", "scrape_", "regiowacht_")
    fast, pysnmp = (
        {(key[0], *key[2:]): value for key, value in told.items() if key[1] == one and not key[0].startswith(own)}
        for one in ("fast", "pysnmp")
    )
    assert len(fast) > 8 * 10
    assert fast == pysnmp


def test_a_reload_in_the_middle_of_a_check_leaves_no_thread_and_no_process(tmp_path: Path) -> None:
    agent = TwoFaced(switch([1]), {}, is_deaf=True)
    with two_faced(agent) as port:
        config = config_of(tmp_path, entry("sw", port, timeout_s=60))
        with asking(config) as first:
            until(lambda: agent.by_pysnmp)
        until(lambda: not [one for one in threading.enumerate() if one.name == "pysnmp"])
        until(lambda: not children())
        assert info(first, "sw") == ("fast", "pending"), "what was cut off says nothing"
        agent.is_deaf = False
        with asking(config, first) as second:
            until(lambda: info(second, "sw") == ("fast", "passed"))
            assert named(second, "sw") is named(first, "sw")
