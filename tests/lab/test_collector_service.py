"""``collector install`` on a machine with systemd, and what it prints pasted on another that has nothing."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from regiowacht_collector.gateway.installing import on_server
from regiowacht_collector.gateway.installing.script import Asked, plan
from regiowacht_collector.gateway.installing.wheels import wheels_of
from regiowacht_contract.defaults import GATEWAY_PORT, PROMETHEUS_PORT
from tests.collector.authority import Authority
from tests.lab import reaper
from tests.lab.links import End
from tests.lab.machine import Machine
from tests.lab.plan import FOLDER
from tests.lab.waiting import until
from tests.lab.wheelhouse import wheelhouse
from tests.parts import need

if TYPE_CHECKING:
    import subprocess

    from tests.lab.lab import Lab

pytestmark = [pytest.mark.lab, pytest.mark.systemd, pytest.mark.tools, pytest.mark.timeout(900)]

GEMEENTE, SERVER, COLLECTOR = "zandbeke", "srv-zandbeke", "col"
UNIT, AGENT = "regiowacht-collector.service", "regiowacht-agent.service"
NEAR, OWN = "10.12.0.1", "10.12.0.10"
URL = f"https://{NEAR}:{GATEWAY_PORT}"
COMMAND, DATA = "/opt/regiowacht/bin/regiowacht", "/var/lib/regiowacht-collector"
CERTIFICATE, KEY, CA = "/etc/ssl/gateway.pem", "/etc/regiowacht/secrets/gateway.key", "/etc/ssl/region.pem"
OPTIONS = (
    *("--engine", "/opt/engine/prometheus", "--scrape-interval", "1", "--gateway-listen", f"{NEAR}:{GATEWAY_PORT}"),
    *("--gateway-certificate", CERTIFICATE, "--gateway-key", KEY, "--gateway-authority", CA),
)
FILES = "find /etc /opt /var/lib /var/cache /usr /root -xdev -not -path '/opt/wheels*' -not -path '/opt/engine*' \
-not -path '/var/lib/systemd/*' -not -name __pycache__ -not -name '*.pyc' -printf '%p %m %U %l\\n' | sort"


@dataclass
class Site:
    """Two machines with systemd on one network: one has the program, the other nothing."""

    collector: Machine
    server: Machine

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run ``regiowacht collector`` on the collector's machine."""
        return self.collector.run(COMMAND, "collector", *words, "--lang", "en", check=False, within_s=120)

    def install(self, *words: str) -> dict[str, Any]:
        """Install the collector, and return what it says."""
        done = self.run("install", "--packages", "/opt/wheels", "--json", *words)
        assert done.returncode == 0, done.stdout + done.stderr
        told: dict[str, Any] = json.loads(done.stdout)
        return told

    def ask(self, query: str) -> list[Any]:
        """Return what the engine finds."""
        url = f"http://127.0.0.1:{PROMETHEUS_PORT}/api/v1/query"
        done = self.collector.run("curl", "-sG", url, "--data-urlencode", f"query={query}", check=False)
        return json.loads(done.stdout)["data"]["result"] if done.returncode == 0 else []

    def files(self) -> set[str]:
        """Return every file on the collector's disk that a person or program put there."""
        return set(self.collector.run("sh", "-c", FILES).stdout.splitlines())


@pytest.fixture
def site(lab: Lab, tmp_path: Path) -> Site:
    lab.add_hosts({COLLECTOR: "server", SERVER: "server"}, {})
    near, far = (End(lab.hosts[name], "eth0", f"{at}/24") for name, at in ((COLLECTOR, NEAR), (SERVER, OWN)))
    lab.add_cable("lan", near, far)
    authority = Authority(tmp_path)
    certificate, key = authority.issue(NEAR)
    files = {CERTIFICATE: Path(certificate).read_bytes(), CA: authority.ca.read_bytes()}
    files |= {f"/etc/regiowacht/region/{path}": content for path, content in _region().items()}
    binds = {wheelhouse(): "/opt/wheels", Path(need("prometheus")).resolve().parent: "/opt/engine"}
    made = []
    for name, told, seen in ((COLLECTOR, files, binds), (SERVER, {}, {})):
        machine = Machine.boot(name, lab.run_dir, lab.rootfs.server, lab.hosts[name].pid, files=told, binds=seen)
        lab.machines[name] = machine
        reaper.note(lab.run_dir, machine.top)
        made.append(machine)
    for machine in made:
        machine.wait_booted()
    made[0].run("chmod", "-R", "a+rX", "/etc/regiowacht")
    made[0].run("install", "-d", "-m", "700", "/etc/regiowacht/secrets")
    made[0].write(KEY, Path(key).read_bytes(), mode="600")
    _put_program(made[0])
    return Site(*made)


def _region() -> dict[str, bytes]:
    found = {path.relative_to(FOLDER).as_posix(): path.read_bytes() for path in FOLDER.rglob("*") if path.is_file()}
    text, count = re.subn("(?m)^  url: .*$", f"  url: {URL}", found["region.yml"].decode())
    assert count == 1
    return found | {"region.yml": f"{text}\nagent: {{deliver: push, interval: 5s}}\n".encode()}


def _put_program(machine: Machine) -> None:
    """Make /opt/regiowacht from the wheels alone, as the installer does, with every extra."""
    told = plan(Asked("i-0", "", "https://nobody.invalid", "", "en"), wheels_of(wheelhouse(), ("all",)))
    machine.write("/opt/work/plan.json", told.encode())
    machine.write("/opt/work/on_server.py", (resources.files(on_server.__package__) / "on_server.py").read_bytes())
    machine.run("cp", "-r", "/opt/wheels", "/opt/work/packages")
    machine.run(
        "python3", "-I", "/opt/work/on_server.py", "/opt/work/plan.json", "/opt/work", "/opt/regiowacht", within_s=120
    )
    machine.run("rm", "-r", "/opt/work")


def test_two_lines_from_two_empty_machines_to_a_server_that_is_seen(site: Site) -> None:
    before = site.files()
    told = site.install(*OPTIONS, "--invite", SERVER)
    assert told["changed"]
    assert site.collector.is_active(UNIT)
    (invitation,) = told["invitations"]
    assert (invitation["gemeente"], invitation["server"]) == (GEMEENTE, SERVER)
    pasted = site.server.run("bash", "-c", invitation["line"], check=False, within_s=120)
    assert pasted.returncode == 0, pasted.stdout + pasted.stderr
    assert site.server.is_active(AGENT)
    until(lambda: site.ask(f'up{{instance="{SERVER}"}}'), 10, "the server to be seen")

    installed = site.files()
    for words in ((), OPTIONS):
        again = site.install(*words)
        assert not again["changed"], again["changes"]
    assert not [line for line in site.files() ^ installed if "/storage/" not in line and "collector.json" not in line]

    owners = site.collector.run("find", f"{DATA}/gateway/", f"{DATA}/packages/", "-printf", "%U %f\n").stdout
    assert {line.split()[0] for line in owners.splitlines()} == {owners.split()[0]} != {"0"}
    site.collector.run("systemctl", "restart", UNIT, within_s=60)
    assert site.collector.is_active(UNIT)

    removed = site.run("remove", "--json")
    assert removed.returncode == 0, removed.stderr
    stays = {one["item"] for one in json.loads(removed.stdout)["stays"]}
    assert not site.collector.run("systemctl", "list-unit-files", "regiowacht*", "--no-legend", check=False).stdout
    gone = {line for line in before - site.files() if not line.startswith("/opt/regiowacht")}
    assert not gone
    assert not site.files() - before, stays
