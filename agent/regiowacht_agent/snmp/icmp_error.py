"""Hears of ICMP's "unreachable" on a UDP socket that is connected to nobody (Linux: ip(7), IP_RECVERR)."""

from __future__ import annotations

import errno
import os
import socket
import struct
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

IP_MTU_DISCOVER, IP_RECVERR, IPV6_MTU_DISCOVER, IPV6_RECVERR = 10, 11, 23, 25
PMTUDISC_DONT = 0
EXTENDED_ERR = struct.Struct("=IBBBBII")
"""``struct sock_extended_err``: errno, origin, type, code, padding, info, data."""

FINAL = frozenset({
    errno.ECONNREFUSED, errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EACCES, errno.EHOSTDOWN, errno.ENOPROTOOPT,
    errno.EPROTO,
})  # fmt: skip
"""What says that nobody is there; a packet too big for the path, or one that lived too long, may get through yet."""

ERRORS_MAX = 1000


def hear_errors(sock: socket.socket) -> None:
    """Have the kernel keep ICMP errors for ``errors``, and let questions be cut up where the path needs that."""
    if sys.platform != "linux":
        return
    if sock.family == socket.AF_INET6:
        sock.setsockopt(socket.IPPROTO_IPV6, IPV6_RECVERR, 1)
        sock.setsockopt(socket.IPPROTO_IPV6, IPV6_MTU_DISCOVER, PMTUDISC_DONT)
    else:
        sock.setsockopt(socket.IPPROTO_IP, IP_RECVERR, 1)
        sock.setsockopt(socket.IPPROTO_IP, IP_MTU_DISCOVER, PMTUDISC_DONT)


def errors(sock: socket.socket) -> Iterator[tuple[tuple[str, int], str]]:
    """Yield host and port that cannot be reached and why, and forget about it."""
    if sys.platform != "linux":
        return
    for _ in range(ERRORS_MAX):
        try:
            _payload, told, _flags, address = sock.recvmsg(0, 512, socket.MSG_ERRQUEUE)
        except OSError:
            return
        for level, kind, data in told:
            wanted = IP_RECVERR if level == socket.IPPROTO_IP else IPV6_RECVERR
            if kind == wanted and len(data) >= EXTENDED_ERR.size:
                number = EXTENDED_ERR.unpack_from(data)[0]
                if number in FINAL and address:
                    yield (address[0].partition("%")[0], address[1]), os.strerror(number)
