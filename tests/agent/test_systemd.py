"""The family systemd over a bus that answers, one that hangs, and none; and in a server with a real systemd."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from regiowacht_agent.config_file import load
from regiowacht_agent.extra import systemd
from regiowacht_agent.family import Metrics
from regiowacht_agent.host import Host
from regiowacht_agent.reader import READERS, Reader, open_reader
from regiowacht_agent.reading import Readings
from tests.agent.fake_bus import MANAGER, FakeBus, object_of
from tests.lab import product, rootfs
from tests.lab.machine import Machine
from tests.lab.waiting import until

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator
    from pathlib import Path

UNITS = [
    ("ssh.service", "loaded", "active"),
    ("backup.service", "loaded", "failed"),
    ("gone.service", "not-found", "inactive"),
    ("backup.timer", "loaded", "active"),
    ("echo.socket", "loaded", "active"),
    ("home.mount", "loaded", "active"),
    ("odd\\x2dname@a.service", "loaded", "reloading"),
]
PROPERTIES = {
    (MANAGER, "Version"): ("s", "252.39-1~deb12u2"),
    (MANAGER, "Virtualization"): ("s", "kvm"),
    (MANAGER, "SystemState"): ("s", "degraded"),
    (MANAGER, "UnitsLoadTimestampMonotonic"): ("t", 7),
    (object_of("ssh.service"), "Type"): ("s", "notify"),
    (object_of("ssh.service"), "NRestarts"): ("u", 3),
    (object_of("ssh.service"), "TasksCurrent"): ("t", 5),
    (object_of("ssh.service"), "TasksMax"): ("t", 2**64 - 1),
    (object_of("ssh.service"), "ActiveEnterTimestamp"): ("t", 1_700_000_000_250_000),
    (object_of("backup.service"), "Type"): ("s", "oneshot"),
    (object_of("backup.timer"), "LastTriggerUSec"): ("t", 1_700_000_000_500_000),
    (object_of("echo.socket"), "NAccepted"): ("u", 12),
    (object_of("echo.socket"), "NConnections"): ("u", 1),
}


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


class Asked:
    """The family, asking the fake bus."""

    def __init__(self, root: Path, address: str, clock: Clock, **settings: object) -> None:
        config = load(None, {"paths.rootfs": str(root), **{f"systemd.{key}": value for key, value in settings.items()}})
        family = systemd.Systemd(config, Metrics.of("systemd"), address, clock)
        self.readings = Readings(Reader("proc", Host(), {"systemd": family}))

    def rows(self) -> list[str]:
        told = "".join(block.text() for block in self.readings.take())
        return [row for row in told.splitlines() if row.startswith("node_systemd_")]

    @property
    def outcome(self) -> tuple[str, str]:
        outcome = self.readings.outcomes[0]
        return outcome.state, outcome.reason


Ask = Callable[..., Asked]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "root/run/systemd/system").mkdir(parents=True)
    return tmp_path / "root"


@pytest.fixture
def ask(root: Path, clock: Clock) -> Iterator[Ask]:
    made: list[Asked] = []

    def start(address: str, **settings: object) -> Asked:
        made.append(Asked(root, address, clock, **settings))
        return made[-1]

    yield start
    for asked in made:
        asked.readings.reader.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[FakeBus]:
    running = FakeBus(tmp_path, list(UNITS), dict(PROPERTIES))
    yield running
    running.end()


def states(rows: list[str]) -> dict[str, str]:
    """Return the state that each unit is in, and its type after a slash."""
    found = {}
    for row in rows:
        match = re.fullmatch(r'node_systemd_unit_state\{name="(.*)",state="(.*)",type="(.*)"\} 1', row)
        if match:
            found[match[1]] = f"{match[2]}/{match[3]}"
    return found


def test_units_are_told_as_node_exporter_tells_them(bus: FakeBus, ask: Ask) -> None:
    asked = ask(bus.address)
    rows = asked.rows()
    assert asked.outcome == ("ok", "")
    assert states(rows) == {
        "ssh.service": "active/notify",
        "backup.service": "failed/oneshot",
        "backup.timer": "active/",
        "echo.socket": "active/",
    }
    assert sum("ssh.service" in row for row in rows) == 5, "each of the five states, and nothing else by default"
    assert 'node_systemd_unit_state{name="odd\\\\x2dname@a.service",state="failed",type=""} 0' in rows
    assert [row for row in rows if "unit_state" not in row] == [
        'node_systemd_socket_accepted_connections_total{name="echo.socket"} 12',
        'node_systemd_socket_current_connections{name="echo.socket"} 1',
        "node_systemd_system_running 0",
        'node_systemd_timer_last_trigger_seconds{name="backup.timer"} 1700000000.5',
        'node_systemd_units{state="active"} 4',
        'node_systemd_units{state="activating"} 0',
        'node_systemd_units{state="deactivating"} 0',
        'node_systemd_units{state="inactive"} 1',
        'node_systemd_units{state="failed"} 1',
        'node_systemd_units{state="reloading"} 1',
        'node_systemd_version{version="252.39-1~deb12u2"} 252.39',
        'node_systemd_virtualization_info{virtualization_type="kvm"} 1',
    ]


def test_what_is_off_by_default_can_be_switched_on(bus: FakeBus, ask: Ask) -> None:
    on = {f"enable_{name}_metrics": True for name in ("restarts", "start_time", "task")}
    rows = ask(bus.address, **on).rows()
    assert 'node_systemd_service_restart_total{name="ssh.service"} 3' in rows
    assert 'node_systemd_unit_tasks_current{name="ssh.service"} 5' in rows
    assert not [row for row in rows if "tasks_max" in row], "without a limit none is told"
    assert 'node_systemd_unit_start_time_seconds{name="ssh.service"} 1700000000.25' in rows
    assert 'node_systemd_unit_start_time_seconds{name="backup.service"} 0' in rows


def test_include_and_exclude_hold_together_on_the_whole_name(bus: FakeBus, ask: Ask) -> None:
    settings = {"unit_include": r"(ssh|backup|home)\..+", "unit_exclude": r".+\.timer|back"}
    rows = ask(bus.address, **settings).rows()
    assert set(states(rows)) == {"ssh.service", "backup.service", "home.mount"}


def test_types_are_asked_again_after_a_reload_alone(bus: FakeBus, ask: Ask) -> None:
    asked = ask(bus.address)
    asked.rows()
    asked.rows()
    assert bus.asked.count("Type") == 3
    bus.units.append(("new.service", "loaded", "active"))
    asked.rows()
    assert bus.asked.count("Type") == 4
    bus.properties[MANAGER, "UnitsLoadTimestampMonotonic"] = ("t", 8)
    bus.properties[object_of("ssh.service"), "Type"] = ("s", "simple")
    assert states(asked.rows())["ssh.service"] == "active/simple"
    del bus.properties[MANAGER, "UnitsLoadTimestampMonotonic"]
    bus.properties[object_of("ssh.service"), "Type"] = ("s", "exec")
    assert states(asked.rows())["ssh.service"] == "active/exec"
    bus.properties[object_of("ssh.service"), "Type"] = ("s", "forking")
    assert states(asked.rows())["ssh.service"] == "active/forking", "an older systemd is asked each time"


def test_units_that_come_and_go_are_not_remembered(bus: FakeBus, ask: Ask) -> None:
    asked = ask(bus.address)
    for number in range(20):
        bus.units[:] = [*UNITS, (f"run-u{number}.service", "loaded", "active")]
        asked.rows()
    family = asked.readings.reader.families["systemd"]
    assert isinstance(family, systemd.Systemd)
    assert family._manager is not None
    assert len(family._manager._types) <= 9
    assert bus.asked.count("Type") == 23, "and those that stay are asked once"


def test_hundreds_of_units_are_asked_in_turns(bus: FakeBus, ask: Ask) -> None:
    bus.units[:] = [(f"s{number}.service", "loaded", "active") for number in range(400)]
    bus.properties |= {(object_of(name), "Type"): ("s", name[:-8]) for name, _, _ in bus.units}
    rows = ask(bus.address).rows()
    assert states(rows) == {name: f"active/{name[:-8]}" for name, _, _ in bus.units}


def test_a_bus_started_anew_is_asked_in_the_same_reading(bus: FakeBus, ask: Ask) -> None:
    asked = ask(bus.address)
    asked.rows()
    asked.rows()
    assert bus.logins == 1
    bus.drop_clients()
    assert states(asked.rows())
    assert (asked.outcome, bus.logins) == (("ok", ""), 2)


@pytest.mark.parametrize("where", ["login", "Hello", "ListUnits", "Type", "LastTriggerUSec"])
def test_a_bus_that_hangs_is_left_alone_for_a_while(
    bus: FakeBus, ask: Ask, clock: Clock, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    monkeypatch.setattr(systemd, "TIMEOUT_S", 0.2)
    asked = ask(bus.address)
    asked.rows()
    bus.drop_clients()
    bus.hang_at = where
    bus.properties[MANAGER, "UnitsLoadTimestampMonotonic"] = ("t", 9)
    assert asked.rows() == []
    assert asked.outcome == ("failed", "Silent: no answer within 0.2 s")
    bus.hang_at = ""
    logins = bus.logins
    assert asked.rows() == []
    assert asked.outcome[1].startswith("NotAsked: the system bus did not answer; asked again in 60 s")
    assert bus.logins == logins
    clock.now += systemd.ASK_AGAIN_S
    assert states(asked.rows())
    assert asked.outcome == ("ok", "")


@pytest.mark.parametrize(
    ("refuse", "reason"),
    [
        ("login", "AuthenticationError"),
        ("user", "Refusal: .*DynamicUser= alone; give the unit a User= that exists"),
        ("Hello", "Refusal: .*AccessDenied"),
        ("ListUnits", "Refusal: .*AccessDenied"),
    ],
)
def test_a_bus_that_refuses_says_so(bus: FakeBus, ask: Ask, refuse: str, reason: str) -> None:
    bus.refuse = refuse
    asked = ask(bus.address)
    assert asked.rows() == []
    assert asked.outcome[0] == "failed"
    assert re.match(reason, asked.outcome[1])
    bus.refuse = ""
    assert states(asked.rows()), "it is asked again at the next reading"


def test_without_a_bus_the_family_fails_alone(tmp_path: Path, ask: Ask) -> None:
    asked = ask(f"unix:path={tmp_path}/none")
    assert asked.rows() == []
    assert asked.outcome == ("failed", "FileNotFoundError: [Errno 2] No such file or directory")


def test_without_systemd_there_is_nothing_to_tell(tmp_path: Path, clock: Clock) -> None:
    asked = Asked(tmp_path, "unix:path=/none", clock)
    assert asked.rows() == []
    assert asked.outcome == ("no-data", "systemd does not run this machine")


def test_a_closed_reader_has_closed_its_connection(bus: FakeBus, ask: Ask) -> None:
    asked = ask(bus.address)
    asked.rows()
    reader = asked.readings.reader
    reader.close()
    until(lambda: bus.open_connections == 0, 5, "the connection to end")
    assert states(asked.rows())


@pytest.mark.parametrize("reader", READERS)
def test_both_readers_have_it_and_it_is_off_by_default(reader: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DBUS_SYSTEM_BUS_ADDRESS", raising=False)
    assert "systemd" not in open_reader(load(None, {"reader": reader})).families
    assert "systemd" in open_reader(load(None, {"reader": reader, "families.systemd": True})).families


# In a server with systemd as PID 1.

FAILING = b"[Service]\nExecStart=/bin/false\nRestart=on-failure\nRestartSec=20ms\nStartLimitBurst=4\n"
TIMER = b"[Timer]\nOnActiveSec=10ms\nAccuracySec=1ms\nUnit=fine.service\n"
FILES = {
    "/etc/systemd/system/failing.service": FAILING,
    "/etc/systemd/system/fine.service": b"[Service]\nType=oneshot\nExecStart=/bin/true\nRemainAfterExit=yes\n",
    "/etc/systemd/system/soon.timer": TIMER,
    "/etc/systemd/system/echo.socket": b"[Socket]\nListenStream=127.0.0.1:9999\nAccept=yes\n",
    "/etc/systemd/system/echo@.service": b"[Service]\nExecStart=/bin/cat\nStandardInput=socket\n",
}
ON = ("--collector.disable-defaults", "--collector.systemd", "--collector.systemd.enable-restarts-metrics")
NOBODY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    run_dir = tmp_path_factory.mktemp("systemd") / f"regio-lab-test-{os.getpid()}"
    folder = run_dir / "product"
    folder.mkdir(parents=True)
    product.copy_to(folder)
    machine = Machine.boot("units", run_dir, rootfs.find().server, files=FILES, binds={folder: product.PLACE})
    try:
        machine.wait_booted()
        machine.run("systemctl", "start", "soon.timer", "echo.socket")
        machine.run("systemctl", "start", "failing", check=False)
        until(
            lambda: machine.run("systemctl", "is-failed", "failing", check=False).stdout == "failed\n", 5, "a failure"
        )
        until(lambda: machine.is_active("fine"), 5, "the timer to go off")
        yield machine
    finally:
        machine.close()


def once(server: Machine, *words: str) -> dict[str, float]:
    """Return one reading as an ordinary user takes it in the server."""
    environment = [f"{name}={value}" for name, value in product.ENVIRONMENT.items()]
    told = server.run("env", *environment, *NOBODY, *product.COMMAND, "once", *ON, *words).stdout
    pairs = (row.rsplit(" ", 1) for row in told.splitlines() if row.startswith("node_systemd_"))
    return {name: float(number) for name, number in pairs}


def shown(server: Machine, unit: str, name: str) -> str:
    return server.run("systemctl", "show", f"--property={name}", "--value", "--timestamp=us+utc", unit).stdout.strip()


@pytest.mark.systemd
def test_a_real_systemd_is_told_as_systemctl_tells_it(server: Machine) -> None:
    told = once(server)
    assert told["node_systemd_system_running"] == 0, "a unit failed"
    assert told['node_systemd_unit_state{name="failing.service",state="failed",type="simple"}'] == 1
    assert told['node_systemd_unit_state{name="fine.service",state="active",type="oneshot"}'] == 1
    restarts = float(shown(server, "failing.service", "NRestarts"))
    assert told['node_systemd_service_restart_total{name="failing.service"}'] == restarts > 0
    assert told['node_systemd_timer_last_trigger_seconds{name="soon.timer"}'] > 1_700_000_000
    assert told['node_systemd_socket_current_connections{name="echo.socket"}'] == 0
    version = server.run("systemctl", "--version").stdout.split()[1]
    assert next(value for name, value in told.items() if name.startswith("node_systemd_version{")) >= float(version)
    listed = [
        row.split()
        for row in server.run("systemctl", "list-units", "--all", "--plain", "--no-legend").stdout.splitlines()
    ]
    wanted = {
        row[0]: row[2]
        for row in listed
        if row[1] == "loaded" and not re.fullmatch(r".+\.(automount|device|mount|scope|slice)", row[0])
    }
    found: dict[str, Any] = {}
    for series, value in told.items():
        match = re.fullmatch(r'node_systemd_unit_state\{name="(.*)",state="(.*)",type=".*"\}', series)
        if match and value:
            found[match[1].replace("\\\\", "\\")] = match[2]
    assert found == wanted


@pytest.mark.systemd
def test_connections_of_a_socket_are_counted(server: Machine) -> None:
    accepted = 'node_systemd_socket_accepted_connections_total{name="echo.socket"}'
    before = once(server)[accepted]
    server.run("python3", "-c", "import socket; socket.create_connection(('127.0.0.1', 9999)).close()")
    until(lambda: once(server)[accepted] == before + 1, 5, "the connection to be counted")


@pytest.mark.systemd
def test_a_running_agent_sees_a_daemon_reload_and_outlives_the_bus(server: Machine) -> None:
    words = " ".join([*product.COMMAND, "run", *ON])
    lines = [f"Environment={name}={value}" for name, value in product.ENVIRONMENT.items()]
    unit = "\n".join(["[Service]", "Type=notify", "User=nobody", "ProtectSystem=strict", *lines, f"ExecStart={words}"])
    server.write("/etc/systemd/system/agent.service", f"{unit}\n".encode())
    server.run("systemctl", "daemon-reload")
    server.run("systemctl", "start", "agent")

    def scraped(begin: str) -> str:
        page = server.run("curl", "-sf", "http://127.0.0.1:9780/metrics").stdout
        return "\n".join(row for row in page.splitlines() if row.startswith(begin))

    state = 'node_systemd_unit_state{name="fine.service",state="active"'
    assert scraped(state) == f'{state},type="oneshot"}} 1'
    server.write("/etc/systemd/system/fine.service", b"[Service]\nType=exec\nExecStart=/bin/sleep 600\n")
    server.run("systemctl", "daemon-reload")
    assert 'type="exec"' in scraped(state)
    server.run("systemctl", "restart", "dbus.service")
    until(lambda: scraped(state) != "", 10, "systemd to be asked over the new bus")
    assert scraped("regiowacht_agent_family_failing") == 'regiowacht_agent_family_failing{collector="systemd"} 0'
    server.run("systemctl", "stop", "agent")


@pytest.mark.systemd
def test_a_dynamic_user_needs_a_name_that_exists(server: Machine) -> None:
    environment = [f"--setenv={name}={value}" for name, value in product.ENVIRONMENT.items()]
    words = ["systemd-run", "--wait", "--pipe", "--collect", "--quiet", "--property=DynamicUser=yes", *environment]

    def told(*properties: str) -> subprocess.CompletedProcess[str]:
        return server.run(*words, *properties, *product.COMMAND, "once", *ON, check=False)

    alone = told()
    assert "DynamicUser= alone; give the unit a User= that exists" in alone.stderr
    assert "node_systemd_unit_state" not in alone.stdout
    named = told("--property=User=nobody")
    assert "family-failed" not in named.stderr
    assert "node_systemd_unit_state" in named.stdout
