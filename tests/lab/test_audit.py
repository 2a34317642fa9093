"""Audits of real peers: FRR behind OpenSSH, once as a router's command line and once as a Linux host."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.audit.fetch.region import write_region
from tests.lab import frr, sshd
from tests.lab.frr import Routing
from tests.lab.links import End

if TYPE_CHECKING:
    from tests.lab.host import Host
    from tests.lab.lab import Lab

pytestmark = [pytest.mark.lab, pytest.mark.timeout(600)]

CANARY = "Kanarie9notasecret"
AUDITOR, ROUTER, LINUX = "auditor", "rt-1", "srv-1"
ADDRESSES = {f"zandbeke/{ROUTER}": "10.12.1.1", f"oosthove/{LINUX}": "10.12.2.1"}
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def auditor(lab: Lab, tmp_path: Path) -> Host:
    """Return the host from which is audited; ``tmp_path`` is the region folder."""
    lab.add_hosts(dict.fromkeys((AUDITOR, ROUTER, LINUX), "host"))
    for number, (name, shell) in enumerate(((ROUTER, "/usr/bin/vtysh"), (LINUX, "/bin/bash")), 1):
        host = lab.hosts[name]
        near, far = (f"10.12.{number}.{end}/24" for end in (2, 1))
        lab.add_cable(name, End(lab.hosts[AUDITOR], f"eth{number}", near), End(host, "lan", far))
        frr.start(host, Routing(f"10.12.{number}.1", 65000 + number, ["lan"]))
        host.run("vtysh", "-c", "configure terminal", "-c", f"password {CANARY}")
        sshd.start(host, shell=shell, groups="frrvty")
    platforms = {f"zandbeke/{ROUTER}": ("cisco_ios", 22), f"oosthove/{LINUX}": ("linux", 22)}
    write_region(tmp_path, platforms, addresses=ADDRESSES)
    return lab.hosts[AUDITOR]


def audit(host: Host, *words: str | Path, password: str = sshd.PASSWORD) -> subprocess.CompletedProcess[str]:
    command = host.network_command(sys.executable, "-m", "regiowacht", "audit", *map(str, words), "--lang", "en")
    secrets = {"RW_TEST_PASSWORD": password, "RW_TEST_ENABLE": "unused", "RW_TEST_KEY": "lab-key-not-a-secret"}
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=300, env={**os.environ, **secrets}, cwd=ROOT
    )
    assert CANARY not in done.stdout + done.stderr
    assert sshd.PASSWORD not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done


def running(host: Host) -> list[str]:
    """Return the rows of the configuration as the router itself tells them, without SSH."""
    # As the same user: who may not read vtysh.conf is not told one row of it.
    said = host.run("runuser", "-u", sshd.USER, "--", "vtysh", "-c", "show running-config").stdout.replace(
        f"password {CANARY}", "password <secret>"
    )
    return [row.rstrip() for row in said.split("\n") if row.strip()]


def routing(kept: str) -> list[str]:
    """Return the rows of the routing configuration; on a Linux host the files of the host follow, and `uname`."""
    rows = kept.split("\n")
    ends = [at for at, row in enumerate(rows) if row.startswith(("head: ", "==> "))]
    assert not ends or "Linux" in rows
    return rows[: ends[0]] if ends else rows


def test_real_devices_are_trusted_read_kept_and_judged(lab: Lab, auditor: Host, tmp_path: Path) -> None:
    before = {name: running(lab.hosts[name]) for name in (ROUTER, LINUX)}

    unknown = audit(auditor, "run", "--region", tmp_path, "--json")
    assert unknown.returncode == 1, unknown.stderr
    errors = [one["error"]["key"] for one in json.loads(unknown.stdout)["devices"]]
    assert errors == ["fetch.host-key-unknown"] * 2

    trusted = audit(auditor, "trust", *ADDRESSES, "--region", tmp_path, "--json")
    assert trusted.returncode == 0, trusted.stderr
    for answer, name in zip(json.loads(trusted.stdout)["devices"], (LINUX, ROUTER), strict=True):
        said = lab.hosts[name].run("ssh-keygen", "-lf", f"{sshd.HOST_KEY}.pub").stdout
        assert answer["fingerprint"] in said, "the fingerprint is not the one OpenSSH tells"

    read = audit(auditor, "run", "--region", tmp_path, "--json")
    assert read.returncode == 1, read.stderr
    for device in json.loads(read.stdout)["devices"]:
        assert device["complete"] is True, device
        failed = {one["rule"] for one in device["findings"] if one["status"] == "fail"}
        assert "RW-SEC-01" in failed, "a password in the clear is not told"

    for gemeente, name in (("oosthove", LINUX), ("zandbeke", ROUTER)):
        words = ["git", f"--git-dir={tmp_path}/audit-store/{gemeente}.git", "show", f"main:{name}.cfg"]
        kept = subprocess.run(words, capture_output=True, text=True, check=True).stdout
        assert CANARY not in kept
        rows = [row.split("<secret:")[0] + "<secret>" if "<secret:" in row else row for row in routing(kept)]
        assert [row.rstrip() for row in rows if row.strip()] == before[name]
        assert running(lab.hosts[name]) == before[name], "reading changed the device"

    again = audit(auditor, "run", "--region", tmp_path, "--json")
    assert {one["change"] for one in json.loads(again.stdout)["devices"]} == {None}


def test_a_wrong_password_is_told_by_each_device(auditor: Host, tmp_path: Path) -> None:
    assert audit(auditor, "trust", *ADDRESSES, "--region", tmp_path).returncode == 0
    refused = audit(auditor, "run", "--region", tmp_path, "--json", password="wrong-not-a-secret")
    assert refused.returncode == 3
    assert [one["error"]["key"] for one in json.loads(refused.stdout)["devices"]] == ["fetch.login"] * 2
