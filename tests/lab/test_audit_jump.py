"""Audits through a jump host: real OpenSSH on the way and behind it, with no other way there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from regiowacht_contract.texts import say
from tests.audit.fetch.region import write_region
from tests.lab import frr, sshd
from tests.lab.frr import Routing
from tests.lab.links import End

if TYPE_CHECKING:
    from tests.lab.host import Host
    from tests.lab.lab import Lab

pytestmark = [pytest.mark.lab, pytest.mark.timeout(600)]

CANARY = "Kanarie9notasecret"
AUDITOR, JUMP, ROUTER, LINUX = "auditor", "jump", "rt-1", "srv-1"
AT_JUMP = "10.12.0.1"
DEVICES = {f"zandbeke/{ROUTER}": "10.12.1.1", f"zandbeke/{LINUX}": "10.12.2.1"}
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def auditor(lab: Lab, tmp_path: Path) -> Host:
    """Return the host from which is audited; it has a cable to the jump host alone."""
    lab.add_hosts(dict.fromkeys((AUDITOR, JUMP, ROUTER, LINUX), "host"))
    jump = lab.hosts[JUMP]
    lab.add_cable(JUMP, End(lab.hosts[AUDITOR], "eth0", "10.12.0.2/24"), End(jump, "out", f"{AT_JUMP}/24"))
    sshd.start(jump)
    for number, (name, shell) in enumerate(((ROUTER, "/usr/bin/vtysh"), (LINUX, "/bin/bash")), 1):
        host = lab.hosts[name]
        near, far = (f"10.12.{number}.{end}/24" for end in (2, 1))
        lab.add_cable(name, End(jump, f"in{number}", near), End(host, "lan", far))
        frr.start(host, Routing(f"10.12.{number}.1", 65000 + number, ["lan"]))
        host.run("vtysh", "-c", "configure terminal", "-c", f"password {CANARY}")
        sshd.start(host, shell=shell, groups="frrvty")
    write_region(
        tmp_path, {f"zandbeke/{ROUTER}": ("cisco_ios", 22), f"zandbeke/{LINUX}": ("linux", 22)}, addresses=DEVICES
    )
    region, town = tmp_path / "region.yml", tmp_path / "gemeenten" / "zandbeke.yml"
    region.write_text(region.read_text() + f'  ssh-jump: {{user: {sshd.USER}, password: "env:RW_TEST_JUMP"}}\n')
    town.write_text(town.read_text() + f"audit: {{jump: {{address: {AT_JUMP}, ssh: ssh-jump}}}}\n")
    return lab.hosts[AUDITOR]


def audit(host: Host, *words: str | Path, jump: str = sshd.PASSWORD) -> subprocess.CompletedProcess[str]:
    command = host.network_command(sys.executable, "-m", "regiowacht", "audit", *map(str, words), "--lang", "en")
    secrets = {
        "RW_TEST_PASSWORD": sshd.PASSWORD,
        "RW_TEST_ENABLE": "unused",
        "RW_TEST_KEY": "lab-key-not-a-secret",
        "RW_TEST_JUMP": jump,
    }
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=300, env={**os.environ, **secrets}, cwd=ROOT
    )
    for secret in (CANARY, sshd.PASSWORD, jump):
        assert secret not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done


def told(host: Host, region: Path, *words: str, code: int, **more: str) -> dict[str, Any]:
    """Run an audit and return what is said of each device."""
    done = audit(host, "run", "--region", region, "--json", *words, **more)
    assert done.returncode == code, done.stdout + done.stderr
    return {one["device"]: one for one in json.loads(done.stdout)["devices"]}


def refused(host: Host, region: Path, key: str, code: int, **more: str) -> list[str]:
    """Run an audit in which every device is refused for one reason, and return what each is told."""
    devices = told(host, region, code=code, **more)
    assert {name: one["error"]["key"] for name, one in devices.items()} == {ROUTER: key, LINUX: key}
    return [one["error"]["message"] for one in devices.values()]


def in_place_of_its_key(host: Host) -> None:
    """Give a host another key, and let its sshd take it."""
    host.run("rm", sshd.HOST_KEY, f"{sshd.HOST_KEY}.pub")
    host.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", host.name, "-f", sshd.HOST_KEY)
    again(host)


def again(host: Host) -> None:
    """Have sshd read its configuration and key anew."""
    host.run("sh", "-c", "kill -HUP $(cat /run/sshd.pid)")
    sshd.wait(host)


def test_devices_behind_a_jump_host_are_trusted_read_and_judged(lab: Lab, auditor: Host, tmp_path: Path) -> None:
    said = refused(auditor, tmp_path, "fetch.jump-key-unknown", 1)
    assert all("regiowacht audit trust zandbeke/" in one for one in said)

    shown = audit(auditor, "trust", f"zandbeke/{ROUTER}", "--region", tmp_path, "--json")
    assert shown.returncode == 0, shown.stderr
    keys = {one["device"]: one for one in json.loads(shown.stdout)["devices"]}
    assert {name: one["state"] for name, one in keys.items()} == {"zandbeke/jump": "new", f"zandbeke/{ROUTER}": "new"}
    for name, host in (("zandbeke/jump", JUMP), (f"zandbeke/{ROUTER}", ROUTER)):
        assert keys[name]["fingerprint"] in lab.hosts[host].run("ssh-keygen", "-lf", f"{sshd.HOST_KEY}.pub").stdout

    devices = told(auditor, tmp_path, code=1)
    assert devices[ROUTER].get("complete") is True, devices[ROUTER]
    assert devices[LINUX]["error"]["key"] == "fetch.host-key-unknown", "the key of a device behind it is not asked for"

    assert audit(auditor, "trust", f"zandbeke/{LINUX}", "--region", tmp_path).returncode == 0
    devices = told(auditor, tmp_path, code=1)
    assert [devices[name].get("complete") for name in (ROUTER, LINUX)] == [True, True], devices
    for name in (ROUTER, LINUX):
        log = lab.hosts[name].read("/run/sshd.log")
        assert log == "" or "10.12.0.2" not in log, "it was reached otherwise than through the jump host"

    in_place_of_its_key(lab.hosts[LINUX])
    devices = told(auditor, tmp_path, code=1)
    assert devices[LINUX]["error"]["key"] == "fetch.host-key-changed"
    assert devices[ROUTER].get("complete") is True, devices[ROUTER]


def test_what_is_wrong_with_the_jump_host_is_said_of_the_jump_host(lab: Lab, auditor: Host, tmp_path: Path) -> None:
    assert audit(auditor, "trust", *DEVICES, "--region", tmp_path).returncode == 0
    jump = lab.hosts[JUMP]

    said = refused(auditor, tmp_path, "fetch.jump-login", 3, jump="wrong-not-a-secret")
    assert all(AT_JUMP in one and "ssh-jump" in one for one in said)
    tries = jump.read("/run/sshd.log").count("Failed password")
    assert tries <= 1, f"{tries} tries of a password that was refused may lock the user out"

    jump.write("/etc/ssh/lab_sshd_config", f"{sshd.CONFIGURATION}AllowTcpForwarding no\n")
    again(jump)
    assert all("AllowTcpForwarding" in one for one in refused(auditor, tmp_path, "fetch.jump-forbids", 3))
    jump.write("/etc/ssh/lab_sshd_config", sshd.CONFIGURATION)
    again(jump)

    lab.hosts[ROUTER].run("sh", "-c", "kill $(cat /run/sshd.pid)")
    devices = told(auditor, tmp_path, code=3)
    assert devices[ROUTER]["error"]["key"] == "fetch.unreachable-behind"
    assert devices[ROUTER]["error"]["message"] == say(
        "fetch.unreachable-behind",
        "en",
        device=f"zandbeke/{ROUTER}",
        address=DEVICES[f"zandbeke/{ROUTER}"],
        port=22,
        jump=AT_JUMP,
    )
    assert devices[LINUX].get("complete") is True, devices[LINUX]

    in_place_of_its_key(jump)
    assert all("--replace" in one for one in refused(auditor, tmp_path, "fetch.jump-key-changed", 1))

    jump.run("sh", "-c", "kill $(cat /run/sshd.pid)")
    sshd.wait_gone(jump)
    assert all(f"{AT_JUMP} does not answer" in one for one in refused(auditor, tmp_path, "fetch.jump-unreachable", 3))
