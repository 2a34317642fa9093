"""Lines and services of the small region, asked by agents that run as nobody in particular."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from regiowacht_contract.states import AssetState
from tests.lab.plan import COLLECTOR, SPARE
from tests.lab.waiting import until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.lab.plan import Town
    from tests.lab.small_region import SmallRegion

pytestmark = [pytest.mark.lab, pytest.mark.systemd, pytest.mark.timeout(600)]


@pytest.fixture
def town(small_region: SmallRegion) -> Iterator[Town]:
    """The second gemeente, whose line and cables are mended afterwards."""
    town = small_region.towns[1]
    yield town
    small_region.lab.link(_cable(town)).mend()
    small_region.mend(town)
    _wait(small_region, dict.fromkeys(_asked(small_region, town), AssetState.GOED))


def _asked(region: SmallRegion, town: Town) -> set[str]:
    """Return what of a gemeente is measured or asked."""
    assets = [asset for asset in region.region.assets if asset.gemeente == town.gemeente]
    return {asset.name for asset in assets if asset.job in ("node", "probe")}


def _cable(town: Town) -> str:
    return f"{town.switch.name}--{town.others[0].name}"


def _service(region: SmallRegion, town: Town) -> str:
    return next(one.name for one in region.region.assets if (one.gemeente, one.kind) == (town.gemeente, "service"))


def _wait(region: SmallRegion, wanted: dict[str, AssetState]) -> None:
    """Wait until each of these assets has its state."""

    def others() -> bool:
        states = region.states()
        return all(states.get(name) == state for name, state in wanted.items())

    told = ", ".join(f"{name} {state.name}" for name, state in wanted.items())
    until(others, 20, told, every_s=0.2)


def test_lines_and_services_are_goed_and_say_whose_they_are(small_region: SmallRegion) -> None:
    _wait(small_region, {name: AssetState.GOED for town in small_region.towns for name in _asked(small_region, town)})
    for town in small_region.towns:
        link = f'probe_icmp_duration_seconds{{instance="{town.line.name}",phase="rtt"}}'
        joined = f"{link} * on (gemeente, instance, job) group_left (leverancier) regiowacht_asset_info"
        ((labels, seconds),) = small_region.query(joined)
        assert labels["leverancier"] == "telco-a"
        assert labels["gemeente"] == town.gemeente
        ((labels, _value),) = small_region.query(link)
        assert labels["scope"] == f"{town.gemeente}/connectiviteit"
        assert seconds > 0


def test_an_agent_without_any_right_pings_through_a_socket_that_needs_none(small_region: SmallRegion) -> None:
    server = small_region.server(small_region.towns[0].server.name)
    pid = server.run("systemctl", "show", "-P", "MainPID", "regiowacht-agent").stdout.strip()
    status = server.run("cat", f"/proc/{pid}/status").stdout
    assert "CapEff:\t0000000000000000" in status
    assert "\nUid:\t0\t" not in status
    _wait(small_region, {small_region.towns[0].line.name: AssetState.GOED})


def test_a_line_that_is_cut_is_neer_while_the_spare_one_carries_the_rest(small_region: SmallRegion, town: Town) -> None:
    collector = small_region.lab.hosts[COLLECTOR]
    other = small_region.towns[0]
    small_region.lab.link(SPARE).mend()
    small_region.lab.link(town.line.name).cut()
    until(
        lambda: f"dev {other.line.name}" in collector.run("ip", "route", "show", str(town.lan)).stdout,
        10,
        "the route over the spare line",
        every_s=0.1,
    )
    rest = _asked(small_region, town) - {town.line.name}
    _wait(small_region, {town.line.name: AssetState.NEER, **dict.fromkeys(rest, AssetState.GOED)})
    assert small_region.states()[other.line.name] == AssetState.GOED
    why = small_region.query(f'regiowacht_agent_poll_failed{{instance="{town.line.name}"}}')
    assert [labels["reason"] in {"timeout", "unreachable"} for labels, _ in why] == [True]
    small_region.mend(town)
    _wait(small_region, {town.line.name: AssetState.GOED})


def test_behind_a_cut_line_all_is_neer_or_silent(small_region: SmallRegion, town: Town) -> None:
    small_region.lab.link(town.line.name).cut()
    servers = {town.server.name, *(asset.name for asset in town.others)}
    silent = _asked(small_region, town) - servers  # who could tell about them is out of reach
    _wait(small_region, {**dict.fromkeys(servers, AssetState.NEER), **dict.fromkeys(silent, AssetState.STIL)})
    other = small_region.towns[0]
    assert {small_region.states()[name] for name in _asked(small_region, other)} == {AssetState.GOED}


def test_a_service_on_a_server_without_its_cable_is_neer(small_region: SmallRegion, town: Town) -> None:
    small_region.lab.link(_cable(town)).cut()
    gone = {_service(small_region, town), town.others[0].name}
    _wait(small_region, {**dict.fromkeys(gone, AssetState.NEER), town.line.name: AssetState.GOED})
