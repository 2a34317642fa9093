"""An SNMP agent: net-snmp's snmpd with v2c and every kind of v3 user it offers."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.lab.waiting import until

if TYPE_CHECKING:
    from tests.lab.host import Host

COMMUNITY = "lab-not-a-secret"
AUTH_PASSWORD = "lab-auth-not-a-secret"
PRIV_PASSWORD = "lab-priv-not-a-secret"
SOCKET = "/run/agentx/master"
AUTHS = ("MD5", "SHA", "SHA-224", "SHA-256", "SHA-384", "SHA-512")
PRIVS = ("DES", "AES")


@dataclass(frozen=True, slots=True)
class User:
    """A v3 user (RFC 3414).

    Attributes:
        name: its security name.
        auth: authentication protocol as net-snmp names it, or "" for none.
        priv: privacy protocol as net-snmp names it, or "" for none.
    """

    name: str
    auth: str = ""
    priv: str = ""

    @property
    def level(self) -> str:
        """The security level: noAuthNoPriv, authNoPriv or authPriv."""
        return "authPriv" if self.priv else "authNoPriv" if self.auth else "noAuthNoPriv"

    def options(self) -> list[str]:
        """Return the switches of net-snmp's programs that make them this user."""
        options = ["-v3", "-u", self.name, "-l", self.level]
        options += ["-a", self.auth, "-A", AUTH_PASSWORD] if self.auth else []
        return options + (["-x", self.priv, "-X", PRIV_PASSWORD] if self.priv else [])

    def created(self) -> str:
        """Return the line that makes the user known."""
        auth = f' {self.auth} "{AUTH_PASSWORD}"' if self.auth else ""
        priv = f' {self.priv} "{PRIV_PASSWORD}"' if self.priv else ""
        return f"createUser {self.name}{auth}{priv}"

    def allowed(self) -> str:
        """Return the line that lets the user read."""
        return f"rouser {self.name} {'priv' if self.priv else 'auth' if self.auth else 'noauth'}"


USERS = (
    User("none"),
    *(User(f"auth-{auth.lower()}", auth) for auth in AUTHS),
    *(User(f"{auth.lower()}-{priv.lower()}", auth, priv) for auth, priv in itertools.product(AUTHS, PRIVS)),
)
"""Every kind that Debian's snmpd offers."""

MONITOR = User("monitor", "SHA-256", "AES")
"""The user that a region folder's ``credentials`` name."""


def configuration(host: Host, *, location: str, traps_to: str | None = None) -> str:
    """Return ``snmpd.conf``; traps go out as v2c and as v3 informs when there is a receiver."""
    lines = [
        "agentaddress udp:161",
        "master agentx",
        f"agentXSocket {SOCKET}",
        "agentXPerms 0777 0777",
        f"rocommunity {COMMUNITY}",
        f"sysLocation {location}",
        f"sysContact ict@{host.name}.example",
        "sysServices 76",
        *(line for user in (MONITOR, *USERS) for line in (user.created(), user.allowed())),
    ]
    if traps_to:
        lines += [f"trap2sink {traps_to} {COMMUNITY}", "authtrapenable 1"]
    return "\n".join([*lines, ""])


def start(host: Host, *, location: str, traps_to: str | None = None) -> None:
    """Start snmpd and wait until it listens."""
    host.run("mkdir", "-p", "/run/agentx")
    # Debian's default AgentX socket does not exist here; FRR finds this one through its own file.
    host.write("/etc/snmp/frr.conf", f"agentXSocket {SOCKET}\n")
    host.write("/etc/snmp/snmp.conf", "mibs :\n")
    host.write("/etc/snmp/lab-snmpd.conf", configuration(host, location=location, traps_to=traps_to), mode="600")
    host.run("snmpd", "-C", "-c", "/etc/snmp/lab-snmpd.conf", "-Lf", "/run/snmpd.log", "-p", "/run/snmpd.pid")
    until(lambda: walk(host, "127.0.0.1", "-v2c", "-c", COMMUNITY, oid="1.3.6.1.2.1.1.5"), 3, f"snmpd of {host.name}")


def walk(host: Host, address: str, *options: str, oid: str) -> list[str]:
    """Return the lines that net-snmp's snmpbulkwalk prints, run on ``host``; none where nobody answers."""
    words = ["snmpbulkwalk", *options, "-On", "-t", "2", "-r", "1", address, oid]
    done = host.run(*words, check=False, within_s=10)
    return done.stdout.splitlines() if done.returncode == 0 else []
