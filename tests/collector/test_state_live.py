"""States on a real Prometheus that scrapes a real process."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from regiowacht_collector.client import Client
from regiowacht_contract.states import AssetState
from tests.collector.live import collecting, exporter, until, values
from tests.collector.regions import region_of, server
from tests.parts import need

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.tools

SERVER = server("zandbeke", "srv-files")
OTHER = server("oosthove", "srv-other")
STATE = "regiowacht:asset_state"


def test_a_killed_exporter_turns_its_asset_neer_and_a_removed_target_stil(tmp_path: Path) -> None:
    region = region_of([SERVER, OTHER])
    with exporter("node_boot_time_seconds 1\n") as (address, process):
        addresses = {SERVER.key: address}
        with collecting(region, tmp_path, addresses) as collector:
            until(lambda: values(collector, STATE).get("srv-files") == AssetState.GOED)
            process.kill()
            until(lambda: values(collector, STATE)["srv-files"] == AssetState.NEER)

            addresses[SERVER.key] = ""
            collector.reload(region)

            until(lambda: values(collector, STATE)["srv-files"] == AssetState.STIL)
            assert values(collector, STATE)["srv-other"] == AssetState.NOG_NIET_AANGESLOTEN


def test_carried_series_are_stored_as_they_are_and_give_states(tmp_path: Path) -> None:
    one, down = (
        f'gemeente="{s.gemeente}",scope="{s.gemeente}/infrastructuur",site="{s.site}",instance="{s.name}",job="node"'
        for s in (SERVER, OTHER)
    )
    page = f"up{{{one}}} 1\nnode_load1{{{one}}} 0.5\nup{{{down}}} 0\nregiowacht:asset_seen{{{down}}} 1\n"
    with (
        exporter(page) as (address, _),
        collecting(region_of([SERVER, OTHER]), tmp_path, carried=(address,)) as collector,
    ):
        until(lambda: values(collector, STATE).get("srv-files") == AssetState.GOED)
        ((labels, load),) = Client(collector.url).query("node_load1")
        assert (labels["scope"], labels["instance"], labels["job"], load) == (
            "zandbeke/infrastructuur",
            "srv-files",
            "node",
            0.5,
        )
        # it was never up, whatever the page says of a series that only the collector records
        assert values(collector, STATE)["srv-other"] == AssetState.NOG_NIET_AANGESLOTEN


def test_what_was_seen_survives_a_pause_longer_than_the_engine_looks_back(tmp_path: Path) -> None:
    """The engine looks back five minutes; here three seconds, so that the pause need not last longer."""
    region = region_of([SERVER, OTHER])
    short_sighted = tmp_path / "prometheus"
    short_sighted.write_text(f'#!/bin/sh\nexec {need("prometheus")} --query.lookback-delta=3s "$@"\n')
    short_sighted.chmod(0o755)
    with exporter("") as (address, process):
        with collecting(region, tmp_path / "data", {SERVER.key: address}, short_sighted) as collector:
            until(lambda: values(collector, STATE).get("srv-files") == AssetState.GOED)
        process.kill()
    with collecting(region, tmp_path / "data", engine=short_sighted) as collector:
        until(lambda: not Client(collector.url).query("regiowacht:asset_seen"), within_s=10)
        until(lambda: values(collector, STATE).get("srv-files") == AssetState.STIL)
        assert values(collector, "regiowacht_asset_remembered") == {"srv-files": 1}
        assert values(collector, STATE)["srv-other"] == AssetState.NOG_NIET_AANGESLOTEN


def test_a_region_taken_over_changes_states_without_a_restart(tmp_path: Path) -> None:
    with collecting(region_of([SERVER]), tmp_path) as collector:
        until(lambda: values(collector, STATE) == {"srv-files": AssetState.NOG_NIET_AANGESLOTEN})
        before = collector.pid()

        collector.reload(region_of([OTHER]))

        until(lambda: values(collector, STATE) == {"srv-other": AssetState.NOG_NIET_AANGESLOTEN})
        assert collector.pid() == before


def test_scope_follows_the_catalogue(tmp_path: Path) -> None:
    page = 'node_boot_time_seconds 1\nmade_up_metric 2\nregiowacht_asset_info{gemeente="evil"} 1\nup 0\na:b:c 1\n'
    with exporter(page) as (address, _), collecting(region_of([SERVER]), tmp_path, {SERVER.key: address}) as collector:
        client = Client(collector.url)
        until(lambda: bool(client.query("made_up_metric")))
        labels = {"gemeente": "zandbeke", "site": "stadhuis", "instance": "srv-files", "job": "node"}

        assert [sample for sample, _ in client.query("made_up_metric")] == [
            {"__name__": "made_up_metric", "scope": "zandbeke/overig", **labels}
        ]
        assert [sample["scope"] for sample, _ in client.query("node_boot_time_seconds")] == ["zandbeke/infrastructuur"]
        assert client.query('up{job="node"}') == [({"__name__": "up", "scope": "zandbeke/infrastructuur", **labels}, 1)]
        assert client.query("a:b:c") == []
        assert client.query('{gemeente="evil"}') == client.query('{exported_gemeente="evil"}') == []
