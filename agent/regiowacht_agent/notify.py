"""Tells systemd how the agent is, by sd_notify(3); silent where nobody asked."""

from __future__ import annotations

import os
import socket

from regiowacht_contract.light import suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


class Notifier:
    """Sends datagrams to the socket that ``NOTIFY_SOCKET`` names.

    Args:
        environ: the process's environment; ``WATCHDOG_USEC`` counts where ``WATCHDOG_PID`` is unset or this process.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._address = environ.get("NOTIFY_SOCKET", "")
        is_ours = environ.get("WATCHDOG_PID") in {None, str(os.getpid())}
        microseconds = environ.get("WATCHDOG_USEC", "") if is_ours else ""
        self.watchdog_s = int(microseconds) / 2e6 if microseconds.isdecimal() and self._address else None

    def say(self, *lines: str) -> None:
        """Send ``NAME=value`` lines; a manager that is gone is no reason to stop."""
        if not self._address:
            return
        where = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock, suppress(OSError):
            sock.setblocking(False)
            sock.sendto("\n".join(lines).encode(), where)
