"""The one pasted line, on a server with Python and none of the product: it joins, and its first sample is stored."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import urllib.parse
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from regiowacht_collector.ports import LOOPBACK
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
    from collections.abc import Iterator
    from pathlib import Path

    from tests.lab.lab import Lab

pytestmark = [pytest.mark.lab, pytest.mark.systemd, pytest.mark.tools, pytest.mark.timeout(900)]

GEMEENTE, SERVER, UNIT = "zandbeke", "srv-zandbeke", "regiowacht-agent"
COLLECTOR, NEAR, OWN = "col", "10.12.0.1", "10.12.0.10"
URL = f"https://{NEAR}:{GATEWAY_PORT}"


@dataclass
class Site:
    """A collector, and a server without the product on the same network."""

    lab: Lab
    server: Machine
    region: Path
    data: Path

    def ask(self, query: str) -> list[dict[str, Any]]:
        """Return what the engine finds."""
        url = f"http://{LOOPBACK}:{PROMETHEUS_PORT}/api/v1/query?{urllib.parse.urlencode({'query': query})}"
        try:
            with self.lab.hosts[COLLECTOR].network(), urllib.request.urlopen(url, timeout=30) as answer:
                found = json.load(answer)["data"]["result"]
        except OSError:
            return []
        assert isinstance(found, list)
        return found

    def invite(self, *words: str) -> dict[str, Any]:
        """Return an invitation."""
        words = ("invite", GEMEENTE, *(words or ("--server", SERVER)), "--json")
        told = subprocess.run(_words(self.region, self.data, *words), capture_output=True, text=True, check=False)
        assert told.returncode == 0, told.stderr
        answer: dict[str, Any] = json.loads(told.stdout)
        return answer

    def paste(self, line: str) -> subprocess.CompletedProcess[str]:
        """Paste a line into a root shell of the server."""
        return self.server.run("bash", "-c", line, check=False, within_s=60)


def _words(region: Path, data: Path, verb: str, *words: str) -> list[str]:
    command = [sys.executable, "-m", "regiowacht", "collector", verb, *words]
    return [*command, "--region", str(region), "--data", str(data), "--lang", "en"]


@contextmanager
def collecting(lab: Lab, region: Path, data: Path, folder: Path) -> Iterator[None]:
    """A collector with a gateway whose certificate is of an own authority."""
    authority = Authority(folder)
    certificate, key = authority.issue(NEAR)
    words = _words(region, data, "run", "--engine", need("prometheus"), "--scrape-interval", "1")
    words += ["--gateway-listen", f"{NEAR}:{GATEWAY_PORT}", "--gateway-certificate", certificate, "--gateway-key", key]
    words += ["--gateway-authority", str(authority.ca)]
    command = lab.hosts[COLLECTOR].network_command(*words)
    with (
        (lab.run_dir / "collector.log").open("wb") as log,
        subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log) as process,
    ):
        try:
            greets = ("curl", "-sfko", "/dev/null", "-m2", f"{URL}/v1/hello")
            until(lambda: lab.hosts[COLLECTOR].run(*greets, check=False).returncode == 0, 20, "the gateway")
            yield
        finally:
            process.terminate()
            process.wait(60)


@pytest.fixture
def site(lab: Lab, tmp_path: Path) -> Iterator[Site]:
    """A collector that has packages, and a server that has nothing."""
    lab.add_hosts({COLLECTOR: "host", SERVER: "server"}, {})
    near, far = End(lab.hosts[COLLECTOR], "lan", f"{NEAR}/24"), End(lab.hosts[SERVER], "eth0", f"{OWN}/24")
    lab.add_cable("lan", near, far)
    machine = Machine.boot(SERVER, lab.run_dir, lab.rootfs.server, lab.hosts[SERVER].pid)
    lab.machines[SERVER] = machine
    reaper.note(lab.run_dir, machine.top)
    region = tmp_path / "region"
    shutil.copytree(FOLDER, region)
    text, count = re.subn("(?m)^  url: .*$", f"  url: {URL}", (region / "region.yml").read_text())
    assert count == 1
    (region / "region.yml").write_text(f"{text}\nagent: {{deliver: push, interval: 5s}}\n")
    made = Site(lab, machine, region, tmp_path / "data")
    shutil.copytree(wheelhouse(), made.data / "packages", copy_function=os.link)
    with collecting(lab, region, made.data, tmp_path):
        machine.wait_booted()
        yield made


def test_one_line_takes_a_server_from_nothing_to_its_first_sample(site: Site) -> None:
    told = site.invite()
    assert len(told["line"]) <= 300
    done = site.paste(told["line"])
    assert done.returncode == 0, done.stdout + done.stderr
    assert site.server.is_active(UNIT)
    assert site.ask(f'up{{instance="{SERVER}"}}')
