"""Asks the kernel for the states and queues of all TCP sockets, by sock_diag(7)."""

from __future__ import annotations

import os
import socket
import struct
from collections import Counter

NETLINK_SOCK_DIAG = 4
SOCK_DIAG_BY_FAMILY = 20
REQUEST_DUMP = 0x301
"""NLM_F_REQUEST and NLM_F_DUMP."""

ERROR, DONE = 2, 3
EVERY_STATE = 0xFFF
"""All of the states that /proc/net/tcp knows, one bit each."""

QUESTION = struct.Struct("=IHHIIBBBxI48x")
"""``struct nlmsghdr`` (length, type, flags, number, sender) and ``struct inet_diag_req_v2``: address family, protocol,
what else to tell, states, any address."""

ANSWER = struct.Struct("=IHxxIxxxxxB2x48x4xII")
"""``struct nlmsghdr`` and the part of ``struct inet_diag_msg`` that is wanted: length, type and number of the message,
state, bytes that nobody has read and bytes that nobody has acknowledged."""

RESULT = struct.Struct("=16xi")
"""What a message says of how the asking went: 0, or a number of an error below it."""

RECEIVE_BYTES = 131_072
TIMEOUT_S = 5.0
FAMILIES = (socket.AF_INET, socket.AF_INET6)


def states() -> tuple[dict[int, int], int, int]:
    """Return the count of sockets by the number of their state, and the bytes in their two queues, in and out.

    IPv4 and IPv6 together, of this process's network namespace.

    Raises:
        OSError: the kernel cannot tell (no module ``tcp_diag``), does not want to, or does not answer.
    """
    seen: list[int] = []
    incoming = outgoing = 0
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, NETLINK_SOCK_DIAG) as link:
        link.settimeout(TIMEOUT_S)
        link.bind((0, 0))
        for family in FAMILIES:
            link.send(
                QUESTION.pack(
                    *(QUESTION.size, SOCK_DIAG_BY_FAMILY, REQUEST_DUMP, family, 0),
                    *(family, socket.IPPROTO_TCP, 0, EVERY_STATE),
                )
            )
            is_done = False
            while not is_done:
                is_done, waiting_in, waiting_out = take(link.recv(RECEIVE_BYTES), family, seen)
                incoming += waiting_in
                outgoing += waiting_out
    return Counter(seen), incoming, outgoing


def take(datagram: bytes, number: int, seen: list[int]) -> tuple[bool, int, int]:
    """Read one datagram of an answer, and note the state of every socket in it.

    Args:
        datagram: as it came.
        number: of the question; messages of another one are left out.
        seen: gets the states.

    Returns:
        Whether the answer is complete, and the bytes in the two queues of these sockets.

    Raises:
        OSError: the kernel refuses.
    """
    incoming = outgoing = at = 0
    end = len(datagram)
    # The last message is shorter than a socket's.
    padded = datagram + bytes(ANSWER.size)
    unpack = ANSWER.unpack_from
    while at < end:
        length, kind, of, state, waiting_in, waiting_out = unpack(padded, at)
        if of == number:
            if kind in (DONE, ERROR):
                result = RESULT.unpack_from(padded, at)[0]
                if result < 0:
                    raise OSError(-result, os.strerror(-result))
                return True, incoming, outgoing
            seen.append(state)
            incoming += waiting_in
            outgoing += waiting_out
        # Messages begin at a multiple of four; one that tells no length would be read for ever.
        at += max((length + 3) & ~3, RESULT.size)
    return False, incoming, outgoing
