"""A server that is asked by its collector, from wheels and without a network: installed, upgraded, and gone again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.lab import reaper
from tests.lab.machine import Machine
from tests.lab.test_install import AGENT, HELPER, files_of, said
from tests.lab.wheelhouse import wheelhouse

if TYPE_CHECKING:
    import subprocess

    from tests.lab.lab import Lab

pytestmark = [pytest.mark.lab, pytest.mark.systemd, pytest.mark.timeout(900)]

VENV, CONFIG = "/opt/regiowacht", "/etc/regiowacht/agent.toml"
NAME = "scraped"


@pytest.fixture
def server(lab: Lab) -> Machine:
    """A server of its own, with a folder of wheels."""
    machine = Machine.boot(NAME, lab.run_dir, lab.rootfs.server, binds={wheelhouse(): "/srv/wheels"})
    lab.machines[NAME] = machine
    reaper.note(lab.run_dir, machine.top)
    machine.wait_booted()
    return machine


def agent(server: Machine, *words: str) -> subprocess.CompletedProcess[str]:
    return server.run(f"{VENV}/bin/regiowacht", "agent", *words, "--lang", "en", check=False, within_s=60)


def changes(server: Machine, *words: str) -> dict[str, str]:
    """Install, and return what was done to what is not as it was."""
    answer = agent(server, "install", "--json", *words)
    assert answer.returncode == 0, answer.stderr + server.journal(AGENT)
    told = json.loads(answer.stdout)
    done = {one["item"]: one["did"] for one in told["changes"] if one["changed"]}
    assert told["changed"] == bool(done)
    return done


def pid(server: Machine) -> str:
    return server.run("systemctl", "show", "--value", "--property=MainPID", AGENT).stdout.strip()


def test_from_wheels_to_an_agent_that_answers_and_back_to_what_was_there_before(server: Machine) -> None:
    before = files_of(server)
    server.run("python3", "-m", "venv", VENV, within_s=60)
    pip = (f"{VENV}/bin/pip", "--disable-pip-version-check", "install", "--quiet", "--no-index", "--find-links")
    server.run(*pip, "/srv/wheels", "--no-cache-dir", "regiowacht[agent]", within_s=120)
    server.run("touch", f"{VENV}/made-by-regiowacht-installer")
    said(agent(server, "install"), 2, "has not joined", CONFIG)
    server.write(CONFIG, b'listen = "127.0.0.1:9780"\n')

    would = changes(server, "--dry-run")
    assert files_of(server).keys() - before.keys() >= {CONFIG}
    assert "/etc/systemd/system/regiowacht-agent.service" not in files_of(server)
    assert changes(server) == would
    assert server.is_active(AGENT)
    status = json.loads(agent(server, "status", "--json").stdout)
    assert (status["version"], status["push"]) != ("unknown", {})
    assert changes(server) == {}

    first = pid(server)
    assert changes(server, "--restart") == {AGENT: "restarted"}
    assert pid(server) not in {first, "0"}
    server.run("sh", "-c", f"echo '#' >>$(echo {VENV}/lib/python3*/site-packages/regiowacht-*.dist-info/RECORD)")
    assert changes(server) == {AGENT: "restarted"}
    server.write(CONFIG, b'listen = "127.0.0.1:980"\n')
    low = f"/etc/systemd/system/{AGENT}.d/low-port.conf"
    assert changes(server) == {low: "made", AGENT: "restarted", "regiowacht-helper.timer": "started"}
    assert server.run("curl", "-sf", "http://127.0.0.1:980/metrics").stdout
    server.write(CONFIG, b'listen = "127.0.0.1:9780"\nnonsense = 1\n')
    said(agent(server, "install"), 1, "nonsense")
    server.write(CONFIG, b'listen = "127.0.0.1:9780"\n')
    assert changes(server)[low] == "removed"

    server.run("systemctl", "start", HELPER, within_s=60)
    left = agent(server, "leave")
    said(left, 0, f"removed        {VENV}", f"{CONFIG}: made by you or by Ansible")
    server.run("rm", "-r", "/etc/regiowacht")
    after = files_of(server)
    assert after == before, {path for path in {*after, *before} if after.get(path) != before.get(path)}


def test_a_service_that_does_not_start_is_told_with_its_last_words(server: Machine) -> None:
    server.run("python3", "-m", "venv", VENV, within_s=60)
    pip = (f"{VENV}/bin/pip", "--disable-pip-version-check", "install", "--quiet", "--no-index", "--find-links")
    server.run(*pip, "/srv/wheels", "--no-cache-dir", "regiowacht[agent]", within_s=120)
    server.write(CONFIG, b'listen = "127.0.0.1:9780"\n')
    server.write(
        f"/etc/systemd/system/{AGENT}.d/mine.conf", b"[Service]\nInaccessiblePaths=/etc/regiowacht/agent.toml\n"
    )
    said(agent(server, "install"), 3, f"the service {AGENT} does not start", "agent.toml", f"journalctl -u {AGENT}")
    server.run("rm", f"/etc/systemd/system/{AGENT}.d/mine.conf")
    server.run("systemctl", "daemon-reload")
    said(agent(server, "install"), 0, AGENT)
    assert server.is_active(AGENT)
