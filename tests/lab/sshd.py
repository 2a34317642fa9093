"""An SSH server: OpenSSH, with a router's shell or a Linux one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.lab.waiting import until

if TYPE_CHECKING:
    from tests.lab.host import Host

USER = "audit"
PASSWORD = "lab-ssh-not-a-secret"
HOST_KEY = "/etc/ssh/lab_host_ed25519_key"
CONFIGURATION = f"""\
Port 22
HostKey {HOST_KEY}
PasswordAuthentication yes
UsePAM no
PidFile /run/sshd.pid
PrintMotd no
PrintLastLog no
UseDNS no
Subsystem sftp internal-sftp
"""


def start(host: Host, *, shell: str = "/bin/bash", groups: str = "") -> None:
    """Start sshd with the one user ``audit``.

    Args:
        host: where.
        shell: login shell; ``/usr/bin/vtysh`` makes it a router's command line.
        groups: further groups, with commas between; vtysh asks for ``frrvty``.
    """
    more = ["-G", groups] if groups else []
    host.run("useradd", "-m", "-s", shell, *more, USER)
    host.run("chpasswd", "-c", "SHA512", given=f"{USER}:{PASSWORD}\n")
    host.run("mkdir", "-p", "/run/sshd")
    host.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", host.name, "-f", HOST_KEY)
    host.write("/etc/ssh/lab_sshd_config", CONFIGURATION)
    host.run("/usr/sbin/sshd", "-f", "/etc/ssh/lab_sshd_config", "-E", "/run/sshd.log")
    wait(host)


def wait(host: Host) -> None:
    """Wait until it listens."""
    until(lambda: _listens(host), 3, f"sshd of {host.name}")


def wait_gone(host: Host) -> None:
    """Wait until it does not listen any more."""
    until(lambda: not _listens(host), 3, f"end of sshd of {host.name}")


def _listens(host: Host) -> bool:
    return "pid" in host.run("ss", "-Hltnp", "sport = :22").stdout


def public_key(host: Host) -> str:
    """Return the line ``TYPE KEY`` of its host key."""
    return " ".join(host.read(f"{HOST_KEY}.pub").split()[:2])
