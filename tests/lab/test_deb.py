"""The Debian packages on servers with systemd: installed, upgraded, one in the other's place, removed and purged."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from pack.kinds import AGENT_PACKAGE, COLLECTOR_PACKAGE
from tests.lab import reaper
from tests.lab.machine import Machine
from tests.lab.waiting import until
from tests.pack.debs import build
from tests.parts import need

if TYPE_CHECKING:
    from pathlib import Path

    from tests.lab.lab import Lab

pytestmark = [pytest.mark.systemd, pytest.mark.wheels, pytest.mark.timeout(600)]

AGENT, TIMER = "regiowacht-agent.service", "regiowacht-helper.timer"
SHOWN = "/packages"
OLDER = "0.0.9+py3.11"
CONFIG = """\
listen = "127.0.0.1:9780"
[asset]
gemeente = "zandbeke"
site = "stadhuis"
instance = "srv-deb"
[push]
url = "https://127.0.0.1:9"
interval_s = 1
credential = "/etc/regiowacht/token"
"""
"""An agent whose collector is never there: it keeps what it measures."""

EXAMPLE = "from regiowacht_inventory import example_path; print(example_path())"
OTHERS = re.compile(
    r"/(proc|sys|dev|run|tmp|var/tmp|var/log|var/lib/(dpkg|systemd|private)|var/cache/(ldconfig|debconf|man|private))(/|$)"
    r"|/etc/(\.pwd\.lock|machine-id|.*-)$|.*/__pycache__(/|$)"
)
"""What the system itself changes while it runs."""


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both packages, and the agent's with an older version number."""
    need("dpkg")
    folder = tmp_path_factory.mktemp("packages")
    for kind, version in ((AGENT_PACKAGE, OLDER), (AGENT_PACKAGE, None), (COLLECTOR_PACKAGE, None)):
        build(kind, folder, version)
    return folder


@pytest.fixture
def server(packages: Path, lab: Lab) -> Machine:
    """A server that sees the packages and has nothing of ours."""
    machine = Machine.boot("srv", lab.run_dir, lab.rootfs.server, binds={packages: SHOWN})
    lab.machines["srv"] = machine
    reaper.note(lab.run_dir, machine.top)
    machine.wait_booted()
    return machine


def files_of(machine: Machine) -> dict[str, str]:
    """Return type, mode, owner and content's size of everything on its disk that the system does not change itself."""
    words = ["find", "/", "-xdev", "-printf", "%p\\t%y %m %u:%g %s\\n"]
    told = dict(line.split("\t", 1) for line in machine.run(*words).stdout.splitlines())
    return {
        path: text.rpartition(" ")[0] if text[0] == "d" else text
        for path, text in told.items()
        if not OTHERS.match(path)
    }


def dpkg(machine: Machine, *words: str) -> str:
    done = machine.run("dpkg", *words, within_s=60)
    return done.stdout + done.stderr


def place(packages: Path, name: str, version: str = "") -> str:
    """Return where the server sees a package: of a version, else of the product's own."""
    (found,) = [path.name for path in packages.glob(f"{name}_*.deb") if (OLDER in path.name) == (version == OLDER)]
    return f"{SHOWN}/{found}"


def waiting(machine: Machine) -> tuple[int, float]:
    """Return the samples that the running agent has still to send, and the age of the oldest in seconds."""
    words = ("regiowacht", "agent", "status", "--config", "/etc/regiowacht/agent.toml", "--json")
    said = machine.run(*words, check=False).stdout
    push: dict[str, Any] = json.loads(said)["push"] if said else {}
    assert not push.get("samples_gone")
    assert not push.get("readings_damaged")
    return push.get("samples_waiting", 0), push.get("oldest_waiting_seconds") or 0.0


def begin(machine: Machine) -> None:
    """Have the agent measure for a collector that is not there, until some readings wait."""
    machine.write("/etc/regiowacht/agent.toml", CONFIG.encode())
    machine.write("/etc/regiowacht/token", b"not-a-real-token")
    machine.run("regiowacht", "agent", "check", "--config", "/etc/regiowacht/agent.toml", within_s=60)
    machine.run("regiowacht", "agent", "install", within_s=60)
    assert machine.is_active(AGENT)
    assert machine.is_active(TIMER)
    until(lambda: waiting(machine)[1] > 3, 30, "readings that wait")


def pid(machine: Machine) -> str:
    return machine.run("systemctl", "show", "--property=MainPID", AGENT).stdout


def test_an_agent_is_installed_upgraded_and_purged_and_loses_nothing_before_that(
    server: Machine, packages: Path
) -> None:
    before = files_of(server)
    dpkg(server, "--install", place(packages, "regiowacht-agent", OLDER))
    assert not server.is_active(AGENT)
    assert server.run("systemctl", "is-enabled", AGENT, check=False).stdout == "disabled\n"
    assert server.run("systemctl", "is-system-running").stdout == "running\n"
    assert "usage:" in server.run("/usr/bin/regiowacht", "agent", "--help", "--lang", "en").stdout
    assert server.run("find", "/usr/lib/regiowacht/lib", "-name", "main.*.pyc").stdout
    begin(server)

    had, old = waiting(server), pid(server)
    dpkg(server, "--install", place(packages, "regiowacht-agent"))
    assert server.is_active(AGENT)
    assert pid(server) != old
    until(lambda: waiting(server)[0] > had[0], 30, "all that waited before the upgrade, and more")
    assert waiting(server)[1] > had[1]
    assert dpkg(server, "--verify", "regiowacht-agent") == ""

    had = waiting(server)
    dpkg(server, "--remove", "regiowacht-agent")
    assert not server.is_active(AGENT)
    assert not [path for path in files_of(server) if path.startswith(("/usr/lib/regiowacht", "/usr/bin/regiowacht"))]
    dpkg(server, "--install", place(packages, "regiowacht-agent"))
    until(lambda: server.is_active(AGENT) and waiting(server)[0] > had[0], 30, "all that waited before the removal")

    dpkg(server, "--purge", "regiowacht-agent")
    assert files_of(server) == before
    assert server.run("systemctl", "is-system-running").stdout == "running\n"
    assert "regiowacht" not in server.run("systemctl", "list-units", "--all", "regiowacht*").stdout


def test_the_collector_takes_the_place_of_an_agent_that_runs_on(server: Machine, packages: Path) -> None:
    before = files_of(server)
    dpkg(server, "--install", place(packages, "regiowacht-agent"))
    begin(server)
    had = waiting(server)
    dpkg(server, "--install", place(packages, "regiowacht-collector"))
    until(lambda: server.is_active(AGENT) and waiting(server)[0] > had[0], 30, "all that waited before")

    dpkg(server, "--purge", "regiowacht-agent")
    assert server.is_active(AGENT)
    assert dpkg(server, "--verify", "regiowacht-collector") == ""
    found = server.run("/usr/lib/regiowacht/bin/python3", "-Ic", EXAMPLE).stdout.strip()
    server.run("regiowacht", "check", found, within_s=60)
    server.run("regiowacht", "collector", "render", "--region", found, "--out", "/tmp/rendered", within_s=60)
    server.run("sh", "-c", "cd /usr/share/regiowacht/packages && sha256sum --quiet --check SHA256SUMS", within_s=60)
    assert server.run("ls", "/usr/share/regiowacht/packages").stdout.count("regiowacht-") == 1

    dpkg(server, "--purge", "regiowacht-collector")
    assert files_of(server) == before
