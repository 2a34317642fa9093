"""An own authority, from the collector's options into the line of an invitation."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import pytest

from regiowacht_collector.data_folder import DataFolder
from regiowacht_collector.gateway.installing import shelf
from regiowacht_collector.gateway.installing.authority import keep_authority, kept_authority
from regiowacht_collector.gateway.joining.store import Store
from regiowacht_contract.errors import Unavailable
from regiowacht_inventory import example_path
from tests.collector import command
from tests.collector.authority import Authority
from tests.collector.gateway.installing.folder import product

if TYPE_CHECKING:
    from pathlib import Path


def invite(data: Path, *words: str) -> dict[str, str]:
    asked = ("invite", "zandbeke", "--server", "srv-app", "--region", str(example_path()), "--data", str(data))
    done = command.regiowacht("collector", *asked, "--json", *words)
    assert done.returncode == 0, done.stderr
    told: dict[str, str] = json.loads(done.stdout)
    return told


@pytest.fixture
def data(tmp_path: Path) -> Path:
    DataFolder(tmp_path / "data").close()
    return tmp_path / "data"


def test_it_is_kept_and_forgotten_with_the_option(data: Path, tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    assert kept_authority(data) == ""
    for _ in range(2):
        keep_authority(data, authority.ca)
        assert kept_authority(data) == authority.ca.read_text()
    keep_authority(data, None)
    assert kept_authority(data) == ""
    with pytest.raises(Unavailable, match=r"none\.pem"):
        keep_authority(data, tmp_path / "none.pem")


def test_without_packages_there_is_a_command_and_no_line(data: Path) -> None:
    told = invite(data)
    assert told["line"] == ""
    assert "agent join" in told["command"]


def test_the_line_has_the_checksum_of_what_is_served(data: Path, tmp_path: Path) -> None:
    product(data / "packages")
    authority = Authority(tmp_path)
    keep_authority(data, authority.ca)
    first, second = invite(data), invite(data, "--ca", str(Authority(tmp_path, "other").ca))
    store = Store(data)
    for told in (first, second):
        (script,) = store.rows("SELECT script FROM installer WHERE invite = ?", (told["id"],))[0]
        assert hashlib.sha256(script.encode()).hexdigest() in told["line"]
        assert told["code"] in told["line"]
        assert told["code"] not in script
        assert "curl -k" in told["line"]
    assert authority.ca.read_text().splitlines()[1] in store.rows("SELECT script FROM installer")[0][0]
    found = shelf.find(store, second["id"])
    store.close()
    assert found is not None
    assert list(found.packages) == ["regiowacht-1.0-py3-none-any.whl"]
