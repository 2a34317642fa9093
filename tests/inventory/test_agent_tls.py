"""How an agent answers is said by its server, else by its gemeente, else by the region, key by key."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pytest

from regiowacht_agent.config_file import load as load_config
from regiowacht_agent.render import bundles
from regiowacht_contract.errors import RegionInvalid
from regiowacht_inventory import AgentTls, load
from regiowacht_inventory.details import describe, find_asset
from tests.inventory.base import BASE, write_base

if TYPE_CHECKING:
    from pathlib import Path

    from regiowacht_inventory import Region

SRV_1 = "address: 10.0.0.10, os: linux"
CERT, KEY = "/etc/regiowacht/agent.pem", "/etc/regiowacht/agent.key"


def _load(folder: Path, region: str = "", gemeente: str = "", server: str = "") -> Region:
    """Return the small region with ``agent:`` at three places."""
    files = dict(BASE)
    if region:
        files["region.yml"] += f"agent: {region}\n"
    if gemeente:
        files["gemeenten/aa.yml"] += f"agent: {gemeente}\n"
    if server:
        files["gemeenten/aa.yml"] = files["gemeenten/aa.yml"].replace(SRV_1, f"{SRV_1}, agent: {server}")
    return load(write_base(folder, files))


def _tls(region: Region) -> dict[str, AgentTls | None]:
    return {asset.name: asset.tls for asset in region.assets if asset.tls is not None or asset.job == "node"}


@pytest.mark.parametrize(
    ("region", "gemeente", "server", "wanted"),
    [
        ("", "", "", [None, None, None]),
        ("{tls: true}", "", "", [AgentTls(CERT, KEY)] * 3),
        ("{tls: true}", "", "{tls: false}", [None, AgentTls(CERT, KEY), AgentTls(CERT, KEY)]),
        ("{tls: true}", "{tls: off}", "{tls: yes}", [AgentTls(CERT, KEY), None, AgentTls(CERT, KEY)]),
        ("{ca: /ca.pem}", "{tls: true}", "", [AgentTls(CERT, KEY, "/ca.pem"), AgentTls(CERT, KEY, "/ca.pem"), None]),
        (
            "{tls: true, ca: /r.pem, cert: /r.crt, key: /r.key, name: all.example}",
            "{ca: /g.pem, cert: /g.crt}",
            "{ca: /s.pem, name: srv.example}",
            [
                AgentTls("/g.crt", "/r.key", "/s.pem", "srv.example"),
                AgentTls("/g.crt", "/r.key", "/g.pem", "all.example"),
                AgentTls("/r.crt", "/r.key", "/r.pem", "all.example"),
            ],
        ),
    ],
)
def test_the_nearest_says_it(
    tmp_path: Path, region: str, gemeente: str, server: str, wanted: list[AgentTls | None]
) -> None:
    found = _tls(_load(tmp_path, region, gemeente, server))
    assert [found[name] for name in ("srv-1", "srv-2", "srv-b")] == wanted
    assert "srv-3" not in found  # it has no agent


def test_the_agent_is_told_its_files_and_takes_them(tmp_path: Path) -> None:
    region = _load(tmp_path, "{tls: true}", "", '{tls: true, cert: "/etc/a b.pem"}')
    told = {asset.name: content for asset, content in bundles(region)}
    assert tomllib.loads(told["srv-1"].decode())["http"] == {"tls_cert": "/etc/a b.pem", "tls_key": KEY}
    (tmp_path / "agent.toml").write_bytes(told["srv-1"])
    config = load_config(tmp_path / "agent.toml")
    assert (config.http.tls_cert, config.http.tls_key) == ("/etc/a b.pem", KEY)
    assert [probe.instance for probe in config.probe] == ["collector-huis", "mail", "wan-1"]


def test_without_tls_the_agent_is_told_of_none(tmp_path: Path) -> None:
    assert all(b"[http]" not in content for _, content in bundles(_load(tmp_path, "{ca: /ca.pem}")))


def test_it_is_shown_with_the_server(tmp_path: Path) -> None:
    region = _load(tmp_path, "", "", "{tls: true, name: srv.example}")
    assert describe(region, find_asset(region, "srv-1")).declared["agent"] == "tls: True, name: srv.example"
    assert "agent" not in describe(region, find_asset(region, "srv-2")).declared


def test_a_key_that_is_typed_instead_of_its_file_is_not_shown(tmp_path: Path) -> None:
    with pytest.raises(RegionInvalid) as caught:
        _load(tmp_path, "{tls: true, key: hunter2}")
    (problem,) = caught.value.problems
    assert problem.key == "inventory.pem-file"
    assert "hunter2" not in problem.message("en")
