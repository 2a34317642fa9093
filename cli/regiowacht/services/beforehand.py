"""What can be seen of a server before anything is changed or used up."""

from __future__ import annotations

import errno
import os
import socket
import tempfile
from typing import TYPE_CHECKING

from regiowacht.services import units
from regiowacht.services.program import require_alone, require_startable, this_program
from regiowacht_agent.address import split_address
from regiowacht_contract.defaults import AGENT_PORT
from regiowacht_contract.errors import PortTaken, Unavailable, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from regiowacht.services.program import Program
    from regiowacht.services.systemd import Systemd

WRITTEN = ("etc", "etc/systemd/system", "var/lib")


def look(systemd: Systemd, tell: Callable[..., None]) -> Program:
    """See that this server can have the services; return the program that they will start.

    Raises:
        UsageError: this is not root.
        Unavailable: something is in the way; says what, and what to do.
    """
    require_root()
    number = systemd.require()
    tell("install.systemd-fine", version=number)
    program = this_program()
    require_startable(program)
    require_alone(program)
    tell("install.program-fine", command=program.command, version=program.version)
    for folder in WRITTEN:
        require_writable(systemd.root / folder)
    tell("install.folders-fine")
    return program


def require_root() -> None:
    """See that this is root.

    Raises:
        UsageError: it is not.
    """
    if os.geteuid() != 0:
        raise UsageError("install.not-root")


def require_writable(folder: Path) -> None:
    """See that files can be made in a folder, or where it is to come.

    Raises:
        Unavailable: they cannot.
    """
    there = next(path for path in (folder, *folder.parents) if path.is_dir())
    try:
        with tempfile.NamedTemporaryFile(dir=there, prefix=".regiowacht-"):
            pass
    except OSError as error:
        raise Unavailable("install.not-writable", path=there, reason=error.strerror) from None


def require_port(systemd: Systemd, listen: str = f"0.0.0.0:{AGENT_PORT}") -> None:
    """See that the agent can listen, or does already as a service.

    Raises:
        PortTaken: somebody else does; says who.
        Unavailable: the address is none of this server's.
    """
    host, port = split_address(listen)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind((host, port))
            sock.listen(1)
        except OSError as error:
            if error.errno == errno.EADDRNOTAVAIL:
                raise Unavailable("install.other-address", address=host, ours=", ".join(_addresses())) from None
            pid, name = _listener(port)
            if not pid or pid != systemd.state(units.AGENT).pid:
                raise PortTaken("install.port-taken", port=port, name=name or "?", pid=pid or "?") from None


def _addresses() -> list[str]:
    """Return the addresses of this server, without those that only it knows."""
    import psutil  # noqa: PLC0415 - where something is wrong alone

    found = [one.address.partition("%")[0] for links in psutil.net_if_addrs().values() for one in links
             if one.family in {socket.AF_INET, socket.AF_INET6}]  # fmt: skip
    return [one for one in found if not one.startswith(("127.", "::1", "fe80:"))] or ["-"]


def _listener(port: int) -> tuple[int, str]:
    """Return process id and name of who listens on a port; 0 and "" where that cannot be told."""
    import psutil  # noqa: PLC0415 - where a port is taken alone

    for one in psutil.net_connections("tcp"):
        if one.status == psutil.CONN_LISTEN and one.laddr and one.laddr.port == port and one.pid:
            try:
                return one.pid, psutil.Process(one.pid).name()
            except psutil.Error:
                return one.pid, ""
    return 0, ""
