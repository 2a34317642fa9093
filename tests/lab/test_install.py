"""``agent join --install``, ``install`` and ``leave`` on a server with systemd, with a collector over TLS beside it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from regiowacht_contract.defaults import GATEWAY_PORT
from tests.collector.authority import Authority
from tests.lab import product, reaper
from tests.lab.links import End
from tests.lab.machine import Machine
from tests.lab.plan import FOLDER
from tests.lab.waiting import until
from tests.parts import need

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.lab.lab import Lab

pytestmark = [pytest.mark.lab, pytest.mark.systemd, pytest.mark.tools, pytest.mark.timeout(900)]

GEMEENTE, SERVER, SCRAPED = "zandbeke", "srv-zandbeke", "srv-oosthove"
AGENT, HELPER, TIMER = "regiowacht-agent.service", "regiowacht-helper.service", "regiowacht-helper.timer"
NEAR, OWN = "10.12.0.1", "10.12.0.10"
URL = f"https://{NEAR}:{GATEWAY_PORT}"
CA, STATE = "/etc/ssl/region.pem", "/var/lib/regiowacht"
COMMAND = f"{product.PLACE}/bin/regiowacht"
SCRIPT = f"""\
#!/usr/bin/python3 -P
import sys
sys.path.insert(0, "{product.PLACE}")
from regiowacht.main import main
sys.exit(main())
"""


@dataclass
class Site:
    """A collector, and a server in its network that has the program and nothing else of ours."""

    lab: Lab
    server: Machine
    region: Path
    data: Path

    def invite(self, server: str = SERVER, gemeente: str = GEMEENTE) -> str:
        """Return a new code."""
        words = _words(self.region, self.data, "invite", gemeente, "--server", server)
        return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()

    def agent(self, *words: str, given: bytes | None = None) -> subprocess.CompletedProcess[str]:
        """Run ``regiowacht agent`` on the server, in English."""
        return self.server.run(COMMAND, "agent", *words, "--lang", "en", check=False, within_s=60, given=given)

    def join(self, code: str, *words: str) -> subprocess.CompletedProcess[str]:
        """Join and install with the code on standard input, as the pasted line does."""
        return self.agent("join", URL, "--install", "--ca", CA, *words, given=f"{code}\n".encode())

    def credentials(self) -> list[dict[str, Any]]:
        """Return the credentials that the collector knows."""
        words = [*_words(self.region, self.data, "invite"), "--list", "--json"]
        told = json.loads(subprocess.run(words, capture_output=True, text=True, check=True).stdout)
        found: list[dict[str, Any]] = told["credentials"]
        return found


def _words(region: Path, data: Path, verb: str, *words: str) -> list[str]:
    command = [sys.executable, "-m", "regiowacht", "collector", verb, *words]
    return [*command, "--region", str(region), "--data", str(data), "--lang", "en"]


def _region(folder: Path) -> Path:
    shutil.copytree(FOLDER, folder)
    text, count = re.subn("(?m)^  url: .*$", f"  url: {URL}", (folder / "region.yml").read_text())
    assert count == 1
    (folder / "region.yml").write_text(f"{text}\nagent: {{deliver: push, interval: 5s}}\n")
    return folder


@pytest.fixture
def site(lab: Lab, tmp_path: Path) -> Iterator[Site]:
    """A collector with a gateway, and a server that could join it."""
    code = lab.run_dir / "product"
    product.copy_to(code)
    (code / "bin").mkdir()
    (code / "bin/regiowacht").write_text(SCRIPT)
    (code / "bin/regiowacht").chmod(0o755)
    lab.add_hosts({"col": "host", SERVER: "server"}, {code: product.PLACE})
    collector, server = lab.hosts["col"], lab.hosts[SERVER]
    lab.add_cable("lan", End(server, "eth0", f"{OWN}/24"), End(collector, "lan", f"{NEAR}/24"))
    authority = Authority(tmp_path)
    files = {CA: authority.ca.read_bytes()}
    machine = Machine.boot(SERVER, lab.run_dir, lab.rootfs.server, server.pid, files=files, binds={code: product.PLACE})
    lab.machines[SERVER] = machine
    reaper.note(lab.run_dir, machine.top)
    region, data = _region(tmp_path / "region"), tmp_path / "data"
    certificate, key = authority.issue(NEAR)
    words = _words(region, data, "run", "--engine", need("prometheus"), "--scrape-interval", "1")
    words += ["--gateway-listen", f"{NEAR}:{GATEWAY_PORT}", "--gateway-certificate", certificate, "--gateway-key", key]
    with (lab.run_dir / "collector.log").open("wb") as log:
        process = subprocess.Popen(collector.network_command(*words), stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        machine.wait_booted()
        product.require_push(machine)
        greet = ("curl", "-sfko", "/dev/null", "-m2", f"{URL}/v1/hello")
        until(lambda: collector.run(*greet, check=False).returncode == 0, 20, "the gateway")
        yield Site(lab, machine, region, data)
    finally:
        process.terminate()
        process.wait(60)


def files_of(machine: Machine) -> dict[str, str]:
    """Return every file of the server's disk, with type, mode, owner and size, but for what is systemd's own."""
    prune = "-path /proc -o -path /sys -o -path /dev -o -path /run -o -path /tmp -o -path /var/log/journal"
    words = ["find", "/", "(", *prune.split(), ")", "-prune", "-o", "-printf", "%p\\t%y %m %u:%g %s %l\\n"]
    told = dict(line.split("\t", 1) for line in machine.run(*words).stdout.splitlines())
    return {path: " ".join(told[path].split()[:3]) if told[path][0] == "d" else told[path] for path in told}


def said(answer: subprocess.CompletedProcess[str], code: int, *words: str) -> None:
    assert answer.returncode == code, answer.stderr
    assert [word for word in words if word not in answer.stderr] == [], answer.stderr
    assert "Traceback" not in answer.stderr


def test_join_install_brings_the_first_sample_and_leave_takes_all_of_it_away(site: Site) -> None:
    before = files_of(site.server)
    code = site.invite()
    said(site.join(code), 0, "code         accepted", "agent        runs", "region       has received", "done in ")
    assert site.server.is_active(AGENT)
    assert site.server.is_active(TIMER)
    owners = set(site.server.run("find", f"{STATE}/", "-printf", "%u:%g\\n").stdout.split())
    assert len(owners) == 1
    assert owners != {"root:root"}

    said(site.join(code), 0, "joined       this server had already", "no code was used up", "done in ")
    again = json.loads(site.agent("install", "--json").stdout)
    assert (again["changed"], {change["did"] for change in again["changes"]}) == (False, {"same"})

    site.server.run("systemctl", "start", HELPER, within_s=60)
    told = json.loads(site.agent("leave", "--dry-run", "--json").stdout)
    assert told["changed"]
    assert site.server.is_active(AGENT)
    left = site.agent("leave")
    said(
        left,
        0,
        "/var/lib/regiowacht-helper",
        "the collector knows that srv-zandbeke of zandbeke has left",
        "this stays",
    )
    assert [one["item"] for one in told["changes"] if one["changed"] and one["item"] not in left.stderr] == []
    assert files_of(site.server) == before
    assert site.server.run("systemctl", "list-units", "--all", "--plain", "--no-legend", "regiowacht*").stdout == ""
    assert [one["state"] for one in site.credentials()] == ["revoked"]
    said(site.agent("leave"), 0, "there is nothing of the agent on this server")
    said(site.join(site.invite()), 0, "code         accepted", "region       has received")
