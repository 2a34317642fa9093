"""The way to a device through another host, with the same strictness about host keys."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import paramiko

from regiowacht_audit.secret import resolve

if TYPE_CHECKING:
    import socket
    from pathlib import Path
    from typing import Self

    from regiowacht_audit.fetch.target import Jump, Target

CONNECT_S = 10.0


class Jumps:
    """Sessions with jump hosts, each opened once and shared by the devices behind it.

    Args:
        known_hosts: file with the host keys that are trusted.
    """

    def __init__(self, known_hosts: Path) -> None:
        self._known_hosts = known_hosts
        self._lock = threading.Lock()
        self._open: dict[Jump, paramiko.SSHClient] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock:
            for client in self._open.values():
                client.close()
            self._open.clear()

    def through(self, target: Target) -> socket.socket | None:
        """Return a channel to a device by its jump host; None where it is reached directly.

        Raises:
            SSHException, OSError: the jump host or the device behind it cannot be reached, or shows another key.
        """
        if target.jump is None:
            return None
        with self._lock:
            client = self._open.get(target.jump)
            if client is None or not (transport := client.get_transport()) or not transport.is_active():
                client = self._open[target.jump] = self._connect(target.jump)
        transport = client.get_transport()
        if transport is None:
            raise paramiko.SSHException("the jump host hung up")
        where = (target.address, target.port)
        return transport.open_channel("direct-tcpip", where, ("127.0.0.1", 0), timeout=CONNECT_S)  # type: ignore[return-value]  # used as a socket

    def _connect(self, jump: Jump) -> paramiko.SSHClient:
        client = paramiko.SSHClient()
        client.load_host_keys(str(self._known_hosts))
        client.set_missing_host_key_policy(paramiko.RejectPolicy())
        client.connect(
            jump.address,
            jump.port,
            jump.login.user,
            resolve(jump.login.password) if jump.login.password else None,
            key_filename=jump.login.key or None,
            timeout=CONNECT_S,
            banner_timeout=CONNECT_S,
            auth_timeout=CONNECT_S,
            allow_agent=False,
            look_for_keys=False,
        )
        return client
