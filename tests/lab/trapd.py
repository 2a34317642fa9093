"""A receiver of traps: net-snmp's snmptrapd, which writes each one as a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.lab.snmpd import AUTH_PASSWORD, COMMUNITY, PRIV_PASSWORD

if TYPE_CHECKING:
    from tests.lab.host import Host

LOG = "/run/snmptrapd.log"
ENGINE_ID = "0x8000000001020304"
CONFIGURATION = f"""\
authCommunity log {COMMUNITY}
createUser -e {ENGINE_ID} trapper SHA "{AUTH_PASSWORD}" AES "{PRIV_PASSWORD}"
authUser log trapper
"""


def start(host: Host) -> None:
    """Start snmptrapd on port 162 of a host."""
    host.write("/etc/snmp/lab-trapd.conf", CONFIGURATION, mode="600")
    host.write("/etc/snmp/snmp.conf", "mibs :\n")
    host.run(
        "snmptrapd",
        "-m",
        "",
        "-Lf",
        LOG,
        "-On",
        "-C",
        "-c",
        "/etc/snmp/lab-trapd.conf",
        "-p",
        "/run/trapd.pid",
        "udp:162",
    )


def received(host: Host) -> list[str]:
    """Return the traps so far, each as its ``OID = VALUE`` pairs with tabs between."""
    return [line for line in host.read(LOG).splitlines() if line.startswith(".1.")]
