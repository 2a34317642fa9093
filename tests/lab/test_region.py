"""First proofs: the product in the small region, its lines, its routers and its devices."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import pytest
from netmiko import BaseConnection, ConnectHandler

from regiowacht_contract.states import AssetState
from tests.lab import frr, snmpd, sshd, trapd
from tests.lab.plan import COLLECTOR, SPARE
from tests.lab.waiting import until
from tests.lab.wire import Shape, Wire

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.lab.host import Host
    from tests.lab.plan import Town
    from tests.lab.small_region import SmallRegion

pytestmark = [pytest.mark.lab, pytest.mark.systemd, pytest.mark.timeout(600)]

IF_TABLE = "1.3.6.1.2.1.2.2"
IF_OPER_STATUS = f"{IF_TABLE}.1.8"
SYS_NAME = "1.3.6.1.2.1.1.5"
BGP_PEER_TABLE = "1.3.6.1.2.1.15.3"
OSPF_NBR_TABLE = "1.3.6.1.2.1.14.10"
COMMUNITY = ("-v2c", "-c", snmpd.COMMUNITY)


@pytest.fixture
def town(small_region: SmallRegion) -> Iterator[Town]:
    """The second gemeente; whatever a test did to its lines is mended afterwards."""
    town = small_region.towns[1]
    yield town
    small_region.mend(town)
    _wait(small_region, town, AssetState.GOED)


@pytest.fixture
def collector(small_region: SmallRegion) -> Host:
    return small_region.lab.hosts[COLLECTOR]


def _route(collector: Host, town: Town) -> str:
    return collector.run("ip", "route", "show", str(town.lan)).stdout


def _measured(town: Town) -> set[str]:
    return {town.server.name, *(asset.name for asset in town.others)}


def _wait(region: SmallRegion, town: Town, state: AssetState) -> dict[str, int]:
    """Wait until every asset behind the town's line that is measured has this state; return all states then."""

    def follows() -> dict[str, int]:
        states = region.states()
        return states if {states.get(name) for name in _measured(town)} == {state} else {}

    return until(follows, 15, f"{', '.join(_measured(town))} to be {state.name}", every_s=0.2)


def test_every_declared_asset_has_a_state(small_region: SmallRegion) -> None:
    asked = {asset.name for asset in small_region.region.assets if asset.job in ("node", "probe")}

    def good() -> set[str]:
        return {name for name, state in small_region.states().items() if state == AssetState.GOED}

    until(lambda: good() == asked, 15, "servers, lines and services to be goed", every_s=0.2)
    states = small_region.states()
    assert set(states) == {asset.name for asset in small_region.region.assets}
    # Devices are not polled yet: they say so instead of looking good.
    assert {state for name, state in states.items() if name not in asked} == {AssetState.NOG_NIET_AANGESLOTEN}


def test_the_agent_is_scraped_over_two_hops(small_region: SmallRegion, town: Town, collector: Host) -> None:
    hops = collector.run("ping", "-c1", "-t1", "-W2", town.server.address, check=False).stdout
    assert "Time to live exceeded" in hops, "the server is one hop away: nothing routes in between"
    server = small_region.server(town.server.name)
    assert server.is_active("regiowacht-agent")
    asked = f'node_uname_info{{gemeente="{town.gemeente}",instance="{town.server.name}"}}'
    (labels, _value), *more = small_region.query(asked)
    assert not more
    assert labels["nodename"] == server.run("hostname").stdout.strip()
    assert labels["scope"] == f"{town.gemeente}/infrastructuur"


def test_the_state_of_all_behind_a_cut_line_follows(small_region: SmallRegion, town: Town) -> None:
    other = small_region.towns[0]
    line = small_region.lab.link(town.line.name)
    line.cut()
    states = _wait(small_region, town, AssetState.NEER)
    assert {states[name] for name in _measured(other)} == {AssetState.GOED}, "the other gemeente must not notice"
    small_region.mend(town)
    _wait(small_region, town, AssetState.GOED)


def test_a_spare_line_takes_over(small_region: SmallRegion, town: Town, collector: Host) -> None:
    small_region.lab.link(SPARE).mend()
    small_region.lab.link(town.line.name).cut()
    detour = small_region.towns[0].line.name
    until(lambda: f"dev {detour}" in _route(collector, town), 10, "the route over the spare line", every_s=0.1)
    _wait(small_region, town, AssetState.GOED)


def test_a_router_whose_routing_died_is_mended_with_the_line(
    small_region: SmallRegion, town: Town, collector: Host
) -> None:
    small_region.lab.hosts[town.router.name].run("pkill", "-KILL", "-x", "ospfd")
    until(lambda: "ospf" not in _route(collector, town), 10, "the route to go with its router", every_s=0.1)
    small_region.mend(town)
    assert f"dev {town.line.name}" in _route(collector, town)


def test_a_router_tells_its_interfaces_and_its_routing(small_region: SmallRegion, town: Town, collector: Host) -> None:
    address = town.router.address
    assert town.router.name in "".join(snmpd.walk(collector, address, *COMMUNITY, oid=SYS_NAME))
    told = len(snmpd.walk(collector, address, *COMMUNITY, oid=f"{IF_TABLE}.1.2"))
    there = small_region.lab.hosts[town.router.name].run("ip", "-br", "link").stdout.splitlines()
    assert told == len(there)
    near = town.near().split("/")[0]
    peers = snmpd.walk(collector, address, *COMMUNITY, oid=f"{BGP_PEER_TABLE}.1.2.{near}")
    assert peers, "BGP4-MIB over AgentX is silent"
    assert peers[0].endswith("INTEGER: 6"), f"the BGP session is not established: {peers[0]}"
    _wait_for_ospf_mib(town, collector)


@pytest.mark.parametrize("user", [snmpd.MONITOR, *snmpd.USERS], ids=lambda user: user.name)
def test_every_kind_of_v3_user_walks(user: snmpd.User, town: Town, collector: Host) -> None:
    rows = snmpd.walk(collector, town.switch.address, *user.options(), oid=IF_TABLE)
    assert len(rows) >= 22, "an interface has 22 columns at least"


def test_a_wrong_password_gets_nothing(town: Town, collector: Host) -> None:
    options = [word.replace(snmpd.AUTH_PASSWORD, "wrong-not-a-secret") for word in snmpd.MONITOR.options()]
    assert snmpd.walk(collector, town.switch.address, *options, oid=SYS_NAME) == []


def _wait_for_ospf_mib(town: Town, collector: Host) -> None:
    """Wait until the router's ospfd is known to its snmpd: one that was started anew joins it in its own time."""
    until(
        lambda: snmpd.walk(collector, town.router.address, *COMMUNITY, oid=OSPF_NBR_TABLE),
        10,
        "OSPF-MIB over AgentX",
        every_s=0.2,
    )


def test_a_real_trap_arrives(small_region: SmallRegion, town: Town, collector: Host) -> None:
    _wait_for_ospf_mib(town, collector)  # else nobody has the trap sent
    before = len(trapd.received(collector))
    lost = "OID: .1.3.6.1.2.1.14.16.2.2\t"  # ospfNbrStateChange (RFC 4750)
    small_region.lab.link(town.line.name).cut()
    _wait(small_region, town, AssetState.NEER)
    small_region.lab.link(town.line.name).mend()
    until(
        lambda: any(lost in line for line in trapd.received(collector)[before:]), 10, "the router's trap", every_s=0.2
    )


def test_an_interface_without_carrier_is_told(small_region: SmallRegion, town: Town, collector: Host) -> None:
    switch = small_region.lab.hosts[town.switch.name]
    cable = small_region.lab.link(f"{town.switch.name}--{town.others[0].name}")
    index = switch.run("cat", "/sys/class/net/port3/ifindex").stdout.strip()

    def status() -> str:
        return "".join(snmpd.walk(collector, town.switch.address, *COMMUNITY, oid=f"{IF_OPER_STATUS}.{index}"))

    until(lambda: status().endswith("INTEGER: 1"), 10, "the port to be up", every_s=0.2)
    cable.cut()
    try:
        # net-snmp reads the interfaces anew every few seconds.
        until(lambda: status().endswith("INTEGER: 2"), 10, "the port to be down", every_s=0.2)
    finally:
        cable.mend()


def test_netmiko_reads_a_routers_configuration(town: Town, collector: Host) -> None:
    with collector.network(), _netmiko(town.router.address) as router:
        running = str(router.send_command("show running-config"))
    assert f"hostname {town.router.name}" in running
    assert f"router bgp {town.asn}" in running


def test_netmiko_changes_and_reads_back(town: Town, collector: Host) -> None:
    word = f"lab-{secrets.token_hex(4)}"
    with collector.network(), _netmiko(town.router.address) as router:
        router.send_config_set(["interface lan", f"description {word}"])
        assert f"description {word}" in str(router.send_command("show running-config"))


def test_a_linux_host_is_reached_over_ssh(town: Town, collector: Host) -> None:
    asset = town.others[0]
    with collector.network(), _netmiko(asset.address, "linux") as host:
        assert str(host.send_command("hostname")).strip() == asset.name


def test_a_late_line_is_late(small_region: SmallRegion, town: Town, collector: Host) -> None:
    line = small_region.lab.link(town.line.name)
    assert isinstance(line, Wire)
    line.shape(Shape(delay_ms=60))
    try:
        said = collector.run("ping", "-c1", "-W5", town.far().split("/")[0]).stdout
        assert float(said.rpartition("= ")[2].split("/")[0]) >= 120
    finally:
        line.shape(Shape())


def test_a_routers_configuration_is_what_it_was_told(small_region: SmallRegion, town: Town) -> None:
    host = small_region.lab.hosts[town.router.name]
    assert frr.knows_route(host, str(small_region.towns[0].lan))


def _netmiko(address: str, kind: str = "cisco_ios") -> BaseConnection:
    return ConnectHandler(
        device_type=kind,
        host=address,
        username=sshd.USER,
        password=sshd.PASSWORD,
        conn_timeout=60,
        read_timeout_override=60,
    )
