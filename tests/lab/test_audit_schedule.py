"""Audits at set times, as their page says, on a server with systemd: on, at once, and off again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pack.kinds import COLLECTOR_PACKAGE
from tests.docs.pages import ROOT, blocks
from tests.lab.test_first_region import machine
from tests.pack.debs import build
from tests.parts import need

if TYPE_CHECKING:
    from pathlib import Path

    from tests.lab.lab import Lab

pytestmark = [pytest.mark.lab, pytest.mark.systemd, pytest.mark.wheels, pytest.mark.timeout(900)]

REGION = """\
name: Klein
regio: klein
collector: {url: "https://regiowacht.example:9781"}
credentials:
  ssh-audit: {user: audit, password: "file:/etc/regiowacht/secrets/audit-password", port: 1}
"""
GEMEENTE = """\
gemeente: zandbeke
id: 12
name: Zandbeke
country: BE
code: "44999"
sites: {stadhuis: {address: Markt 1, poller: srv-1}}
servers:
  - {name: srv-1, site: stadhuis, address: 10.12.0.10, os: linux}
devices:
  - {name: sw-1, site: stadhuis, address: 127.0.0.1, kind: switch, platform: aruba_osswitch, ssh: ssh-audit}
"""
SECRET, WORDS = "install -m 600 /dev/stdin", "regiowacht audit schedule"
COMMANDS = [
    line.partition(" #")[0].strip().removeprefix("sudo ")
    for block in blocks(ROOT / "docs/how-to/schedule-audits.md")
    if block.lang == "sh"
    for line in block.body.splitlines()
]


def test_the_page_does_what_it_says(lab: Lab, tmp_path: Path) -> None:
    need("dpkg")
    build(COLLECTOR_PACKAGE, tmp_path)
    lab.add_hosts({"audit": "server"}, {})
    server = machine(lab, "audit", packages=tmp_path)
    server.run("bash", "-c", "apt install -y /packages/regiowacht-collector_*.deb", within_s=120)
    server.write("/etc/regiowacht/region/region.yml", REGION.encode())
    server.write("/etc/regiowacht/region/gemeenten/zandbeke.yml", GEMEENTE.encode())
    server.run("install", "-d", "-m", "700", "/etc/regiowacht/secrets")

    secret, _, on, start, journal, history, off = COMMANDS
    assert (secret.startswith(SECRET), on.startswith(WORDS), off.startswith(WORDS)) == (True, True, True)
    server.run("sh", "-c", secret, given=b"fake-not-a-secret\n")
    server.write("/etc/regiowacht/region/gemeenten/zandbeke.yml", GEMEENTE.replace("srv-1}}", "srv-2}}").encode())
    wrong = server.run("bash", "-c", on, check=False, within_s=60)
    assert (wrong.returncode, "zandbeke.yml:6: " in wrong.stderr) == (1, True), wrong.stderr
    server.write("/etc/regiowacht/region/gemeenten/zandbeke.yml", GEMEENTE.encode())
    done = server.run("bash", "-c", on, check=False, within_s=60)
    assert done.returncode == 0, done.stdout + done.stderr
    assert server.is_active("regiowacht-audit.timer")

    assert server.run("sh", "-c", start, check=False, within_s=60).returncode != 0  # nobody listens there
    said = server.run("sh", "-c", journal).stdout
    assert "zandbeke/sw-1" in said
    assert "fake-not-a-secret" not in said
    assert "Traceback" not in said
    kept = server.run("sh", "-c", history, check=False)
    assert "Traceback" not in kept.stderr

    done = server.run("bash", "-c", off, check=False, within_s=60)
    assert done.returncode == 0, done.stdout + done.stderr
    assert not server.is_active("regiowacht-audit.timer")
