"""A region says what each agent asks for others, and its agent takes that as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from regiowacht_agent.config_file import load
from regiowacht_agent.polls.made import polls_of
from regiowacht_agent.render import bundles
from regiowacht_inventory import example_path
from regiowacht_inventory import load as load_region

if TYPE_CHECKING:
    from pathlib import Path

    from regiowacht_agent.config import Config
    from regiowacht_agent.polls.settings import Probe, Relay
    from regiowacht_inventory import Region


def _configs(region: Region, folder: Path) -> dict[tuple[str, str], Config]:
    found = {}
    for asset, content in bundles(region):
        path = folder / f"{asset.gemeente}-{asset.name}.toml"
        path.write_bytes(content)
        found[asset.key] = load(path)
    return found


def _region(folder: Path, old: str, new: str) -> Region:
    for path in sorted(example_path().rglob("*.yml")):
        place = folder / path.relative_to(example_path())
        place.parent.mkdir(parents=True, exist_ok=True)
        text = path.read_text(encoding="utf-8")
        place.write_text(text.replace(old, new) if path.stem == "zandbeke" else text, encoding="utf-8")
    return load_region(folder)


def test_everything_that_can_be_probed_or_relayed_has_one_agent_that_asks(tmp_path: Path) -> None:
    region = load_region(example_path())
    configs = _configs(region, tmp_path)
    asked = {
        (gemeente, poll.asset.instance): (server, poll)
        for (gemeente, server), config in configs.items()
        for poll in polls_of(config)
    }
    wanted = {asset.key: asset for asset in region.assets if asset.job in ("probe", "relay")}
    assert asked.keys() == wanted.keys()
    for key, (server, poll) in asked.items():
        asset = wanted[key]
        assert server == asset.poller
        labels = ",".join(f'{name}="{value}"' for name, value in asset.target_labels.items())
        assert poll.asset.labels() == labels
        assert poll.kind == ("icmp" if asset.kind == "link" else poll.kind)


def test_one_who_asks_nobody_has_no_polls(tmp_path: Path) -> None:
    assert polls_of(_configs(load_region(example_path()), tmp_path)["zandbeke", "srv-app"]) == ()


@pytest.mark.parametrize(
    ("old", "new", "name", "expected"),
    [
        ("contains: Zandbeke", 'contains: "a.b (c) \\" é"', "website", {"contains": 'a.b (c) " é'}),
        ("contains: Zandbeke", "status: [200, 401], ca: /etc/ca.pem", "website", {"status": (200, 401)}),
        ("query: srv-files.zandbeke.example", "query: a.example, record: MX", "dns-intern", {"record": "MX"}),
        (
            'relay: "http://10.12.0.11:9182/metrics"',
            'relay: "https://10.12.0.11:9182/metrics", relay_user: reader, relay_password: "env:P", relay_ca: /ca.pem',
            "srv-dc",
            {"user": "reader", "password": "env:P", "ca": "/ca.pem", "url": "https://10.12.0.11:9182/metrics"},
        ),
    ],
)
def test_what_is_said_of_an_asset_reaches_its_agent(
    tmp_path: Path, old: str, new: str, name: str, expected: dict[str, object]
) -> None:
    region = _region(tmp_path / "region", old, new)
    config = _configs(region, tmp_path)["zandbeke", "srv-files"]
    items: list[Probe | Relay] = [*config.probe, *config.relay]
    (item,) = [one for one in items if one.instance == name]
    assert {key: getattr(item, key) for key in expected} == expected
