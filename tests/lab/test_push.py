"""A server behind a line that joined and pushes: what a cut and a power cut leave in its spool reaches the engine."""

from __future__ import annotations

import io
import math
import re
import shutil
import subprocess
import sys
import tarfile
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from regiowacht_agent.spool.spool import Spool
from regiowacht_contract.defaults import GATEWAY_PORT
from regiowacht_contract.states import AssetState
from regiowacht_contract.wire.encode import request
from tests.agent.push.receiver import decoded
from tests.collector.authority import Authority
from tests.lab import product, reaper
from tests.lab.asking import ask
from tests.lab.errors import LabError
from tests.lab.links import End, default_route
from tests.lab.machine import Machine
from tests.lab.plan import FOLDER
from tests.lab.waiting import until
from tests.parts import need

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.lab.host import Host
    from tests.lab.lab import Lab

    Sample = tuple[frozenset[tuple[str, str]], int, float]

pytestmark = [pytest.mark.lab, pytest.mark.systemd, pytest.mark.tools, pytest.mark.timeout(900)]

GEMEENTE, SERVER, LINE, UNIT = "zandbeke", "srv-zandbeke", "wan", "regiowacht-agent"
COLLECTOR, ROUTER, NEAR, FAR, GATE, OWN = "col", "rt", "10.0.1.1", "10.0.1.2", "10.12.0.1", "10.12.0.10"
URL = f"https://{NEAR}:{GATEWAY_PORT}"
STATE, CA = "/var/lib/regiowacht", "/etc/regiowacht/ca.pem"
READINGS = 3
"""Kept before the power cut, and again after it."""

SERVICE = f"""\
[Unit]
Description=Regiowacht agent that joined
After=network.target
ConditionPathExists={STATE}/credential

[Service]
ExecStart={" ".join(product.COMMAND)} run --state {STATE} --lang en
{"".join(f"Environment={name}={value}" + chr(10) for name, value in product.ENVIRONMENT.items())}
Restart=always

[Install]
WantedBy=multi-user.target
"""


@dataclass
class Site:
    """A collector, and a server behind NAT and a line: the collector has no way to it."""

    lab: Lab
    server: Machine
    region: Path
    data: Path

    @property
    def collector(self) -> Host:
        return self.lab.hosts[COLLECTOR]

    def ask(self, query: str) -> list[dict[str, Any]]:
        """Return what the engine finds; nothing while it is not there."""
        return ask(self.collector, query)

    def state(self) -> AssetState | None:
        """Return the server's state."""
        found = self.ask(f'regiowacht:asset_state{{instance="{SERVER}"}}')
        return AssetState(int(found[0]["value"][1])) if found else None

    def stored(self) -> set[Sample]:
        """Return every sample of the gemeente that the engine has, without the label that the gateway adds."""
        return {
            (_named(one["metric"]), round(float(at_s) * 1000), float(value))
            for one in self.ask(f'{{gemeente="{GEMEENTE}",__name__!~"regiowacht:.+"}}[2h]')
            for at_s, value in one["values"]
        }

    def kept(self, to: Path) -> set[Sample]:
        """Return every sample in the server's spool, from a copy of its files, also while it is off."""
        packed = self.server._run(
            self.server._anywhere("tar", "-C", STATE, "-cf", "-", "spool"), ("tar",), check=not self.server.is_on
        ).stdout
        with tarfile.open(fileobj=io.BytesIO(packed)) as files:
            files.extractall(to, filter="data")
        spool = Spool(str(to / "spool"))
        batches = spool.unsent(10**9)
        told = [
            sample
            for batch in batches
            for _number, scrape in batch
            for sample in decoded(request(scrape.shape.heads, scrape.values, scrape.at_ms))
        ]
        spool.close()
        return {(_named(dict(one.series)), one.at_ms, one.value) for one in told if not math.isnan(one.value)}


def _named(labels: dict[str, str]) -> frozenset[tuple[str, str]]:
    return frozenset(pair for pair in labels.items() if pair[0] != "scope")


@pytest.fixture
def site(lab: Lab, tmp_path: Path) -> Iterator[Site]:
    """A collector with a gateway, and a server that could join it; nothing of either knows the other yet."""
    product_folder = lab.run_dir / "product"
    product.copy_to(product_folder)
    lab.add_hosts({COLLECTOR: "host", ROUTER: "host", SERVER: "server"}, {product_folder: product.PLACE})
    collector, router, server = (lab.hosts[name] for name in (COLLECTOR, ROUTER, SERVER))
    lab.add_line(LINE, End(collector, LINE, f"{NEAR}/30"), End(router, LINE, f"{FAR}/30"))
    lab.add_cable("lan", End(server, "eth0", f"{OWN}/24"), End(router, "lan", f"{GATE}/24"))
    default_route(server, GATE)
    _hide(router)
    authority = Authority(tmp_path)
    files = {CA: authority.ca.read_bytes(), f"/etc/systemd/system/{UNIT}.service": SERVICE.encode()}
    machine = Machine.boot(
        SERVER, lab.run_dir, lab.rootfs.server, server.pid, files=files, binds={product_folder: product.PLACE}
    )
    lab.machines[SERVER] = machine
    reaper.note(lab.run_dir, machine.top)
    made = Site(lab, machine, _region(tmp_path / "region"), tmp_path / "data")
    process = _collect(made, authority)
    try:
        machine.wait_booted()
        product.require_push(machine)
        machine.run("systemctl", "enable", UNIT)
        until(lambda: _greets(made), 20, "the gateway")
        yield made
    finally:
        process.terminate()
        process.wait(60)


def _hide(router: Host) -> None:
    """Have the router write its own address over that of the server (nft(8)), as at sites behind NAT."""
    rule = f'oifname "{LINE}" masquerade;'
    chain = f"chain out {{ type nat hook postrouting priority 100; {rule} }};"
    router.run("nft", "-f", "-", given=f"table ip nat {{ {chain} }}\n")


def _region(folder: Path) -> Path:
    """Write the lab's region, whose servers push."""
    shutil.copytree(FOLDER, folder)
    text, count = re.subn("(?m)^  url: .*$", f"  url: {URL}", (folder / "region.yml").read_text())
    assert count == 1
    (folder / "region.yml").write_text(f"{text}\nagent: {{deliver: push, interval: 5s}}\n")
    return folder


def _words(site: Site, verb: str, *words: str) -> list[str]:
    command = [sys.executable, "-m", "regiowacht", "collector", verb, *words]
    return [*command, "--region", str(site.region), "--data", str(site.data), "--lang", "en"]


def _collect(site: Site, authority: Authority) -> subprocess.Popen[bytes]:
    certificate, key = authority.issue(NEAR)
    words = _words(site, "run", "--engine", need("prometheus"), "--scrape-interval", "1", "--rule-interval", "1")
    words += ["--gateway-listen", f"{NEAR}:{GATEWAY_PORT}", "--gateway-certificate", certificate, "--gateway-key", key]
    command = site.collector.network_command(*words)
    with (site.lab.run_dir / "collector.log").open("wb") as log:
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)


def _greets(site: Site) -> bool:
    words = ("curl", "-sfko", "/dev/null", "-m2", f"{URL}/v1/hello")
    return site.collector.run(*words, check=False).returncode == 0


def _join(site: Site) -> None:
    """Invite the server at the collector, have it join over the line, and start its service."""
    words = _words(site, "invite", GEMEENTE, "--server", SERVER)
    code = subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()
    join = ("join", URL, code, "--ca", CA, "--state", STATE, "--no-run", "--lang", "en")
    site.server.run(*product.environment(), *product.COMMAND, *join, within_s=30)
    site.server.run("systemctl", "start", UNIT)


def _wait_kept(site: Site, tmp_path: Path, name: str, since: set[Sample]) -> set[Sample]:
    """Wait until the spool holds enough readings that were not there before; return what it holds."""
    looks = 0

    def enough() -> set[Sample]:
        nonlocal looks
        looks += 1
        kept = site.kept(tmp_path / f"{name}-{looks}")
        return kept if len({at_ms for _labels, at_ms, _value in kept - since}) >= READINGS else set()

    return until(enough, 60, "readings in the spool", every_s=1)


def _wait_stored(site: Site, kept: set[Sample]) -> None:
    missing = kept

    def is_whole() -> bool:
        nonlocal missing
        missing = kept - site.stored()
        return not missing

    try:
        until(is_whole, 30, "all of the spool in the engine", every_s=1)
    except LabError:
        pytest.fail(f"{len(missing)} of {len(kept)} samples never came: {sorted(map(repr, missing))[:5]}")


def test_a_cut_with_a_power_cut_in_it_costs_no_sample_of_the_spool(site: Site, tmp_path: Path) -> None:
    _join(site)
    until(lambda: site.state() == AssetState.GOED, 30, "the server's state to be goed", every_s=0.5)
    line = site.lab.link(LINE)
    line.cut()
    until(lambda: site.state() in {AssetState.NEER, AssetState.STIL}, 60, "the cut to show", every_s=0.5)
    _wait_kept(site, tmp_path, "cut", set())

    site.server.kill()
    killed = site.kept(tmp_path / "killed")
    assert killed, "what was measured during the cut is gone with the power"
    site.server.boot_again()
    site.server.wait_booted()
    kept = _wait_kept(site, tmp_path, "again", killed)
    assert killed <= kept, "the agent let go of what nobody took"
    assert not kept & site.stored(), "something got through the cut line"
    assert site.state() in {AssetState.NEER, AssetState.STIL}

    mended_ms = time.time() * 1000
    line.mend()
    until(lambda: site.state() == AssetState.GOED, 60, "the server's state to be goed", every_s=0.2)
    good_s = time.time() - mended_ms / 1000
    _wait_stored(site, kept)
    whole_s = time.time() - mended_ms / 1000
    print(
        f"goed {good_s:.1f} s after the line was mended, {len(kept)} samples of the spool there after {whole_s:.1f} s"
    )
    assert any(at_ms > mended_ms for _labels, at_ms, _value in site.stored())
    refused = site.ask('sum({__name__="regiowacht_agent_push_refused_samples_total"})')
    assert not refused
