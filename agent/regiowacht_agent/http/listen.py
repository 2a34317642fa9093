"""Opens the socket that the agent listens on."""

from __future__ import annotations

import errno
import socket

from regiowacht_agent.address import split_address
from regiowacht_contract.errors import PortTaken, Unavailable

BACKLOG = 128


def open_listener(address: str) -> socket.socket:
    """Return a listening socket for ``HOST:PORT``; ``[::]`` takes IPv4 too where the machine allows it.

    Raises:
        PortTaken: another process listens there.
        Unavailable: the address is not this machine's, or the port needs rights.
    """
    host, port = split_address(address)
    try:
        family, kind, protocol, _, where = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except socket.gaierror as error:
        raise Unavailable("agent.cannot-listen", address=address, reason=error.strerror) from None
    sock = socket.socket(family, kind, protocol)
    try:
        # On Windows reusing means that two may listen at once.
        reuse = getattr(socket, "SO_EXCLUSIVEADDRUSE", socket.SO_REUSEADDR)
        sock.setsockopt(socket.SOL_SOCKET, reuse, 1)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, int(host != "::"))
        sock.bind(where)
        sock.listen(BACKLOG)
    except OSError as error:
        sock.close()
        if error.errno == errno.EADDRINUSE:
            raise PortTaken("agent.port-taken", address=address) from None
        raise Unavailable("agent.cannot-listen", address=address, reason=error.strerror) from None
    return sock
