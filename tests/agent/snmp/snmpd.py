"""A real snmpd on the loopback: net-snmp of the lab's root file system, with communities and every kind of v3 user.

It runs as a process of this machine with the libraries of that file system, so a test needs neither namespaces nor an
installed snmpd: ``with snmpd(tmp_path) as device: ...device.port, device.users...``.
"""

from __future__ import annotations

import itertools
import os
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from regiowacht_agent.snmp.community import Communities
from regiowacht_agent.snmp.credential import AUTH_PROTOCOLS, Community, User
from regiowacht_agent.snmp.pdu import GET, request
from regiowacht_collector import ports
from tests.lab import rootfs
from tests.parts import need

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from regiowacht_agent.snmp.credential import PrivProtocol

COMMUNITY = b"fake-not-a-secret"
NARROW_COMMUNITY = b"narrow-not-a-secret"
"""It sees the group ``system`` alone."""

AUTH_SECRET = b"auth-not-a-secret"
PRIV_SECRET = b"priv-not-a-secret"
SYS_NAME = "switch-\u00e9\u00e9n"
SYS_UPTIME = (1, 3, 6, 1, 2, 1, 1, 3, 0)
DEADLINE_S = 60.0

NET_SNMP_PRIVS: dict[PrivProtocol, str] = {
    "des": "DES",
    "aes128": "AES",
    "aes192": "AES-192-C",
    "aes256": "AES-256-C",
    "aes192-blumenthal": "AES-192",
    "aes256-blumenthal": "AES-256",
}
"""What Debian's snmpd encrypts with, by our name; it has no 3DES."""

USERS = (
    User("plain"),
    *(User(f"auth-{auth}", auth, AUTH_SECRET) for auth in AUTH_PROTOCOLS),
    *(
        User(f"{auth}-{priv}", auth, AUTH_SECRET, priv, PRIV_SECRET)
        for auth, priv in itertools.product(AUTH_PROTOCOLS, NET_SNMP_PRIVS)
    ),
)
"""Every kind of user that Debian's snmpd offers."""

BOTH_SECURE = User("sha256-aes128", "sha256", AUTH_SECRET, "aes128", PRIV_SECRET)
"""The user to take where one is enough."""


@dataclass(frozen=True, slots=True)
class Snmpd:
    """A running snmpd.

    Attributes:
        port: UDP port, on 127.0.0.1 and, where this machine has it, on ::1.
        users: ``USERS``.
        process: its process; it can be stopped, continued and killed.
    """

    port: int
    users: tuple[User, ...]
    process: subprocess.Popen[bytes]

    @property
    def v1(self) -> Community:
        """The community that may read, for SNMP 1."""
        return Community("1", COMMUNITY)

    @property
    def v2c(self) -> Community:
        """The community that may read, for SNMP 2c."""
        return Community("2c", COMMUNITY)


@contextmanager
def snmpd(folder: Path, *lines: str, port: int | None = None) -> Iterator[Snmpd]:
    """Run snmpd until the block ends.

    Args:
        folder: where its settings and what it keeps lie; the same one again is a restart: it remembers its engine, and
            counts its boots (with ``port`` on the same port).
        lines: further lines of ``snmpd.conf``: a later ``agentaddress`` replaces the first one.
        port: UDP port instead of a free one.
    """
    need("lab")
    port = port or free_port()
    kept = folder / "kept" / "snmpd.conf"
    settings = [folder / "snmpd.conf", *([kept] if kept.exists() else [])]
    settings[0].write_text(_configuration(port, lines, USERS if len(settings) == 1 else ()))
    log = folder / "snmpd.log"
    with log.open("ab") as said:
        process = subprocess.Popen(
            [*lab_program("usr/sbin/snmpd"), "-f", "-Le", "-C", "-c", ",".join(map(str, settings))],
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            env={**os.environ, "MIBS": "", "SNMP_PERSISTENT_DIR": str(folder / "kept"), "SNMPCONFPATH": str(folder)},
        )
    try:
        _wait_answers(port, process, log)
        yield Snmpd(port, USERS, process)
    finally:
        process.send_signal(signal.SIGCONT)
        process.terminate()  # it writes down what it keeps
        try:
            process.wait(DEADLINE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def client(program: str, *words: str) -> str:
    """Return what a program of net-snmp (``snmpbulkwalk``) prints; it knows no MIBs."""
    with tempfile.TemporaryDirectory() as folder:  # it makes the folder that it is to keep things in
        done = subprocess.run(
            [*lab_program(f"usr/bin/{program}"), "-On", *words],
            env={**os.environ, "MIBS": "", "SNMPCONFPATH": folder, "SNMP_PERSISTENT_DIR": folder},
            capture_output=True,
            timeout=DEADLINE_S,
            check=True,
        )
    return done.stdout.decode(errors="replace")


def options(user: User) -> list[str]:
    """Return the switches that make net-snmp's programs this user."""
    words = ["-v3", "-u", user.name, "-l", "authPriv" if user.priv else "authNoPriv" if user.auth else "noAuthNoPriv"]
    words += ["-a", _net_snmp_auth(user.auth), "-A", user.auth_secret.decode()] if user.auth else []
    return words + (["-x", NET_SNMP_PRIVS[user.priv], "-X", user.priv_secret.decode()] if user.priv else [])


def free_port() -> int:
    """Return a UDP port of the loopback that is free now."""
    return ports.free_port(socket.SOCK_DGRAM)


def has_ipv6() -> bool:
    """Return whether this machine's loopback has IPv6."""
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as one:
            one.bind(("::1", 0))
    except OSError:
        return False
    return True


def _configuration(port: int, lines: Sequence[str], new_users: Sequence[User]) -> str:
    """Return ``snmpd.conf`` (snmpd.conf(5)); snmpd keeps users, and with them their keys, by itself."""
    addresses = [f"udp:127.0.0.1:{port}", *([f"udp6:[::1]:{port}"] if has_ipv6() else [])]
    told = [
        f"agentaddress {','.join(addresses)}",
        f"rocommunity {COMMUNITY.decode()}",
        f"rocommunity6 {COMMUNITY.decode()}",
        f"rocommunity {NARROW_COMMUNITY.decode()} default .1.3.6.1.2.1.1",
        f"sysName {SYS_NAME}",
        "sysLocation loopback",
        "sysContact ict@loopback.example",
        "sysServices 76",
        "dontLogTCPWrappersConnects yes",
        *map(_created, new_users),
    ]
    told += [f"rouser {user.name} {'priv' if user.priv else 'auth' if user.auth else 'noauth'}" for user in USERS]
    return "\n".join([*told, *lines, ""])


def _created(user: User) -> str:
    auth = f' {_net_snmp_auth(user.auth)} "{AUTH_SECRET.decode()}"' if user.auth else ""
    priv = f' {NET_SNMP_PRIVS[user.priv]} "{PRIV_SECRET.decode()}"' if user.priv else ""
    return f"createUser {user.name}{auth}{priv}"


def _net_snmp_auth(auth: str) -> str:
    return f"SHA-{auth[3:]}" if auth[3:] else auth.upper()


def lab_program(path: str) -> list[str]:
    """Return the words that run a program of the lab's root file system with that system's own libraries."""
    folder = rootfs.find().folder
    loader = next((folder / "base").glob("usr/lib/*/ld-linux*"))
    libraries = ":".join(str(folder / layer / "usr/lib" / loader.parent.name) for layer in ("tools", "base"))
    return [str(loader), "--library-path", libraries, str(folder / "tools" / path)]


def _wait_answers(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    security = Communities(Community("2c", COMMUNITY))
    question = security.wrap(request(GET, 1, [SYS_UPTIME]), 1)
    deadline = time.monotonic() + DEADLINE_S
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.settimeout(0.1)
        asking.connect(("127.0.0.1", port))
        while time.monotonic() < deadline and process.poll() is None:
            try:
                asking.send(question)
                if asking.recv(65535):
                    return
            except OSError:
                time.sleep(0.02)
    process.kill()
    raise AssertionError(f"snmpd does not answer: {log.read_text(errors='replace')[-2000:]}")
