"""Alertmanager is found, takes what the region comes to, and answers."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from regiowacht_collector.alerts.manager.client import ManagerClient
from regiowacht_collector.alerts.manager.find import Manager, amtool, find_manager, inspect
from regiowacht_collector.alerts.routing import alertmanager_file
from regiowacht_contract.errors import Found, PartMissing, Unreachable
from regiowacht_inventory import load
from tests.collector.alerts.manager.running import running_manager
from tests.collector.alerts.test_routing import OF_AA, OF_THE_REGION
from tests.inventory.base import BASE, write_base
from tests.parts import missing, need_peer

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.tools


@pytest.fixture(params=["of this Debian", "newest"])
def manager(request: pytest.FixtureRequest) -> Manager:
    """Return this Debian's Alertmanager, then the newest."""
    return inspect(need_peer("alertmanager", own_suite=request.param == "of this Debian").path)


@pytest.fixture
def config(tmp_path: Path) -> bytes:
    """Return the configuration of a small region."""
    files = dict(BASE)
    files["region.yml"] += OF_THE_REGION
    files["gemeenten/aa.yml"] += OF_AA
    return alertmanager_file(load(write_base(tmp_path, files)), [2026, 2027], "http://127.0.0.1:9")


def test_it_takes_what_the_region_comes_to_and_knows_alerts_and_silences(
    manager: Manager, config: bytes, tmp_path: Path
) -> None:
    labels = {"alertname": "AssetNeer", "gemeente": "aa", "site": "huis", "instance": "sw-1", "laag": "connectiviteit"}
    with running_manager(manager, config, tmp_path / "manager") as client:
        client.post_alerts([{"labels": {**labels, "severity": "critical"}}])
        [found] = client.alerts()
        assert found["labels"]["instance"] == "sw-1"
        assert [one["name"] for one in found["receivers"]] == ["ict", "wacht"]
        now = datetime.now(UTC)
        wanted = {
            "matchers": [{"name": "instance", "value": "sw-1", "isRegex": False, "isEqual": True}],
            "startsAt": now.isoformat(),
            "endsAt": (now + timedelta(hours=1)).isoformat(),
            "createdBy": "tests",
            "comment": "test",
        }
        made = client.silence(wanted)
        assert [one["id"] for one in client.silences()] == [made]
        client.expire(made)
        assert client.silences()[0]["status"]["state"] == "expired"
        with pytest.raises(Found):
            client.silence({**wanted, "endsAt": (now - timedelta(hours=1)).isoformat()})


def test_its_own_tool_finds_nothing_wrong(manager: Manager, config: bytes, tmp_path: Path) -> None:
    tool = amtool(manager)
    if tool is None:
        missing("amtool")
        raise AssertionError
    (tmp_path / "alertmanager.yml").write_bytes(config)
    answer = subprocess.run([tool, "check-config", "alertmanager.yml"], cwd=tmp_path, capture_output=True, check=False)
    assert answer.returncode == 0, answer.stdout.decode() + answer.stderr.decode()


def test_one_that_is_none_is_told_by_its_path(tmp_path: Path) -> None:
    with pytest.raises(PartMissing, match="/bin/true"):
        find_manager(tmp_path.__class__("/bin/true"))


def test_one_that_is_away_is_told_by_its_address() -> None:
    client = ManagerClient("http://127.0.0.1:9")
    assert not client.is_ready()
    with pytest.raises(Unreachable, match=r"127\.0\.0\.1:9"):
        client.alerts()
    client.close()
