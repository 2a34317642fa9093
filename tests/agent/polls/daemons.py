"""Name and time servers of Debian, each on addresses of its own on the loopback of a host of the lab."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from tests.lab import rootfs
from tests.lab.errors import LabError
from tests.lab.lab import Lab
from tests.lab.waiting import until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.lab.host import Host

NAME_SERVER, NAME_SERVER_6 = "127.0.0.1", "::1"
WITHOUT_TCP = "127.0.0.2"
SYNCHRONISED, UNSYNCHRONISED, FOR_OTHERS, NOBODY = "127.0.0.11", "127.0.0.12", "127.0.0.13", "127.0.0.14"
STRATUM = 5
SERIAL = 2026112601
LONG_TEXT = " ".join(f'"{"regel " * 40}"' for _ in range(8))

ZONE = f"""\
$ORIGIN zandbeke.example.
$TTL 300
@          SOA   ns hostmaster {SERIAL} 3600 600 86400 60
@          NS    ns
@          MX    10 mail
@          MX    20 mail-2
@          TXT   "v=spf1 mx -all"
ns         A     10.12.0.53
mail       A     10.12.0.25
mail-2     A     10.12.0.26
www        A     10.12.0.80
www        AAAA  fd00:12::80
intranet   CNAME www
oud        CNAME weg
lang       TXT   {LONG_TEXT}
_ldap._tcp.dc._msdcs SRV 0 100 389 www
"""
REVERSE = f"""\
$ORIGIN 12.10.in-addr.arpa.
$TTL 300
@          SOA   ns.zandbeke.example. hostmaster.zandbeke.example. {SERIAL} 3600 600 86400 60
@          NS    ns.zandbeke.example.
80.0       PTR   www.zandbeke.example.
"""

UNBOUND = """\
server:
    {interfaces}
    access-control: 127.0.0.0/8 allow
    access-control: ::1 allow
    do-tcp: {tcp}
    chroot: ""
    username: ""
    directory: "/etc/zones"
    pidfile: ""
    use-syslog: no
    module-config: "iterator"
    num-threads: 1
    local-zone: "10.in-addr.arpa." nodefault
    local-zone: "geweigerd.example." refuse
    local-zone: "stil.example." deny
auth-zone:
    name: "zandbeke.example."
    zonefile: "zandbeke"
auth-zone:
    name: "12.10.in-addr.arpa."
    zonefile: "reverse"
auth-zone:
    name: "stuk.example."
    primary: 127.0.0.99
"""
"""The last zone is one that this name server should get from another one, which nobody is at."""

CHRONY = """\
port 123
bindaddress {address}
cmdport 0
bindcmdaddress /
pidfile /run/chronyd-{address}.pid
driftfile /run/chronyd-{address}.drift
{more}
"""
CLOCKS = {
    SYNCHRONISED: f"local stratum {STRATUM}\nallow 127.0.0.0/8",
    UNSYNCHRONISED: "allow 127.0.0.0/8",
    FOR_OTHERS: f"local stratum {STRATUM}\nallow 192.0.2.0/24",
}


@contextmanager
def daemons() -> Iterator[Host]:
    """Yield a host whose name and time servers all listen; ``host.network()`` is the way to them."""
    with Lab(rootfs.find()) as lab:
        lab.add_hosts({"srv-dns": "host"})
        host = lab.hosts["srv-dns"]
        _name_servers(host)
        for address, more in CLOCKS.items():
            host.write(f"/etc/chrony/{address}.conf", CHRONY.format(address=address, more=more))
            # -x: the clock of this machine is nobody's to set.
            host.start("chronyd", "-x", "-d", "-u", "root", "-f", f"/etc/chrony/{address}.conf", log="/run/chronyd.log")
        wanted = {(address, 123) for address in CLOCKS} | {(NAME_SERVER, 53), (NAME_SERVER_6, 53), (WITHOUT_TCP, 53)}
        try:
            until(lambda: wanted <= _listening(host), 10, f"{sorted(wanted)} to listen")
        except LabError as error:
            said = host.run("tail", "/run/unbound.log", "/run/chronyd.log", check=False).stdout
            raise LabError(f"{error}; they said: {said}") from None
        yield host


def _name_servers(host: Host) -> None:
    host.write("/etc/zones/zandbeke", ZONE)
    host.write("/etc/zones/reverse", REVERSE)
    for number, (addresses, tcp) in enumerate((((NAME_SERVER, NAME_SERVER_6), "yes"), ((WITHOUT_TCP,), "no"))):
        interfaces = "\n    ".join(f"interface: {address}" for address in addresses)
        host.write(f"/etc/unbound/{number}.conf", UNBOUND.format(interfaces=interfaces, tcp=tcp))
        host.start("unbound", "-d", "-c", f"/etc/unbound/{number}.conf", log="/run/unbound.log")


def _listening(host: Host) -> set[tuple[str, int]]:
    """Return address and port of every UDP socket that listens."""
    rows = [row.split() for row in host.run("ss", "-Hlnu").stdout.splitlines()]
    ends = [row[3].rpartition(":") for row in rows]
    return {(address.strip("[]").partition("%")[0], int(port)) for address, _, port in ends}
