"""The units on a real server: what their sandboxes keep out, and that an agent in its own measures as root would."""

from __future__ import annotations

import os
import re
import shlex
from importlib import resources
from typing import TYPE_CHECKING

import pytest

from regiowacht.services import units
from regiowacht_agent.config_file import load
from tests.lab import product, rootfs
from tests.lab.errors import LabError
from tests.lab.machine import Machine
from tests.lab.waiting import until
from tests.parts import missing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [pytest.mark.systemd, pytest.mark.timeout(900)]

EXPOSURE = {
    "agent": (units.AGENT, 1.8),
    "helper": (units.HELPER, 3.5),
    "collector": (units.COLLECTOR, 1.5),
    "audit": (units.AUDIT, 1.5),
}
"""Unit and the highest score that ``systemd-analyze security`` may give it."""

URL = "http://127.0.0.1:9780"
CONFIG = "/etc/regiowacht/agent.toml"
SETTINGS = """
[asset]
gemeente = "zandbeke"
site = "stadhuis"
instance = "srv"
[families]
processes = true
interrupts = true
tcpstat = true
[namedprocess]
groups = ["systemd=^systemd$"]
[certificates]
files = ["/root/own.pem"]
[backups]
files = ["nightly=/root/nightly.dump", "weekly=/home/klant/weekly.dump"]
[[relay]]
instance = "toestel"
site = "stadhuis"
url = "http://127.0.0.1:9999/metrics"
token = "file:/etc/regiowacht/secrets/toestel"
interval_s = 1
timeout_s = 1
[[probe]]
instance = "lijn"
site = "stadhuis"
laag = "connectiviteit"
kind = "icmp"
target = "127.0.0.1"
interval_s = 1
timeout_s = 1
"""
TOKEN = "not-a-real-token"
SOURCE = f"{product.PLACE}-src"
WRAPPER = f"""#!/bin/sh
PYTHONPATH={SOURCE} PYTHONDONTWRITEBYTECODE=1 exec /usr/bin/python3 -P -m regiowacht "$@"
"""
DEVICE = f"""
import http.server

class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        fits = self.headers.get("Authorization") == "Bearer {TOKEN}"
        body = b"own_metric 1\\n"
        self.send_response(200 if fits else 403)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Type", "text/plain")
        self.end_headers()
        self.wfile.write(body)

http.server.ThreadingHTTPServer(("127.0.0.1", 9999), Page).serve_forever()
"""
AS_ROOT = """
[Service]
Type=notify
Environment=REGIOWACHT_HELPER=/var/lib/regiowacht-helper
ExecStart={command}
"""
OTHERWISE = (
    r'node_tcp_connection_states\{state="[a-z0-9_]+"\}',  # the states of the connections that there are at that moment
)
"""Series that differ from one moment to the next, in the sandbox and outside."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """A server with the units of every room, and an agent that has its configuration in /etc."""
    try:
        lowerdir = rootfs.find().server
    except LabError as error:
        missing(str(error))
        raise
    folder = tmp_path_factory.mktemp("services") / f"regio-lab-test-{os.getpid()}"
    (folder / "product").mkdir(parents=True)
    product.copy_to(folder / "product")
    machine = Machine.boot("srv", folder, lowerdir, binds={folder / "product": SOURCE})
    try:
        machine.wait_booted()
        install(machine)
        yield machine
    finally:
        machine.close()


def install(machine: Machine) -> None:
    machine.run("mkdir", "-p", "-m", "755", f"{product.PLACE}/bin", "/etc/regiowacht")
    machine.run("mkdir", "-m", "700", "/etc/regiowacht/secrets")
    machine.run("chmod", "755", product.PLACE)
    machine.write(units.COMMAND, WRAPPER.encode(), mode="755")
    for name in (name for names in units.UNITS.values() for name in names):
        machine.write(f"/etc/systemd/system/{name}", units.render(name).encode())
    for unit in (units.AGENT, units.HELPER):
        text = (resources.files("regiowacht_agent") / f"units/scraped-{unit[11:-8]}.conf").read_bytes()
        machine.write(f"/etc/systemd/system/{unit}.d/scraped.conf", text)
    machine.write(CONFIG, SETTINGS.encode())
    machine.write("/etc/regiowacht/secrets/toestel", TOKEN.encode(), mode="600")
    machine.write("/opt/device.py", DEVICE.encode())
    machine.write("/etc/systemd/system/device.service", b"[Service]\nExecStart=/usr/bin/python3 /opt/device.py\n")
    machine.run("mount", "-t", "tmpfs", "-o", "size=11m", "tmpfs", "/home")
    machine.run("mkdir", "-p", "/home/klant", "/srv/readonly", "/srv/later")
    machine.run("mount", "-t", "tmpfs", "-o", "size=12m,ro", "tmpfs", "/srv/readonly")
    for file in ("/root/nightly.dump", "/home/klant/weekly.dump", "/root/own.pem"):
        machine.write(file, b"kept", mode="600")
    machine.run("systemctl", "daemon-reload")
    machine.run("systemctl", "start", "device")


def page(machine: Machine, path: str = "/metrics") -> dict[str, str]:
    """Return the series that the agent tells, with their values."""
    text = machine.run("curl", "-sf", URL + path).stdout
    return dict(row.rsplit(" ", 1) for row in text.splitlines() if not row.startswith("#"))


def restart(machine: Machine, unit: str = units.AGENT) -> None:
    machine.run("systemctl", "daemon-reload")
    machine.run("systemctl", "restart", unit, within_s=60)


def pid_of(machine: Machine) -> int:
    return int(machine.run("systemctl", "show", "--value", "--property=MainPID", units.AGENT).stdout)


def lasting(series: dict[str, str]) -> set[str]:
    return {one for one in series if not any(re.fullmatch(pattern, one) for pattern in OTHERWISE)}


def test_every_unit_is_understood_by_systemd(server: Machine) -> None:
    names = [f"/etc/systemd/system/{name}" for names in units.UNITS.values() for name in names]
    done = server.run("systemd-analyze", "verify", *names, within_s=60)
    assert (done.stdout, done.stderr) == ("", "")


@pytest.mark.parametrize("room", EXPOSURE)
def test_a_service_is_exposed_no_more_than_was_agreed(server: Machine, room: str) -> None:
    unit, highest = EXPOSURE[room]
    words = ("systemd-analyze", "security", "--offline=true", "--no-pager", f"/etc/systemd/system/{unit}")
    said = server.run(*words, within_s=60).stdout
    score = re.search(r"Overall exposure level for \S+: ([0-9.]+)", said)
    assert score is not None
    assert float(score[1]) <= highest, said


def test_the_agent_in_its_sandbox_with_its_helper_tells_the_series_that_root_tells(server: Machine) -> None:
    server.run("systemctl", "start", units.HELPER, within_s=60)
    restart(server)
    server.run("mount", "-t", "tmpfs", "-o", "size=13m", "tmpfs", "/srv/later")  # the sandbox was made before it
    boxed = page(server)
    server.run("systemctl", "stop", units.AGENT)

    command = server.run("systemctl", "show", "--value", "--property=ExecStart", units.AGENT).stdout
    words = re.search(r"argv\[\]=(.*?) ;", command)
    assert words is not None
    server.write("/etc/systemd/system/asroot.service", AS_ROOT.format(command=words[1]).encode())
    helper = shlex.split(f"{units.COMMAND} agent helper --config {CONFIG} --out /var/lib/regiowacht-helper")
    server.run("env", "REGIOWACHT_HELPER=/var/lib/regiowacht-helper", *helper, check=False, within_s=60)
    restart(server, "asroot")
    free = page(server)
    server.run("systemctl", "stop", "asroot")

    assert lasting(boxed) == lasting(free)
    assert {"node_timex_sync_status", "node_procs_running", "apt_autoremove_pending"} <= boxed.keys()
    assert 'regiowacht_backup_last_success_timestamp_seconds{backup="nightly"}' in boxed
    mounts = re.compile(r"node_filesystem_(readonly|size_bytes)\{.*")
    assert {one: boxed[one] for one in filter(mounts.fullmatch, boxed)} == {
        one: free[one] for one in filter(mounts.fullmatch, free)
    }
    size = 'node_filesystem_size_bytes{{device="tmpfs",mountpoint="{}",fstype="tmpfs"}}'
    places = {path: boxed[size.format(path)] for path in ("/home", "/srv/readonly", "/srv/later")}
    assert places == {"/home": str(11 << 20), "/srv/readonly": str(12 << 20), "/srv/later": str(13 << 20)}
    assert boxed['node_filesystem_readonly{device="tmpfs",mountpoint="/srv/readonly",fstype="tmpfs"}'] == "1"


def test_the_agent_has_no_right_and_writes_nowhere_but_in_its_state(server: Machine) -> None:
    restart(server)
    pid = str(pid_of(server))
    status = dict(row.split(":\t", 1) for row in server.read(f"/proc/{pid}/status").decode().splitlines())
    assert int(status["Uid"].split()[0]) >= 61184
    assert {name: status[name] for name in ("CapPrm", "CapEff", "CapBnd", "CapAmb", "NoNewPrivs", "Seccomp")} == {
        **dict.fromkeys(("CapPrm", "CapEff", "CapBnd", "CapAmb"), "0" * 16), "NoNewPrivs": "1", "Seccomp": "2",
    }  # fmt: skip
    user = status["Uid"].split()[0]
    inside = ("nsenter", f"--target={pid}", "--mount", "setpriv", f"--reuid={user}", "--clear-groups", "--no-new-privs")

    def may(*words: str) -> bool:
        return server.run(*inside, *words, check=False).returncode == 0

    assert may("touch", "/var/lib/regiowacht/x")
    assert may("cat", "/proc/1/mountinfo")
    for place in ("/etc/x", "/usr/x", "/home/x", "/srv/later/x", "/var/lib/regiowacht-helper/x"):
        assert not may("touch", place), place


def test_a_secret_is_read_through_the_credential_alone(server: Machine) -> None:
    restart(server)
    up = 'up{gemeente="zandbeke"'

    def relayed() -> list[str]:
        return [value for one, value in page(server, "/assets").items() if one.startswith(up) and "toestel" in one]

    until(lambda: relayed() == ["1"], 20, "the relayed page")
    pid = str(pid_of(server))
    user = server.run("stat", "--format=%u", f"/proc/{pid}").stdout.strip()
    inside = ("nsenter", f"--target={pid}", "--mount", "setpriv", f"--reuid={user}", "--clear-groups", "cat")
    place = f"/run/credentials/{units.AGENT}/secrets_toestel"
    assert server.run(*inside, place).stdout == TOKEN
    assert server.run(*inside, "/etc/regiowacht/secrets/toestel", check=False).returncode != 0
    assert server.run("setpriv", "--reuid=65534", "--clear-groups", "cat", place, check=False).returncode != 0
    assert TOKEN not in server.journal(units.AGENT)
    assert TOKEN not in server.run("ps", "-ewwo", "args").stdout


def test_a_new_configuration_is_taken_over_without_a_restart(server: Machine) -> None:
    restart(server)
    pid = pid_of(server)
    server.write(CONFIG, SETTINGS.replace("interrupts = true", "interrupts = false").encode())
    try:
        server.run("systemctl", "reload", units.AGENT)
        until(lambda: not any(one.startswith("node_interrupts_total") for one in page(server)), 20, "the reload")
        assert pid_of(server) == pid
        assert server.is_active(units.AGENT)
    finally:
        server.write(CONFIG, SETTINGS.encode())
        server.run("systemctl", "reload", units.AGENT)


def test_an_agent_that_stands_still_is_started_again(server: Machine) -> None:
    place = f"/etc/systemd/system/{units.AGENT}.d/zz-soon.conf"
    server.write(place, b"[Service]\nWatchdogSec=5s\nRestartSec=100ms\n")
    try:
        restart(server)
        before = pid_of(server)
        server.run("kill", "-STOP", str(before))
        until(lambda: pid_of(server) not in {0, before} and server.is_active(units.AGENT), 60, "another agent")
        assert "Watchdog timeout" in server.journal(units.AGENT)
    finally:
        server.run("rm", place)
        restart(server)


def test_ping_takes_the_drop_in_where_the_kernel_gives_the_right_to_few(server: Machine, tmp_path: Path) -> None:
    server.run("sysctl", "-q", "-w", "net.ipv4.ping_group_range=1 0")

    def pinged() -> list[str]:
        told = page(server, "/assets").items()
        return [value for one, value in told if one.startswith("probe_success{") and "lijn" in one]

    restart(server)
    until(lambda: pinged() == ["0"], 20, "a ping without the right to")
    name = f"{units.AGENT}.d/icmp.conf"
    (tmp_path / "agent.toml").write_text(SETTINGS)
    kernel = tmp_path / units.PING_RANGE
    kernel.parent.mkdir(parents=True)
    kernel.write_bytes(server.read(f"/{units.PING_RANGE}"))
    text = units.dropins(load(tmp_path / "agent.toml"), root=tmp_path)[name]
    server.write(f"/etc/systemd/system/{name}", text.encode())
    try:
        restart(server)
        until(lambda: pinged() == ["1"], 20, "a ping with the right to")
        status = server.read(f"/proc/{pid_of(server)}/status").decode()
        assert re.search(r"^CapBnd:\t0{12}2000$", status, re.MULTILINE)  # CAP_NET_RAW, and no other
    finally:
        server.run("rm", f"/etc/systemd/system/{name}")
