"""Says beforehand that a port is taken, so that nobody has to find it out from a log."""

from __future__ import annotations

import socket

from regiowacht_contract.errors import PortTaken, Unavailable, UsageError

LOOPBACK = "127.0.0.1"
HIGHEST = 65535


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


def free_port() -> int:
    """Return a port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])
