"""The tutorial, as it stands, on two clean machines: from packages to a server that is seen, and off again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pack.kinds import COLLECTOR_PACKAGE
from regiowacht_contract.defaults import PROMETHEUS_PORT
from tests.docs.pages import ROOT, blocks
from tests.lab import reaper
from tests.lab.links import End
from tests.lab.machine import Machine
from tests.lab.waiting import until
from tests.pack.debs import build
from tests.parts import need

if TYPE_CHECKING:
    from tests.docs.pages import Block
    from tests.lab.lab import Lab

pytestmark = [
    pytest.mark.lab,
    pytest.mark.systemd,
    pytest.mark.tools,
    pytest.mark.wheels,
    pytest.mark.timeout(900),
]

NEAR, OWN = "10.12.0.1", "10.12.0.10"
BLOCKS = blocks(ROOT / "docs/tutorial/first-region.md")
FILES = [block for block in BLOCKS if "file" in block.options]
PASTED = [block for block in BLOCKS if block.lang == "sh"]
SERVER_UNIT = "regiowacht-agent.service"


def machine(lab: Lab, name: str, **binds: Path) -> Machine:
    """Return a clean server that finds the collector by its name."""
    hosts = f"127.0.0.1 localhost\n{NEAR} regiowacht.example\n".encode()
    places = {path: f"/{where.replace('_', '/')}" for where, path in binds.items()}
    made = Machine.boot(
        name, lab.run_dir, lab.rootfs.server, lab.hosts[name].pid, files={"/etc/hosts": hosts}, binds=places
    )
    lab.machines[name] = made
    reaper.note(lab.run_dir, made.top)
    made.wait_booted()
    return made


def paste(where: Machine, block: Block) -> str:
    """Paste a block of the page into a root shell, in the folder with the package; return all that it says."""
    done = where.run("bash", "-c", f"cd /packages && {block.body}", check=False, within_s=120)
    assert done.returncode == 0, f"{block.body}\n{done.stdout}{done.stderr}"
    return done.stdout + done.stderr


def test_it_is_three_lines_one_line_and_two_files() -> None:
    assert (len(FILES), len(PASTED)) == (2, 4)
    assert [one.options.get("at") for one in PASTED] == ["collector", "collector", None, "collector"]
    assert "skip" in PASTED[2].options


def test_from_packages_to_a_server_that_is_seen_and_off_again(lab: Lab, tmp_path: Path) -> None:
    need("dpkg")
    build(COLLECTOR_PACKAGE, tmp_path)
    lab.add_hosts({"col": "server", "srv-1": "server"}, {})
    near, far = (End(lab.hosts[name], "eth0", f"{at}/24") for name, at in (("col", NEAR), ("srv-1", OWN)))
    lab.add_cable("lan", near, far)
    # What the page has fetched from Debian: these machines have no way there.
    engine = Path(need("prometheus")).resolve().parent
    collector, server = machine(lab, "col", packages=tmp_path, opt_prometheus=engine), machine(lab, "srv-1")

    install, invite, _, remove = PASTED
    paste(collector, install)
    for block in FILES:
        collector.write(block.options["file"], block.body.encode())
    said = paste(collector, invite)
    (line,) = [one for one in said.splitlines() if "sha256sum" in one]
    pasted = server.run("bash", "-c", line, check=False, within_s=120)
    assert pasted.returncode == 0, pasted.stdout + pasted.stderr
    assert server.is_active(SERVER_UNIT)

    def states() -> list[str]:
        url = f"http://127.0.0.1:{PROMETHEUS_PORT}/api/v1/query?query=regiowacht:asset_state==0"
        done = collector.run("curl", "-sg", url, check=False)
        found = json.loads(done.stdout)["data"]["result"] if done.returncode == 0 else []
        return [one["metric"]["instance"] for one in found]

    until(lambda: "srv-1" in states(), 30, "the server to be goed")
    shown = collector.run("regiowacht", "dashboards", "preview", "--help", check=False)
    assert shown.returncode == 0

    assert server.run("/opt/regiowacht/bin/regiowacht", "agent", "leave", check=False, within_s=60).returncode == 0
    paste(collector, remove)
    assert not collector.is_active("regiowacht-collector.service")
