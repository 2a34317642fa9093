"""A region says which devices each agent asks over SNMP and for whom it stands by; its agent takes that as it is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from regiowacht_agent.config_file import load
from regiowacht_agent.render import bundle, bundles
from regiowacht_inventory import AgentTls, Region, example_path
from regiowacht_inventory import load as load_region
from tests.inventory.base import BASE, write_base

if TYPE_CHECKING:
    from pathlib import Path

    from regiowacht_agent.config import Config

AA = "gemeenten/aa.yml"


def _region(folder: Path, *changes: tuple[str, str], files: dict[str, str] | None = None) -> Region:
    files = {**BASE, **(files or {})}
    for old, new in changes:
        assert old in files[AA]
        files[AA] = files[AA].replace(old, new)
    return load_region(write_base(folder, files))


def _config(region: Region, folder: Path, name: str) -> Config:
    (asset,) = [one for one in region.assets if one.name == name]
    path = folder / f"{name}.toml"
    path.write_bytes(bundle(region, asset))
    return load(path)


def test_every_device_with_a_credential_has_one_poller_and_where_its_site_has_one_a_standby(tmp_path: Path) -> None:
    region = load_region(example_path())
    asked: dict[tuple[str, str], dict[str, str]] = {}
    for asset, content in bundles(region):
        path = tmp_path / f"{asset.gemeente}-{asset.name}.toml"
        path.write_bytes(content)
        for device in load(path).device:
            asked.setdefault((asset.gemeente, device.instance), {})[asset.name] = device.standby_of
    wanted = {asset.key: asset for asset in region.assets if asset.credential}
    assert asked.keys() == wanted.keys()
    for key, asset in wanted.items():
        assert asked[key] == {asset.poller: "", **({asset.standby: asset.poller} if asset.standby else {})}
    assert {len(by) for by in asked.values()} == {1, 2}


def test_a_credential_becomes_what_the_agent_asks_with_and_secrets_stay_references(tmp_path: Path) -> None:
    config = _config(_region(tmp_path), tmp_path, "srv-1")
    router, switch = config.device
    assert (router.version, router.user, router.auth, router.auth_secret) == ("3", "monitor", "sha256", "env:AUTH")
    assert (router.priv, router.priv_secret, router.community) == ("", "", "")
    assert (switch.version, switch.community, switch.user) == ("2c", "file:/etc/community", "")
    assert (switch.address, switch.site, switch.laag) == ("10.0.0.2", "huis", "connectiviteit")
    assert config.poller == ()


def test_a_port_of_a_credential_is_its_devices_and_others_keep_the_usual_one(tmp_path: Path) -> None:
    text = BASE["region.yml"].replace("version: 2c", "version: 2c\n    port: 1161")
    router, switch = _config(_region(tmp_path, files={"region.yml": text}), tmp_path, "srv-1").device
    assert (router.port, switch.port) == (161, 1161)


def test_what_is_encrypted_says_so(tmp_path: Path) -> None:
    secret = '{protocol: sha256, secret: "env:AUTH"}'
    text = BASE["region.yml"].replace(secret, f'{secret}, priv: {{protocol: aes128, secret: "env:PRIV"}}')
    config = _config(_region(tmp_path, files={"region.yml": text}), tmp_path, "srv-1")
    assert (config.device[0].priv, config.device[0].priv_secret) == ("aes128", "env:PRIV")


def test_a_device_without_a_credential_is_asked_by_nobody(tmp_path: Path) -> None:
    region = _region(tmp_path)
    for name in ("srv-1", "srv-2"):
        assert [device.instance for device in _config(region, tmp_path, name).device] == ["rt-1", "sw-1"]
    assert _config(region, tmp_path, "srv-b").device == ()


def test_a_standby_knows_where_to_look_whether_the_poller_asks(tmp_path: Path) -> None:
    config = _config(_region(tmp_path), tmp_path, "srv-2")
    assert {device.standby_of for device in config.device} == {"srv-1"}
    (poller,) = config.poller
    assert (poller.instance, poller.address, poller.port) == ("srv-1", "10.0.0.10", 9780)
    assert (poller.tls, poller.ca, poller.name) == (False, "", "")


@pytest.mark.parametrize("tls", [AgentTls(), AgentTls(ca="/etc/ca.pem", name="agent.aa.example")])
def test_a_poller_that_answers_over_tls_is_looked_at_over_tls(tmp_path: Path, tls: AgentTls) -> None:
    region = _region(tmp_path)
    assets = tuple(replace(asset, tls=tls) if asset.name == "srv-1" else asset for asset in region.assets)
    (poller,) = _config(replace(region, assets=assets), tmp_path, "srv-2").poller
    assert (poller.tls, poller.ca, poller.name) == (True, tls.ca, tls.name)


def test_a_server_may_ask_one_device_itself_and_stand_by_for_others(tmp_path: Path) -> None:
    by = ("uplink: rt-1, snmp: v2", "uplink: rt-1, snmp: v2, polled_by: srv-2")
    config = _config(_region(tmp_path, by), tmp_path, "srv-2")
    assert {device.instance: device.standby_of for device in config.device} == {"rt-1": "srv-1", "sw-1": ""}
    assert [poller.instance for poller in config.poller] == ["srv-1"]


def test_the_regions_interval_is_the_agents(tmp_path: Path) -> None:
    text = BASE["region.yml"].replace("language: nl", "language: nl\nsnmp: {interval: 30s}")
    region = _region(tmp_path, files={"region.yml": text})
    assert _config(region, tmp_path, "srv-1").snmp.interval_s == 30
    assert b"[snmp]" not in bundle(region, next(asset for asset in region.assets if asset.name == "srv-b"))


def test_the_bytes_are_the_same_whenever_the_region_is(tmp_path: Path) -> None:
    first, second = (dict(_bytes(_region(tmp_path / name))) for name in ("first", "second"))
    assert first == second


def _bytes(region: Region) -> list[tuple[str, bytes]]:
    return [(asset.name, content) for asset, content in bundles(region)]
