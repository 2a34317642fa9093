"""The process that pysnmp runs in: it brings what pysnmp brings, and nothing of it hangs, stays or shows secrets."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from regiowacht_agent.snmp import value as tags
from regiowacht_agent.snmp.credential import Community
from regiowacht_agent.snmp.failure import SnmpFailed
from regiowacht_agent.snmp.oid import parse_oid
from regiowacht_agent.snmp.pysnmp_engine import serving, worker_process, worker_session
from regiowacht_agent.snmp.pysnmp_engine.frames import frame
from regiowacht_agent.snmp.pysnmp_engine.plain import plain_target
from regiowacht_agent.snmp.pysnmp_engine.session import PysnmpSession
from regiowacht_agent.snmp.pysnmp_engine.worker_session import PysnmpWorker
from regiowacht_agent.snmp.session import Scalars, Target
from regiowacht_agent.snmp.value import Value
from tests.agent.snmp.snmpd import AUTH_SECRET, BOTH_SECURE, COMMUNITY, PRIV_SECRET, SYS_NAME, free_port

if TYPE_CHECKING:
    from collections.abc import Callable

    from regiowacht_agent.snmp.credential import Credential
    from tests.agent.snmp.snmpd import Snmpd

NAME = parse_oid("1.3.6.1.2.1.1.5.0")
COLUMNS = tuple(parse_oid(f"1.3.6.1.2.1.2.2.1.{column}") for column in (1, 2, 3, 7))
DEADLINE_S = 60.0
DAEMON = pytest.mark.snmp


def target(device: Snmpd, credential: Credential | None = None, **how: object) -> Target:
    """Return the device as a target with time enough for a busy machine."""
    how = {"port": device.port, "timeout_s": 20.0, "retries": 0, **how}
    return Target("127.0.0.1", credential or device.v2c, **how)  # type: ignore[arg-type]


def until(look: Callable[[], object]) -> None:
    """Wait for something to become true."""
    deadline = time.monotonic() + DEADLINE_S
    while not look():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def is_there(pid: int) -> bool:
    """Return whether a process lives, as a zombie too."""
    return Path(f"/proc/{pid}").exists()


def pid_of(worker: PysnmpWorker) -> int:
    """Return the process of a worker, 0 where there is none."""
    return worker.pid or 0


def script(text: str) -> tuple[str, ...]:
    """Return the command of a process that does something else than serve."""
    return (sys.executable, "-I", "-S", "-c", text)


def nowhere() -> Target:
    return Target("127.0.0.1", Community("2c", COMMUNITY), free_port(), timeout_s=20.0, retries=0)


def test_the_agent_s_end_loads_nothing_heavy() -> None:
    heavy = Path(__file__).parents[2].joinpath("heavy_modules.txt").read_text(encoding="ascii").split()
    say = f"import sys; sys.path[:] = {sys.path}; import {worker_session.__name__}; print(*sys.modules)"
    loaded = subprocess.run(script(say), capture_output=True, text=True, check=True, timeout=DEADLINE_S).stdout.split()
    assert worker_session.__name__ in loaded
    assert [name for name in loaded if name in heavy or name.startswith("pysnmp")] == []


@DAEMON
@pytest.mark.parametrize("version", ["1", "2c", "3"])
def test_it_brings_what_pysnmp_brings(snmpd: Snmpd, version: str) -> None:
    credential: Credential = BOTH_SECURE if version == "3" else Community(snmpd.v1.version, COMMUNITY)
    if version == "2c":
        credential = snmpd.v2c
    there = target(snmpd, credential)
    with closing(PysnmpWorker().session(there)) as one, closing(PysnmpSession(there)) as other:
        assert one.engine == other.engine
        assert one.get([NAME]) == other.get([NAME])
        assert one.get([NAME]).values[NAME].data == SYS_NAME.encode()
        assert one.columns(COLUMNS) == other.columns(COLUMNS)
        assert one.columns(COLUMNS[:1], rows_max=1).troubles[0].reason == "limit"
        assert one.effort.sent == one.effort.answered > other.effort.sent


@DAEMON
def test_secrets_stand_in_no_list_of_processes(snmpd: Snmpd) -> None:
    worker = PysnmpWorker()
    with closing(worker.session(target(snmpd, BOTH_SECURE))) as one:
        one.get([NAME])
        shown = Path(f"/proc/{worker.pid}/cmdline").read_bytes() + Path(f"/proc/{worker.pid}/environ").read_bytes()
    for secret in (AUTH_SECRET, PRIV_SECRET, COMMUNITY):
        assert secret not in shown


@DAEMON
def test_it_is_given_no_secret_of_the_agent_s_environment(snmpd: Snmpd, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OBVIOUSLY_FAKE_SECRET", "not-for-pysnmp")
    monkeypatch.setenv("LC_TIME", "C")
    worker = PysnmpWorker()
    with closing(worker.session(target(snmpd))) as session:
        session.get([NAME])
        given = Path(f"/proc/{worker.pid}/environ").read_bytes()
    assert b"not-for-pysnmp" not in given
    assert {b"LC_TIME=C", b"PATH=" + os.environb[b"PATH"]} <= set(given.split(b"\0"))


def test_the_process_is_there_as_long_as_a_session_is(snmpd: Snmpd) -> None:
    worker = PysnmpWorker()
    first, second = worker.session(target(snmpd)), worker.session(target(snmpd, BOTH_SECURE))
    assert not pid_of(worker)
    first.get([NAME])
    pid = pid_of(worker)
    assert pid
    first.close()
    first.close()
    assert second.get([NAME]).values
    assert pid_of(worker) == pid
    second.close()
    assert not pid_of(worker)
    until(lambda: not is_there(pid))
    with closing(worker.session(target(snmpd))) as third:
        assert third.get([NAME]).values
        assert pid_of(worker) not in {0, pid}


@DAEMON
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_another_one_is_started_when_it_died(snmpd: Snmpd, number: signal.Signals) -> None:
    worker = PysnmpWorker()
    with closing(worker.session(target(snmpd))) as one:
        one.get([NAME])
        pid = worker.pid
        assert pid is not None
        os.kill(pid, number)
        assert one.get([NAME]).values
        assert worker.pid not in {None, pid}
        until(lambda: not is_there(pid))


@DAEMON
def test_devices_are_asked_beside_each_other(snmpd: Snmpd) -> None:
    worker = PysnmpWorker()
    told: list[Scalars] = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as device:
        device.bind(("127.0.0.1", 0))
        device.settimeout(DEADLINE_S)
        slow = worker.session(target(snmpd, port=device.getsockname()[1], timeout_s=600.0))
        with closing(slow), closing(worker.session(target(snmpd))) as one:
            thread = threading.Thread(target=lambda: told.append(slow.get([NAME])))
            thread.start()
            question, address = device.recvfrom(2000)
            assert one.get([NAME]).values
            assert not told
            device.sendto(question.replace(b"\xa0", b"\xa2", 1), address)
            thread.join(DEADLINE_S)
    assert told == [Scalars({NAME: Value(tags.NULL, None)})]


def test_failures_come_through() -> None:
    with closing(PysnmpWorker().session(nowhere())) as one:
        with pytest.raises(SnmpFailed, match="Connection refused") as failed:
            one.get([NAME])
        assert failed.value.reason == "unreachable"
        assert one.effort.sent == 1


def test_one_that_hangs_is_killed() -> None:
    worker = PysnmpWorker(deadline_s=0.1, grace_s=0.1, command=script("import time; time.sleep(600)"))
    with closing(worker.session(nowhere())) as one:
        with pytest.raises(SnmpFailed, match="hangs") as failed:
            one.get([NAME])
        assert failed.value.reason == "internal"
        until(lambda: worker.pid is None)


@DAEMON
def test_one_that_stopped_is_killed_and_another_one_serves(snmpd: Snmpd) -> None:
    worker = PysnmpWorker()
    with closing(worker.session(target(snmpd))) as one:
        one.get([NAME])
        pid = worker.pid
        assert pid is not None
        os.kill(pid, signal.SIGSTOP)
        worker.deadline_s, worker._grace_s = 0.1, 0.1
        with pytest.raises(SnmpFailed, match="hangs"):
            one.get([NAME])
        worker.deadline_s, worker._grace_s = DEADLINE_S, DEADLINE_S
        assert one.get([NAME]).values
        assert not is_there(pid)


@pytest.mark.parametrize(
    "does",
    [
        "raise SystemExit(7)",
        "import os; os.write(1, b'\\0\\0\\0\\3abc'); os.read(0, 1); input()",
        "import os; os.write(1, b'\\xff' * 100)",
        "import os; os.write(1, b'\\0\\0\\0\\1N')",
        "import os; os.close(1); import time; time.sleep(600)",
    ],
    ids=["exit", "garbage", "length", "nothing", "closed"],
)
def test_one_that_is_broken_fails_the_question_alone(does: str) -> None:
    worker = PysnmpWorker(command=script(does))
    with closing(worker.session(nowhere())) as one, pytest.raises(SnmpFailed, match="ended") as failed:
        one.get([NAME])
    assert failed.value.reason == "internal"
    assert worker.pid is None


def test_one_that_reads_nothing_is_given_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_process, "WRITE_WITHIN_S", 0.2)
    worker = PysnmpWorker(command=script("import time; time.sleep(600)"))
    many = [(*NAME, number) for number in range(20_000)]
    with closing(worker.session(nowhere())) as one, pytest.raises(SnmpFailed, match="ended"):
        one.get(many)


def test_a_program_that_is_not_there_is_told() -> None:
    worker = PysnmpWorker(command=("/nonexistent/python",))
    with closing(worker.session(nowhere())) as one, pytest.raises(SnmpFailed, match="No such file") as failed:
        one.get([NAME])
    assert failed.value.reason == "internal"


def test_without_pysnmp_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    lean = [path for path in sys.path if "site-packages" not in path]
    monkeypatch.setattr(sys, "path", lean)
    with closing(PysnmpWorker().session(nowhere())) as one, pytest.raises(SnmpFailed, match=r"agent,snmp") as failed:
        one.get([NAME])
    assert failed.value.reason == "internal"


@DAEMON
def test_it_ends_with_its_input_whatever_it_is_doing(snmpd: Snmpd) -> None:
    reading, writing = os.pipe()
    command = [sys.executable, "-I", "-S", worker_session.PROGRAM]
    pid = os.posix_spawn(command[0], command, os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, reading, 0)])
    os.close(reading)
    silent = target(snmpd, Community("2c", b"wrong-not-a-secret"), timeout_s=600.0)
    os.write(writing, frame([*sys.path]) + frame((1, "get", plain_target(silent), 600.0, [NAME])))
    os.close(writing)
    assert os.waitpid(pid, 0)[1] == 0


@DAEMON
def test_no_descriptor_is_left(snmpd: Snmpd) -> None:
    def descriptors() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    before = descriptors()
    worker = PysnmpWorker()
    for _ in range(3):
        with closing(worker.session(target(snmpd))) as one:
            one.get([NAME])
    until(lambda: descriptors() == before)


def test_a_large_agent_makes_no_large_process() -> None:
    inner = f"import sys; sys.path[:] = {sys.path}; from {serving.__name__} import peak_kb; print(peak_kb())"
    outer = f"import subprocess, sys; large = bytearray(400 << 20); subprocess.run({list(script(inner))}, check=True)"
    told = subprocess.run(script(outer), capture_output=True, text=True, check=True, timeout=DEADLINE_S).stdout
    assert 1_000 < int(told) < serving.PEAK_MAX_KB
