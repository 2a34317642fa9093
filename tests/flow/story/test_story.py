"""The story: a region from nothing, through faults and an upgrade, to a goodbye.

Each test goes on where the one before ended, so after one that failed the next ones say little.
"""

from __future__ import annotations

import http.client
import json
import os
import shutil
import ssl
import subprocess
import sys
import time
from contextlib import suppress
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

import regiowacht_inventory
from regiowacht_contract.defaults import GATEWAY_PORT, PROMETHEUS_PORT
from regiowacht_contract.states import AssetState
from regiowacht_contract.wire.encode import head, request
from regiowacht_contract.wire.snappy import compress
from regiowacht_dashboards.build import build
from regiowacht_dashboards.preview.server import serve
from regiowacht_dashboards.settings import for_region
from tests.ansible.place import hang_up
from tests.dashboards.preview.screen import opened
from tests.flow.story.before import wheels_before
from tests.flow.story.place import Place
from tests.flow.story.region import COLLECTOR, LINE, NEAR, OLDER, OOSTHOVE, ROUTER, SECRETS, ZANDBEKE
from tests.lab import rootfs
from tests.lab.errors import LabError
from tests.lab.lab import Lab
from tests.lab.waiting import until
from tests.lab.wheelhouse import wheelhouse
from tests.lab.window import window

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

pytestmark = [pytest.mark.ansible, pytest.mark.tools, pytest.mark.ui, pytest.mark.timeout(1200)]

GOED = int(AssetState.GOED)
COMMAND = "/opt/regiowacht/bin/regiowacht"
REGION, DATA = "/etc/regiowacht/region", "/var/lib/regiowacht-collector"
INTERVAL_S = 5
DOWN_S = 25
"""How long the collector is off before the upgrade, so that what is measured waits in the spool."""

OLD_UNIT = """\
[Unit]
Description=Regiowacht agent
After=network-online.target

[Service]
Type=notify
NotifyAccess=main
User=regiowacht
ExecStart=/opt/regiowacht/bin/regiowacht agent run --state /var/lib/regiowacht
Restart=always
RestartSec=1

[Install]
WantedBy=multi-user.target
"""
"""As people wrote it by hand before the product did."""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """The hosts, and a mail server, for the whole story."""
    with Lab(rootfs.find()) as lab:
        made = Place.build(lab, tmp_path_factory.mktemp("story"))
        mail = made.mail_server()
        try:
            yield made
        finally:
            hang_up(lab)
            mail.terminate()
            mail.wait(60)


@pytest.fixture(scope="module")
def wheels() -> Path:
    """The wheelhouse of this state, for the whole story."""
    return wheelhouse()


def test_ansible_installs_it_all_from_nothing(place: Place, wheels: Path) -> None:
    words = ("--limit", f"!{OLDER}.oosthove")
    first = place.play("site.yml", *words, wheels=wheels)
    assert first.code == 0, first.said[-6000:]
    again = place.play("site.yml", *words, wheels=wheels)
    assert again.code == 0, again.said[-6000:]
    assert set(again.changed().values()) == {0}, again.said[-6000:]


def test_hosts_router_and_line_are_goed(place: Place) -> None:
    assert place.states_within(60, (ZANDBEKE, OOSTHOVE, ROUTER, LINE)) == {GOED}


def test_they_are_on_the_dashboards(place: Place, browser: Browser, tmp_path: Path) -> None:
    build(tmp_path, for_region(regiowacht_inventory.load(place.folder / "region")))
    with window(place.lab.hosts[COLLECTOR].pid, PROMETHEUS_PORT) as engine, serve(tmp_path, engine, 0) as preview:
        for uid, seen in {
            "rw-servers?var-gemeente=oosthove": OOSTHOVE,
            "rw-netdevice?var-gemeente=zandbeke": ROUTER,
            "rw-wan?var-gemeente=zandbeke": LINE,
        }.items():
            with opened(browser, f"{preview.url}/d/{uid}") as page:
                shown = page.locator("#panels").get_by_text(seen).first
                shown.wait_for()
                assert seen in shown.inner_text()


def test_an_audit_reads_the_router_over_ssh(place: Place, tmp_path: Path) -> None:
    """From the collector's network; with this machine's git, which the lab's servers have not."""
    region = tmp_path / "region"
    shutil.copytree(place.folder / "region", region)
    text = (region / "region.yml").read_text()
    (region / "region.yml").write_text(text.replace("file:/etc/regiowacht/secrets/ssh", "env:STORY_SSH"))
    assert _audit(place, region, "trust", f"zandbeke/{ROUTER}").returncode == 0
    read = _audit(place, region, "run", "--store", str(tmp_path / "store"))
    assert read.returncode in (0, 1), read.stderr
    (device,) = json.loads(read.stdout)["devices"]
    assert device["complete"] is True, device


def _audit(place: Place, region: Path, verb: str, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "regiowacht", "audit", verb, *words, "--region", str(region), "--json"]
    return subprocess.run(
        place.lab.hosts[COLLECTOR].network_command(*command),
        env={**os.environ, "STORY_SSH": SECRETS["ssh"]},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_a_cut_line_is_told_to_whom_it_concerns(place: Place) -> None:
    place.lab.link(LINE).cut()
    place.moments["cut"] = time.time()
    until(lambda: place.mails("ict@zandbeke.example"), 120, "a mail to the gemeente", every_s=1)
    assert "zandbeke" in str(place.mails("ict@zandbeke.example")[0]["Subject"])
    assert place.mails("ict@oosthove.example") == []


def test_a_token_of_one_gemeente_writes_for_another_in_vain(place: Place) -> None:
    words = ("invite", "oosthove", "--client", "vreemd", "--region", REGION, "--data", DATA, "--json")
    told = json.loads(place.collector.run(COMMAND, "collector", *words, within_s=60).stdout)
    token = next(value for key, value in told.items() if key in ("token", "credential"))
    now_ms = round(time.time() * 1000)
    for gemeente, status in (("oosthove", 204), ("zandbeke", 400)):
        labels = {"gemeente": gemeente, "site": "x", "instance": "vreemd", "job": "node"}
        told_by = {"__name__": "node_load1", "scope": f"{gemeente}/infrastructuur", **labels}
        assert _write(place, token, request([head(told_by.items())], [1.0], now_ms)) == status, gemeente
    until(lambda: place.ask('node_load1{instance="vreemd"}'), 20, "what was rightly written", every_s=0.5)
    assert {labels["gemeente"] for labels, _ in place.ask('{instance="vreemd"}')} == {"oosthove"}


def _write(place: Place, token: str, body: bytes) -> int:
    context = ssl.create_default_context(cafile=str(place.authority.ca))
    with place.lab.hosts[COLLECTOR].network():
        connection = http.client.HTTPSConnection(NEAR, GATEWAY_PORT, timeout=60, context=context)
        connection.connect()
    headers = {
        "Authorization": f"Bearer {token}",
        "Content-Type": "application/x-protobuf",
        "Content-Encoding": "snappy",
        "X-Prometheus-Remote-Write-Version": "0.1.0",
    }
    connection.request("POST", "/api/v1/write", compress(body), headers)
    status = connection.getresponse().status
    connection.close()
    return status


def test_what_was_measured_in_the_dark_arrives_after_kills_at_both_ends(place: Place) -> None:
    for machine, unit in ((place.collector, "regiowacht-collector"), (place.server(ZANDBEKE), "regiowacht-agent")):
        pid = machine.run("systemctl", "show", "--property=MainPID", "--value", unit).stdout.strip()
        machine.run("kill", "-9", pid)
    until(lambda: place.states().get(OOSTHOVE) == GOED, 60, "the collector to be back", every_s=0.5)
    place.lab.link(LINE).mend()
    assert place.states_within(60, (ZANDBEKE, ROUTER, LINE)) == {GOED}
    assert _wait_whole(place, ZANDBEKE, place.moments["cut"] - 30) == []


def test_an_upgrade_with_a_full_spool_loses_nothing(place: Place, wheels: Path, tmp_path: Path) -> None:
    machine = place.server(OLDER)
    _install_by_hand(place, wheels_before(tmp_path))
    assert place.states_within(60, (OLDER,)) == {GOED}
    began_s = time.time()
    place.collector.run("systemctl", "stop", "regiowacht-collector", within_s=60)
    time.sleep(DOWN_S)  # the outage itself
    place.collector.run("systemctl", "start", "regiowacht-collector", within_s=60)
    done = place.play("upgrade.yml", "--limit", f"{OLDER}.oosthove", wheels=wheels)
    assert done.code == 0, done.said[-6000:]
    assert "WatchdogSec" in machine.run("systemctl", "cat", "regiowacht-agent").stdout
    assert place.states_within(60, (OLDER,)) == {GOED}
    assert _wait_whole(place, OLDER, began_s - 10) == []


def _install_by_hand(place: Place, wheels: Path) -> None:
    """Install as people did before this: an environment, a user, a unit of one's own."""
    machine = place.server(OLDER)
    for wheel in sorted(wheels.glob("*.whl")):
        machine.write(f"/root/wheels/{wheel.name}", wheel.read_bytes())
    machine.write("/root/ca.pem", place.authority.ca.read_bytes())
    machine.write("/etc/systemd/system/regiowacht-agent.service", OLD_UNIT.encode())
    words = ("invite", "oosthove", "--server", OLDER, "--region", REGION, "--data", DATA, "--json")
    code = json.loads(place.collector.run(COMMAND, "collector", *words, within_s=60).stdout)["code"]
    script = f"""
python3 -m venv /opt/regiowacht
/opt/regiowacht/bin/pip install -q --no-index --find-links /root/wheels 'regiowacht[agent]'
useradd --system --home /var/lib/regiowacht --create-home regiowacht
{COMMAND} agent join https://{NEAR}:{GATEWAY_PORT} --name {OLDER} --ca /root/ca.pem --no-run
chown -R regiowacht: /var/lib/regiowacht
systemctl daemon-reload
systemctl enable --now regiowacht-agent
"""
    machine.run("sh", "-euc", script, within_s=120, given=f"{code}\n".encode())


def _holes(place: Place, server: str, since_s: float) -> list[tuple[float, float]]:
    """Return where two readings of a server are further apart than a restart takes, from a moment until now."""
    found = place.ask(f'up{{instance="{server}",job="node"}}[30m]')
    times = sorted(float(at_s) for _labels, samples in found for at_s, _value in samples if float(at_s) > since_s)
    return [pair for pair in pairwise([since_s, *times, time.time()]) if pair[1] - pair[0] > 4 * INTERVAL_S]


def _wait_whole(place: Place, server: str, since_s: float) -> list[tuple[float, float]]:
    """Wait until there is no hole, as long as that may take; return those that stay."""
    with suppress(LabError):
        until(lambda: not _holes(place, server, since_s), 60, f"every reading of {server}", every_s=1)
    return _holes(place, server, since_s)


def test_a_gemeente_leaves_and_nothing_of_the_others_changes(place: Place, wheels: Path) -> None:
    before = _rendered(place)
    (place.folder / "region/gemeenten/oosthove.yml").unlink()
    place.server(OOSTHOVE).run(COMMAND, "agent", "leave", "--lang", "en", within_s=60)
    done = place.play("site.yml", wheels=wheels)
    assert done.code == 0, done.said[-6000:]
    after = _rendered(place)
    mine = {path for path in before if "oosthove" in path or OOSTHOVE in path or OLDER in path}
    gone = set(before) - set(after)
    assert gone <= mine
    others = [path for path in after if "zandbeke" in path]
    assert others
    assert {path: before[path] for path in others} == {path: after[path] for path in others}
    assert place.states_within(60, (ZANDBEKE, ROUTER, LINE)) == {GOED}
    assert not place.server(OOSTHOVE).is_active("regiowacht-agent")


def _rendered(place: Place) -> dict[str, str]:
    """Return the checksum of every file that was written from the region folder, on every machine that stays."""
    said = {}
    for machine, folder in ((place.collector, f"{DATA}/config"), (place.server(ZANDBEKE), "/var/lib/regiowacht")):
        words = ("find", "-L", folder, "-type", "f", "-name", "*.*", "-not", "-path", "*/spool/*", "-exec", "sha256sum")
        for line in machine.run(*words, "{}", "+").stdout.splitlines():
            checksum, path = line.split(maxsplit=1)
            said[f"{machine.name}:{path}"] = checksum
    return said
