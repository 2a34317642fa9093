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

GEMEENTE, SERVER = "zandbeke", "srv-zandbeke"
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

DYING = f"""\
import os, sys
sys.path.insert(0, "{product.PLACE}")
from regiowacht.services import changes, manifest
from regiowacht.services.systemd import Systemd
from regiowacht_agent.joining.folder import StateFolder
from regiowacht_agent.joining.way import Way
point = sys.argv[1]

def die_after(owner, name, called):
    real = getattr(owner, name)
    def dying(*given, **named):
        answer = real(*given, **named)
        if called(*given) == point:
            os.kill(os.getpid(), 9)
        return answer
    setattr(owner, name, dying)

die_after(StateFolder, "write", lambda one, path, content: path.name)
die_after(Way, "ask", lambda one, method, path, *rest: path)
die_after(changes, "write_file", lambda path, *rest: path.name)
die_after(manifest, "write_file", lambda path, *rest: path.name)
die_after(Systemd, "_do", lambda one, *words: " ".join(words))
sys.argv[:2] = ["{COMMAND}"]
from regiowacht.main import main
sys.exit(main())
"""
"""The program, killed at a point: right after a file was written, the collector answered, or systemd was told."""

POINTS = (
    *("/v1/join", "credential", "joined.json", "ca.pem", "agent.toml", "installed.json", AGENT, "daemon-reload"),
    *(f"enable --quiet {TIMER}", f"--no-block start {AGENT}"),
)


@dataclass
class Site:
    """A collector, and a server in its network that has the program and nothing else of ours."""

    lab: Lab
    server: Machine
    region: Path
    data: Path

    def invite(self, server: str = SERVER, uses: int = 1) -> str:
        """Return a new code, for one server or for as many as ``uses``."""
        whom = ["--server", server] if server else ["--uses", str(uses)]
        words = _words(self.region, self.data, "invite", GEMEENTE, *whom)
        return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()

    def agent(self, *words: str, given: bytes | None = None) -> subprocess.CompletedProcess[str]:
        """Run ``regiowacht agent`` on the server, in English."""
        return self.server.run(COMMAND, "agent", *words, "--lang", "en", check=False, within_s=60, given=given)

    def join(self, code: str, *words: str) -> subprocess.CompletedProcess[str]:
        """Join and install with the code on standard input, as the pasted line does."""
        return self.agent("join", URL, "--install", "--ca", CA, *words, given=f"{code}\n".encode())

    def inside(self, script: str, *words: str, given: bytes = b"") -> subprocess.CompletedProcess[str]:
        """Run the command after a shell script, in mounts that nobody else on the server sees."""
        command = ("unshare", "--mount", "sh", "-euc", f'{script}; exec "$@"', "sh", COMMAND, "agent", *words)
        return self.server.run(*command, "--lang", "en", check=False, within_s=60, given=given)

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
    joined = site.join(code)
    print(joined.stderr)
    said(joined, 0, "code         accepted", "agent        runs", "region       has received", "done in ")
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


def test_after_a_kill_at_any_step_the_same_command_with_the_same_code_finishes(site: Site) -> None:
    site.server.write("/root/dying.py", DYING.encode())
    before = files_of(site.server)
    words = ("agent", "join", URL, "--install", "--ca", CA, "--lang", "en")
    code = site.invite("", len(POINTS))
    for point in POINTS:
        command = ("python3", "-P", "/root/dying.py", point, *words)
        killed = site.server.run(*command, "--name", SERVER, check=False, within_s=60, given=f"{code}\n".encode())
        assert killed.returncode == -9, (point, killed.stderr)
        assert code not in killed.stderr
        said(site.join(code, "--name", SERVER), 0, "region       has received", "done in ")
        said(site.agent("leave"), 0, "has left")
        assert files_of(site.server) == before, point


def test_after_a_power_cut_in_the_middle_it_finishes_and_another_collector_is_refused(site: Site) -> None:
    site.server.write("/root/dying.py", DYING.encode())
    code = site.invite()
    words = ("python3", "-P", "/root/dying.py", AGENT, "agent", "join", URL, "--install", "--ca", CA)
    assert site.server.run(*words, check=False, within_s=60, given=f"{code}\n".encode()).returncode == -9
    site.server.kill()
    site.server.boot_again()
    site.server.wait_booted()
    said(site.join(code), 0, "no code was used up", "region       has received")
    site.server.shut_down()
    site.server.boot_again()
    site.server.wait_booted()
    until(lambda: site.server.is_active(AGENT), 20, "the agent at boot")
    answer = site.agent("join", "https://other.example", "--install", given=f"{code}\n".encode())
    said(answer, 2, "has joined https://10.12.0.1:9781 already", "regiowacht agent leave")


def test_what_is_in_the_way_is_told_with_the_remedy_before_the_code_is_used_up(site: Site) -> None:
    code = site.invite()
    given, words = f"{code}\n".encode(), ("join", URL, "--install", "--ca", CA)
    server, before = site.server, files_of(site.server)
    said(site.inside("mount -t tmpfs none /run/systemd", *words, given=given), 3, "does not run systemd", "--no-run")
    said(site.inside("mount --bind /etc /etc; mount -o remount,ro,bind /etc", *words, given=given), 3,
         "/etc cannot be written to", "remount,rw")  # fmt: skip
    server.write("/tmp/old", b"#!/bin/sh\necho 'systemd 247 (247.3-7)'\n", mode="755")
    said(
        site.inside("mount --bind /tmp/old /usr/bin/systemctl", *words, given=given),
        3,
        "is version 247",
        "250 or later",
    )
    other = ("setpriv", "--reuid", "65534", "--clear-groups", COMMAND, "agent", *words, "--lang", "en")
    said(server.run(*other, check=False, given=given), 2, "do it as root, with sudo in front")

    server.write("/root/bin/regiowacht", SCRIPT.encode(), mode="755")
    mine = ("/root/bin/regiowacht", "agent", *words, "--lang", "en")
    said(server.run(*mine, check=False, given=given), 3, "only root can read /root,", "chmod o+rX /root")
    server.run("rm", "-r", "/root/bin")
    server.write("/usr/bin/regiowacht", SCRIPT.encode(), mode="755")
    said(
        site.join(code), 3, "two installations stand side by side", "apt remove 'regiowacht-*'", "rm -r /opt/regiowacht"
    )
    server.run("rm", "/usr/bin/regiowacht")

    server.run("systemd-run", "--unit=taker", "python3", "-m", "http.server", "9780")
    until(lambda: server.run("curl", "-sf", "http://127.0.0.1:9780/", check=False).returncode == 0, 10, "the taker")
    said(site.join(code), 3, "port 9780", "is in use by python3 (process ")
    server.run("systemctl", "stop", "taker")

    said(
        site.agent("join", "https://collector.invalid", "--install", given=given), 3, "cannot be found", "getent hosts"
    )
    said(site.agent("join", URL, "--install", "--state", "/srv/x", given=given), 2, "leave --state out")
    said(site.agent("join", URL, "--install", "--no-run", given=given), 2, "not both")
    said(site.agent("install"), 2, "has not joined", "/etc/regiowacht/agent.toml")
    assert [path for path in files_of(server) if "regiowacht" in path and path not in before] == [STATE]
    said(site.join(code), 0, "code         accepted")


def test_a_server_that_the_region_does_not_know_or_knows_at_another_address(site: Site) -> None:
    code = site.invite("", 2)
    said(site.join(code, "--name", "srv-nieuw"), 1, "srv-nieuw is not a server", SERVER, "[server-not-in-region]")
    assert not site.credentials()
    site.server.run("ip", "address", "del", f"{OWN}/24", "dev", "eth0")
    site.server.run("ip", "address", "add", "10.12.0.77/24", "dev", "eth0")
    said(site.join(code, "--name", SERVER), 3, f"has the address {OWN}, which it has not (but: 10.12.0.77)")
    site.server.run("ip", "address", "add", f"{OWN}/24", "dev", "eth0")
    said(site.join(code, "--name", SERVER), 0, "no code was used up", "region       has received")


def test_leaving_without_a_line_removes_all_the_same_and_says_who_is_to_be_told(site: Site) -> None:
    site.server.write("/etc/regiowacht/environment", b"SNMP_AUTH=not-a-secret\n", mode="600")
    before = files_of(site.server)
    said(site.join(site.invite()), 0, "region       has received")
    site.server.write("/etc/regiowacht/secrets/community", b"not-a-secret\n", mode="600")
    site.server.write(f"/etc/systemd/system/{AGENT}.d/mine.conf", b"[Service]\nNice=5\n")
    kept = site.agent("leave", "--keep-state")
    said(kept, 0, "/var/lib/private/regiowacht: kept as asked")
    assert site.credentials()[0]["state"] == "valid"
    said(site.agent("install"), 0, f"started        {AGENT}")
    until(lambda: site.server.is_active(AGENT), 20, "the agent that was put back")

    site.server.run("ip", "link", "set", "eth0", "down")
    left = site.agent("leave", "--json")
    told = json.loads(left.stdout)
    assert (told["changed"], told["collector_told"]) == (True, False)
    assert "no connection to 10.12.0.1:9781" in told["collector_problem"]
    stays = {f"/etc/systemd/system/{AGENT}.d", "/etc/regiowacht/secrets", "/etc/regiowacht/environment"}
    assert stays <= {one["item"] for one in told["stays"]}
    after = files_of(site.server)
    added = {path for path in after if path not in before}
    assert added == {
        *(f"/etc/systemd/system/{AGENT}.d", f"/etc/systemd/system/{AGENT}.d/mine.conf"),
        *("/etc/regiowacht/secrets", "/etc/regiowacht/secrets/community"),
    }
    assert {path for path in before if path not in after} == set()


def test_no_list_of_processes_and_no_log_shows_the_code_or_the_token(site: Site) -> None:
    code = site.invite()
    watch = "while [ ! -e /tmp/enough ]; do for one in /proc/[0-9]*/cmdline; do tr '\\0' ' ' <$one; echo; done; done"
    script = f"({watch}) >/tmp/seen 2>/dev/null & " + f"{COMMAND} agent join {URL} --install --ca {CA} >/tmp/said 2>&1"
    done = site.server.run("sh", "-c", f"{script}; code=$?; touch /tmp/enough; wait; exit $code", check=False,
                           within_s=60, given=f"{code}\n".encode())  # fmt: skip
    assert done.returncode == 0, site.server.read("/tmp/said")
    seen = site.server.read("/tmp/seen").decode()
    assert f"join {URL} --install" in seen
    token = site.server.read(f"{STATE}/credential").decode().strip()
    everything = seen + site.server.read("/tmp/said").decode() + site.server.run("journalctl", "--no-pager").stdout
    assert code not in everything
    assert token not in everything
    ready = "until [ ! -d /proc/$! ] || grep -q '^. systemd' /tmp/typed 2>/dev/null; do sleep 0.01; done"
    script = f"{COMMAND} agent join {URL} {code} --install --ca {CA} >/tmp/typed 2>&1 & {ready}"
    typed = site.server.run("sh", "-c", f"{script}; tr '\\0' ' ' </proc/$!/cmdline; wait", within_s=60).stdout
    assert code not in typed
    assert "--install" in typed
