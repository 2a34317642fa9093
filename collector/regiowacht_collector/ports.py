"""Ports of this machine: one that is free, and one that is taken said beforehand instead of in a log."""

from __future__ import annotations

import secrets
import socket
from contextlib import suppress
from pathlib import Path

from regiowacht_contract.errors import PortTaken, Unavailable, UsageError

LOOPBACK = "127.0.0.1"
LOWEST = 15000
HIGHEST = 65535
TRIES = 200
OUTGOING = Path("/proc/sys/net/ipv4/ip_local_port_range")


def refuse_taken(port: int) -> None:
    """Check that this process may listen on the port.

    Raises:
        UsageError: there is no such port.
        PortTaken: another process listens there.
        Unavailable: this user may not (ports below 1024).
    """
    if not 0 <= port <= HIGHEST:
        raise UsageError("collector.out-of-range", name="port", value=port, lowest=0, highest=HIGHEST)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except PermissionError:
            raise Unavailable("collector.port-forbidden", port=port) from None
        except OSError:
            raise PortTaken("collector.port-taken", port=port) from None


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """Return a port of the loopback that nobody listens on at this moment.

    It lies below the range that the kernel hands out to outgoing connections (``ip_local_port_range`` of ip(7)),
    so that what is ended and started again finds its port as it left it.

    Args:
        kind: what it is for: ``SOCK_STREAM`` or ``SOCK_DGRAM``.
    """
    for _ in range(TRIES):
        port = LOWEST + secrets.randbelow(max(1, _first_outgoing() - LOWEST))
        with socket.socket(socket.AF_INET, kind) as probe, suppress(OSError):
            probe.bind((LOOPBACK, port))
            return port
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def _first_outgoing() -> int:
    """Return the first port that outgoing connections are given, or Linux' own where this machine does not say."""
    try:
        return int(OUTGOING.read_text("ascii").split()[0])
    except (OSError, ValueError, IndexError):
        return 32768
