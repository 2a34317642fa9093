"""Agents that answer over TLS: how they are asked, and what a real Prometheus makes of their certificates."""

from __future__ import annotations

import json
import urllib.request
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from regiowacht.main import main
from regiowacht_agent.render import bundle
from regiowacht_collector import Options, render
from regiowacht_collector.client import Client
from regiowacht_collector.promtool import check_files
from regiowacht_collector.trust import Trust, check_authorities
from regiowacht_contract.errors import Unavailable
from regiowacht_contract.states import AssetState
from regiowacht_inventory import AgentTls, Asset
from tests.agent.agent_process import AgentProcess
from tests.collector.authority import Authority
from tests.collector.live import collecting, until, values
from tests.collector.regions import region_of, server
from tests.inventory.base import BASE, write_base
from tests.parts import need

if TYPE_CHECKING:
    from pathlib import Path

    from regiowacht_inventory import Region

PLAIN = server("zandbeke", "srv-plain", address="127.0.0.1")
SYSTEM = replace(server("zandbeke", "srv-system", address="10.12.0.1"), tls=AgentTls())
OWN = replace(server("zandbeke", "srv-own", address="10.12.0.2"), tls=AgentTls(ca="/etc/a (b) c.pem"))
NAMED = replace(server("zandbeke", "srv-named", address="10.12.0.3"), tls=AgentTls(name="srv.example"))
BOTH = replace(server("zandbeke", "srv-both", address="10.12.0.4"), tls=AgentTls(ca="/ca.pem", name="srv.example"))
MIXED = region_of([PLAIN, SYSTEM, OWN, NAMED, BOTH])


def _link(poller: Asset) -> Asset:
    """Return a link that a server asks for, so that it has a page of assets."""
    return replace(poller, name=f"wan-{poller.name}", kind="link", laag="connectiviteit", job="probe", tls=None,
                   poller=poller.name, address="127.0.0.1")  # fmt: skip


def _jobs(region: Region, options: Options | None = None) -> dict[str, dict[str, Any]]:
    found = yaml.safe_load(render(region, options)["prometheus.yml"])["scrape_configs"]
    assert len({job["job_name"] for job in found}) == len(found)
    return {job["job_name"]: job for job in found}


def test_without_tls_nothing_is_different() -> None:
    jobs = _jobs(region_of([PLAIN]))
    assert list(jobs) == ["regiowacht", "node", "engine"]
    assert not {"tls_config", "relabel_configs", "scheme"} & jobs["node"].keys()


def test_one_who_trusts_what_the_system_does_needs_no_job_more() -> None:
    files = render(region_of([PLAIN, SYSTEM]))
    assert list(_jobs(region_of([PLAIN, SYSTEM]))) == ["regiowacht", "node", "engine"]
    schemes = [group["labels"].get("__scheme__") for group in json.loads(files["targets/zandbeke.json"])]
    assert schemes == [None, "https"]


def test_each_trust_has_its_job_and_each_target_one_of_them() -> None:
    jobs = _jobs(MIXED)
    trusts = {name: job.get("tls_config") for name, job in jobs.items() if name.startswith("node")}
    assert trusts == {
        "node": None,
        "node, trusting srv.example": {"server_name": "srv.example"},
        "node, trusting /etc/a (b) c.pem": {"ca_file": "/etc/a (b) c.pem"},
        "node, trusting srv.example /ca.pem": {"ca_file": "/ca.pem", "server_name": "srv.example"},
    }
    for job in trusts:
        assert jobs[job]["sample_limit"] == jobs["node"]["sample_limit"]
        assert jobs[job]["metric_relabel_configs"] == jobs["node"]["metric_relabel_configs"]


def test_those_who_are_not_scraped_need_no_job() -> None:
    assert list(_jobs(MIXED, Options(only=[PLAIN.key]))) == ["regiowacht", "node", "engine"]


def test_pages_of_assets_are_asked_as_their_servers_are() -> None:
    jobs = _jobs(region_of([PLAIN, OWN, _link(PLAIN), _link(OWN)]))
    plain, own = jobs["assets of zandbeke"], jobs["assets of zandbeke, trusting /etc/a (b) c.pem"]
    assert "tls_config" not in plain
    assert [group["labels"].get("__scheme__") for group in plain["static_configs"]] == [None]
    assert own["tls_config"] == {"ca_file": "/etc/a (b) c.pem"}
    assert [group["labels"]["__scheme__"] for group in own["static_configs"]] == ["https"]
    assert own["metric_relabel_configs"] == plain["metric_relabel_configs"]


@pytest.mark.tools
def test_the_engines_own_tool_accepts_them(tmp_path: Path) -> None:
    check_files(render(region_of([*MIXED.assets, _link(BOTH)])), type(tmp_path)(need("promtool")))


def test_files_with_authorities_are_looked_at(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    check_authorities([Trust(), Trust(name="srv.example"), Trust(ca=str(authority.ca))])
    with pytest.raises(Unavailable, match=rf"{tmp_path}/none\.pem: No such file.*agent: ca:"):
        check_authorities([Trust(ca=str(tmp_path / "none.pem"))])
    with pytest.raises(Unavailable, match="Is a directory"):
        check_authorities([Trust(ca=str(tmp_path))])
    (tmp_path / "empty.pem").write_text("hunter2")
    with pytest.raises(Unavailable, match="holds no certificate") as caught:
        check_authorities([Trust(ca=str(tmp_path / "empty.pem"))])
    assert "hunter2" not in caught.value.message("en")


def test_render_looks_at_them_where_it_is_to_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = BASE["region.yml"] + "agent: {tls: true, ca: /no/such/ca.pem}\n"
    region = str(write_base(tmp_path / "region", {**BASE, "region.yml": text}))
    words = ["collector", "render", "--region", region, "--out", str(tmp_path / "out"), "--lang", "en"]
    assert main(words) == 0
    capsys.readouterr()
    assert main([*words, "--check"]) == 3
    assert "/no/such/ca.pem: No such file" in capsys.readouterr().err


def _start(region: Region, asset: Asset, folder: Path, stack: ExitStack) -> str:
    """Start the agent of a server with what the region says, and return where it listens."""
    config = folder / f"{asset.name}.toml"
    config.write_bytes(bundle(region, asset))
    agent = AgentProcess.start("--config", str(config), "--listen", "127.0.0.1:0")
    stack.callback(agent.end)
    return f"127.0.0.1:{agent.port}"


def _errors(url: str) -> dict[str, str]:
    """Return why the latest scrape failed, by name, of the servers whose scrape did."""
    with urllib.request.urlopen(f"{url}/api/v1/targets?state=active", timeout=10) as answer:
        found = json.load(answer)["data"]["activeTargets"]
    assert all(target["scrapeUrl"].endswith(("/metrics", "/assets")) for target in found)
    return {
        target["labels"]["instance"]: target["lastError"]
        for target in found
        if target["lastError"] and target["labels"]["job"] == "node"
    }


@pytest.mark.tools
def test_a_mixed_region_is_scraped_and_a_wrong_certificate_is_not_taken(tmp_path: Path) -> None:
    """Four ways to be right (plain, by address, by name, by another authority), and two to be wrong."""
    ours, theirs = Authority(tmp_path, "ours"), Authority(tmp_path, "theirs")

    def tls(authority: Authority, of: str, name: str = "", trusting: Authority | None = None) -> AgentTls:
        return AgentTls(*authority.issue(of), str((trusting or authority).ca), name)

    other = tls(ours, "other.example")
    assets = [
        PLAIN,
        replace(server("zandbeke", "srv-address", address="127.0.0.1"), tls=tls(ours, "127.0.0.1")),
        replace(server("zandbeke", "srv-name", address="127.0.0.1"), tls=tls(ours, "srv.example", "srv.example")),
        replace(server("zandbeke", "srv-theirs", address="127.0.0.1"), tls=tls(theirs, "127.0.0.1")),
        replace(server("zandbeke", "srv-other", address="127.0.0.1"), tls=other),
        replace(server("zandbeke", "srv-stranger", address="127.0.0.1"), tls=tls(theirs, "127.0.0.1", "", ours)),
    ]
    region = region_of([*assets, *map(_link, assets[:2])])
    well = {asset.name for asset in assets[:4]}
    with ExitStack() as stack:
        addresses = {asset.key: _start(region, asset, tmp_path, stack) for asset in assets}
        collector = stack.enter_context(collecting(region, tmp_path / "data", addresses))
        wanted = {asset.name: float(asset.name in well) for asset in assets}
        until(lambda: values(collector, 'up{job="node"}') == wanted, collector)
        until(lambda: set(_errors(collector.url)) == set(wanted) - well, collector)
        errors = _errors(collector.url)
        assert "certificate is" in errors["srv-other"] or "any IP SANs" in errors["srv-other"], errors
        assert "unknown authority" in errors["srv-stranger"], errors
        page = 'up{job="regiowacht",site!=""}'
        until(lambda: values(collector, page) == {"srv-plain": 1, "srv-address": 1}, collector)
        state = f'regiowacht:asset_state{{kind="server"}} == {AssetState.GOED:d}'
        until(lambda: set(values(collector, state)) == well, collector)
        ((labels, _value),) = Client(collector.url).query('node_uname_info{instance="srv-name"}')
        assert not {name for name in labels if name.startswith("__tmp")}
        _reload(collector, region, assets[1], tmp_path)


def _reload(collector: Any, region: Region, asset: Asset, folder: Path) -> None:
    """A region that names authorities that are not there is refused, and the previous one stays in force."""
    assert asset.tls is not None
    broken = replace(asset, tls=replace(asset.tls, ca=str(folder / "gone.pem")))
    assets = tuple(broken if one.key == asset.key else one for one in region.assets)
    with pytest.raises(Unavailable, match=r"gone\.pem"):
        collector.reload(replace(region, assets=assets))
    until(lambda: values(collector, 'up{instance="srv-address",job="node"}') == {"srv-address": 1}, collector)
