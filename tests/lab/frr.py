"""A router: FRR with OSPF and BGP, its MIBs handed to snmpd over AgentX."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.lab.waiting import until

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.lab.host import Host

DAEMONS = ("zebra", "ospfd", "bgpd")
OWNER = "frr:frr"

# Without the three throttle lines the routes take 7 s instead of 2.
OSPF = """\
router ospf
 ospf router-id {router_id}
 redistribute connected
 timers throttle spf 0 50 200
 timers throttle lsa all 0
 timers lsa min-arrival 0
"""
LINE = """\
interface {name}
 ip ospf area 0
 ip ospf hello-interval 1
 ip ospf dead-interval 3
 ip ospf network point-to-point
"""
BGP = """\
router bgp {asn}
 bgp router-id {router_id}
 no bgp ebgp-requires-policy
"""
NEIGHBOR = """\
 neighbor {address} remote-as {asn}
 neighbor {address} timers 1 3
 neighbor {address} timers connect {connect_s}
"""


@dataclass(frozen=True, slots=True)
class Routing:
    """What a router is told.

    Attributes:
        router_id: as an IPv4 address.
        asn: its autonomous system.
        lines: interfaces that speak OSPF.
        neighbors: address and autonomous system of each BGP peer.
        patient: those that may be away for long: they are tried every 10 s, since each try in vain is a trap.
    """

    router_id: str
    asn: int
    lines: Sequence[str]
    neighbors: Mapping[str, int] = field(default_factory=dict)
    patient: frozenset[str] = frozenset()


def configuration(name: str, routing: Routing) -> str:
    """Return ``frr.conf``."""
    return "".join(
        [
            f"frr defaults traditional\nhostname {name}\nagentx\n",
            *(LINE.format(name=line) for line in routing.lines),
            OSPF.format(router_id=routing.router_id),
            BGP.format(router_id=routing.router_id, asn=routing.asn),
            *(
                NEIGHBOR.format(address=address, asn=asn, connect_s=10 if address in routing.patient else 1)
                for address, asn in routing.neighbors.items()
            ),
        ]
    )


def start(host: Host, routing: Routing) -> None:
    """Start the routing daemons and give them their configuration; snmpd runs already."""
    host.write("/etc/frr/frr.conf", configuration(host.name, routing), owner=OWNER, mode="640")
    host.write("/etc/frr/vtysh.conf", "service integrated-vtysh-config\n", owner=OWNER, mode="640")
    host.run("install", "-d", "-o", "frr", "-g", "frr", "/run/frr")
    _start_daemons(host)


def restart(host: Host) -> None:
    """Start the routing daemons anew with the configuration they have, as watchfrr does with one that hangs."""
    host.run("pkill", "-KILL", "-x", "|".join(DAEMONS), check=False)
    until(lambda: host.run("pgrep", "-x", "|".join(DAEMONS), check=False).returncode == 1, 2, "the daemons to end")
    _start_daemons(host)


def _start_daemons(host: Host) -> None:
    for daemon in DAEMONS:
        log = f"file:/run/frr/{daemon}.log"
        host.run(f"/usr/lib/frr/{daemon}", "-d", "-A", "127.0.0.1", "-M", "snmp", "-F", "traditional", "--log", log)
    until(lambda: host.run("vtysh", "-b", check=False).returncode == 0, 3, f"the configuration of {host.name}")


def knows_route(host: Host, prefix: str) -> bool:
    """Return whether the kernel of that host routes ``prefix`` as learnt from OSPF."""
    return bool(host.run("ip", "route", "show", prefix, "proto", "ospf").stdout.strip())
