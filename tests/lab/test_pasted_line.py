"""The one pasted line, on a server with Python and none of the product: it joins, and its first sample is stored."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from regiowacht_contract.defaults import GATEWAY_PORT
from tests.collector.authority import Authority
from tests.lab import reaper
from tests.lab.asking import ask
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
FILES = (
    "find /etc /opt /var/lib /tmp /var/tmp /root /home -xdev "
    "-not -path '/var/lib/systemd/*' -not -path '/var/lib/apt/*' -not -path '*/systemd-private-*' | sort"
)
READ_ONLY, NOEXEC = (
    "mount --bind {0} {0}; mount -o remount,bind,ro {0}",
    "mount --bind {0} {0}; mount -o remount,bind,noexec {0}",
)
LINES_OWN = re.compile(r"/tmp/tmp\.\w+(/i-[0-9a-f]+)?$")
"""What a line leaves that ran nothing."""

OLD = (
    "mount -t tmpfs tmpfs /usr/local/bin; for one in python3 python3.13 python3.12 python3.11; do "
    "printf '#!/bin/sh\\necho 3.9\\n' >/usr/local/bin/$one; chmod 755 /usr/local/bin/$one; done"
)
NO_PYTHON = "mount --bind /dev/null /usr/bin/python3.11"


@dataclass
class Site:
    """A collector, and a server without the product on the same network."""

    lab: Lab
    server: Machine
    region: Path
    data: Path

    def ask(self, query: str) -> list[dict[str, Any]]:
        """Return what the engine finds."""
        return ask(self.lab.hosts[COLLECTOR], query)

    def invite(self, *words: str) -> dict[str, Any]:
        """Return an invitation."""
        words = ("invite", GEMEENTE, *(words or ("--server", SERVER)), "--json")
        told = subprocess.run(_words(self.region, self.data, *words), capture_output=True, text=True, check=False)
        assert told.returncode == 0, told.stderr
        answer: dict[str, Any] = json.loads(told.stdout)
        return answer

    def paste(self, line: str, before: str = "") -> subprocess.CompletedProcess[str]:
        """Paste a line into a root shell of the server.

        Args:
            line: what is pasted.
            before: done first, in mounts that nobody else on the server sees.
        """
        script = f'{before}\nexec bash -c "$1"'
        return self.server.run("unshare", "--mount", "sh", "-euc", script, "sh", line, check=False, within_s=60)

    def files(self) -> set[str]:
        """Return every file on the server's disk but what systemd and Python write by themselves."""
        return set(self.server.run("sh", "-c", FILES).stdout.splitlines())


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
    done = site.paste(
        told["line"], "mount -t tmpfs -o size=64k,noexec tmpfs /tmp; mount -t tmpfs -o size=64k tmpfs /var/tmp"
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert told["code"] not in done.stdout + done.stderr
    assert site.server.is_active(UNIT)
    until(lambda: site.ask(f'up{{instance="{SERVER}"}}'), 5, "the sample in the region")
    assert not [line for line in site.files() if line.startswith(("/opt/regiowacht.new", "/tmp/tmp."))]


def test_what_is_in_the_way_is_told_in_a_line_and_leaves_nothing(site: Site) -> None:
    told = site.invite()
    line, before = told["line"], site.files()

    def refused(before_it: str = "", pasted: str = line) -> str:
        done = site.paste(pasted, before_it)
        assert done.returncode != 0
        assert "Traceback" not in done.stderr
        assert {path for path in site.files() - before if not LINES_OWN.match(path)} == set()
        return done.stdout + done.stderr

    assert "/etc/systemd/system cannot be written" in refused(READ_ONLY.format("/etc"))
    assert "/opt cannot be written" in refused(READ_ONLY.format("/opt"))
    assert "mounted noexec" in refused(NOEXEC.format("/opt"))
    assert "MB are needed" in refused("mount -t tmpfs -o size=9m tmpfs /opt")
    assert "this server has Python 3.9" in refused(OLD)
    assert "apt cannot install python3" in refused(NO_PYTHON)
    assert "systemd is not the first process" in refused("mount -t tmpfs tmpfs /run/systemd")
    assert "is running on this server" in refused("exec 8>/run/regiowacht-install.lock; flock 8")
    assert "this takes root" in refused("chmod 1777 /tmp", f"setpriv --reuid=65534 --clear-groups bash -c '{line}'")
    assert "no code came along" in refused("", line.replace(f"printf {told['code']}", "true"))
    assert "resolve" in refused("", line.replace(NEAR, "collector.invalid"))
    assert "FAILED" in refused("", re.sub("[0-9a-f]{64}", "0" * 64, line))

    (product,) = (site.data / "packages").glob("regiowacht-*.whl")
    content = product.read_bytes()
    product.unlink()  # a hard link to others'
    assert "no longer on the collector" in refused()
    for other in (content[:1000], content[:-1] + b"x"):
        product.write_bytes(other)
        assert f"{product.name} is not what the invitation says" in refused()
    product.write_bytes(content)

    later = site.invite()
    assert "revoked this code" in refused()
    with contextlib.closing(sqlite3.connect(site.data / "gateway/credentials.sqlite")) as database, database:
        database.execute("UPDATE invite SET expires = 1 WHERE id = ?", (later["id"],))
    assert "this code has expired" in refused("", later["line"])


def test_cut_off_by_a_power_cut_and_a_taken_port_the_same_line_finishes_it(site: Site) -> None:
    line = site.invite()["line"]
    with ThreadPoolExecutor(1) as pool:
        pasted = pool.submit(site.paste, line)
        fetched = ("sh", "-c", "ls /opt/regiowacht.new/packages/*.whl | wc -l")
        until(lambda: int(site.server.run(*fetched, check=False).stdout or 0) >= 2, 20, "two packages")
        site.server.kill()
        assert pasted.result().returncode != 0
    site.server.boot_again()
    site.server.wait_booted()
    assert site.server.run("test", "-e", "/opt/regiowacht/bin/regiowacht", check=False).returncode != 0

    taker = "import socket,time; s=socket.create_server(('', 9780)); time.sleep(999)"
    site.server.run("systemd-run", "--unit=taker", "python3", "-c", taker)
    done = site.paste(line)
    assert done.returncode != 0
    assert "9780" in done.stderr
    site.server.run("systemctl", "stop", "taker")

    done = site.paste(line)
    assert done.returncode == 0, done.stdout + done.stderr
    assert site.server.is_active(UNIT)
    until(lambda: site.ask(f'up{{instance="{SERVER}"}}'), 5, "the sample in the region")

    again = site.paste(line)
    assert again.returncode == 0, again.stdout + again.stderr
    assert site.server.is_active(UNIT)
    left = site.server.run("/opt/regiowacht/bin/regiowacht", "agent", "leave", "--lang", "en", within_s=30)
    assert left.returncode == 0
    assert not [line for line in site.files() if "regiowacht" in line]
