"""Listens, or says why that cannot be."""

from __future__ import annotations

import errno
import socket

from regiowacht_contract.errors import PortTaken, Unavailable

BACKLOG = 1_024


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket.

    Raises:
        PortTaken: another process listens there.
        Unavailable: this user may not listen there, or this machine has no such address.
    """
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(BACKLOG)
        listening.setblocking(False)
    except PermissionError:
        listening.close()
        raise Unavailable("collector.port-forbidden", port=port) from None
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRINUSE:
            raise PortTaken("collector.port-taken", port=port) from None
        raise Unavailable("gateway.cannot-listen", address=f"{host}:{port}", reason=error.strerror) from None
    return listening
