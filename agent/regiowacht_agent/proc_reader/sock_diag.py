"""Asks the kernel for the states and queues of all TCP sockets, by sock_diag(7)."""

from __future__ import annotations

import socket
import struct
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

NETLINK_SOCK_DIAG = 4
SOCK_DIAG_BY_FAMILY = 20
NLM_F_REQUEST_DUMP = 0x301
NLMSG_ERROR, NLMSG_DONE = 2, 3
EVERY_STATE = 0xFFF
"""All of the states that /proc/net/tcp knows, one bit each."""

HEADER = struct.Struct("=IHHII")
"""``struct nlmsghdr``: length, type, flags, sequence, sender."""

REQUEST = struct.Struct("=BBBxI48x")
"""``struct inet_diag_req_v2``: address family, protocol, what else to tell (nothing), states; any address."""

SOCKET = struct.Struct("=xB2x48x4xII")
"""``struct inet_diag_msg`` after the header: state, and the bytes that wait to be read and to be acknowledged."""

ERROR = struct.Struct("=i")
RECEIVE_BYTES = 262_144
TIMEOUT_S = 5.0
FAMILIES = (socket.AF_INET, socket.AF_INET6)


def states() -> tuple[dict[int, int], int, int]:
    """Return the count of sockets by the number of their state, and the bytes in their two queues, in and out.

    IPv4 and IPv6 together, of this process's network namespace.

    Raises:
        OSError: the kernel cannot tell (no module ``tcp_diag``), does not want to, or does not answer.
    """
    counts: Counter[int] = Counter()
    incoming = outgoing = 0
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, NETLINK_SOCK_DIAG) as link:
        link.settimeout(TIMEOUT_S)
        link.bind((0, 0))
        for family in FAMILIES:
            for state, waiting_in, waiting_out in _dump(link, family):
                counts[state] += 1
                incoming += waiting_in
                outgoing += waiting_out
    return counts, incoming, outgoing


def _dump(link: socket.socket, family: int) -> Iterator[tuple[int, int, int]]:
    """Yield state and queues of every TCP socket of an address family."""
    request = REQUEST.pack(family, socket.IPPROTO_TCP, 0, EVERY_STATE)
    header = HEADER.pack(HEADER.size + len(request), SOCK_DIAG_BY_FAMILY, NLM_F_REQUEST_DUMP, family, 0)
    link.send(header + request)
    while True:
        answer = link.recv(RECEIVE_BYTES)
        at = 0
        while at + HEADER.size <= len(answer):
            length, kind, _flags, sequence, _sender = HEADER.unpack_from(answer, at)
            if sequence == family:
                if kind == NLMSG_DONE:
                    return
                if kind == NLMSG_ERROR:
                    number = -ERROR.unpack_from(answer, at + HEADER.size)[0]
                    raise OSError(number, "sock_diag(7) refuses")
                yield SOCKET.unpack_from(answer, at + HEADER.size)
            at += max(HEADER.size, (length + 3) & ~3)
