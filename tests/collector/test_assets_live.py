"""A page of what an agent asked for others, on a real Prometheus: what it may say, and what it may not."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from regiowacht_collector.client import Client
from regiowacht_contract.states import AssetState
from regiowacht_inventory import Asset
from tests.collector.live import collecting, exporter, until, values
from tests.collector.regions import region_of, server

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.tools

STATE = "regiowacht:asset_state"
POLLER = server("zandbeke", "srv-files")
LINK = Asset(
    gemeente="zandbeke",
    site="stadhuis",
    name="wan-1",
    kind="link",
    laag="connectiviteit",
    job="probe",
    leverancier="telco-a",
    uplink="",
    poller="srv-files",
    address="10.255.0.1",
)
CUT = replace(LINK, name="wan-2")
NEIGHBOUR = server("zandbeke", "srv-app")
OTHER = replace(LINK, gemeente="oosthove", site="gemeentehuis", name="wan-oost", poller="srv-oost-1")
REGION = region_of([POLLER, LINK, CUT, NEIGHBOUR, OTHER])


def _series(name: str, value: int, asset: Asset, **changed: str) -> str:
    labels = {**asset.target_labels, **changed}
    told = ",".join(f'{key}="{text}"' for key, text in labels.items())
    return f"{name}{{{told}}} {value}\n"


def test_links_have_a_state_and_the_leverancier_through_their_asset(tmp_path: Path) -> None:
    page = _series("up", 1, LINK) + _series("probe_success", 1, LINK) + _series("up", 0, CUT)
    with exporter(page) as (address, _), collecting(REGION, tmp_path, {POLLER.key: address}) as collector:
        until(lambda: values(collector, STATE).get("wan-1") == AssetState.GOED, collector)
        assert values(collector, STATE)["wan-2"] == AssetState.NOG_NIET_AANGESLOTEN
        key = "on (gemeente, instance, job) group_left (leverancier)"
        joined = f'probe_success{{job="probe"}} * {key} regiowacht_asset_info'
        ((labels, _value),) = Client(collector.url).query(joined)
        assert labels["leverancier"] == "telco-a"
        ((labels, _value),) = Client(collector.url).query('up{job="regiowacht",site!=""}')
        assert (labels["instance"], labels["scope"]) == ("srv-files", "zandbeke/overig")


def test_a_gemeentes_agent_speaks_for_no_other_gemeente(tmp_path: Path) -> None:
    page = "".join(
        [
            _series("up", 1, LINK),
            _series("up", 1, OTHER),  # of another gemeente and its site
            _series("probe_success", 1, OTHER, site="stadhuis"),  # of another gemeente, a site of our own
            _series("probe_duration_seconds", 1, LINK, scope="oosthove/connectiviteit"),  # under another one's right
            _series("probe_http_redirects", 1, LINK, site="gemeentehuis"),  # at another one's site
            _series("probe_icmp_requests", 1, LINK, scope="zandbeke/connectiviteit|oosthove/connectiviteit"),
            _series("up", 1, NEIGHBOUR),  # a server with an agent speaks for itself
            _series("regiowacht_asset_info", 1, OTHER, site="stadhuis", scope="zandbeke/connectiviteit"),
            _series("regiowacht:asset_state", 0, LINK),
        ]
    )
    with exporter(page) as (address, _), collecting(REGION, tmp_path, {POLLER.key: address}) as collector:
        until(lambda: values(collector, STATE).get("wan-1") == AssetState.GOED, collector)
        client = Client(collector.url)
        states = values(collector, STATE)
        assert states["wan-oost"] == AssetState.NOG_NIET_AANGESLOTEN
        assert states["srv-app"] == AssetState.NOG_NIET_AANGESLOTEN
        told = '{__name__=~"up|probe_.*",gemeente="oosthove"}'
        assert client.query(told) == []
        assert client.query('{scope=~"oosthove/.*",__name__=~"probe_.*"}') == []
        for refused in ("probe_success", "probe_duration_seconds", "probe_http_redirects", "probe_icmp_requests"):
            # the page stands at /metrics too, where it is a server's own
            assert client.query(f'{refused}{{job!="node"}}') == [], refused
