"""Asks the kernel's routing tables for lists: links, their counters, addresses, neighbours (rtnetlink(7))."""

from __future__ import annotations

import os
import socket
import struct
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

HEAD = struct.Struct("=IHHII")
"""nlmsghdr: length, type, flags, sequence number, port (netlink(7))."""

ATTRIBUTE = struct.Struct("=HH")
"""rtattr: length with these four bytes, type; the next one begins at a multiple of four."""

DUMP = 0x301
"""NLM_F_REQUEST and NLM_F_DUMP."""

ERROR, DONE = 2, 3
TYPE = 0x3FFF
"""The bits of an attribute's type that are no flags."""

RECEIVE_BYTES = 65_536
"""Twice what the kernel puts into one datagram of a list."""

TIMEOUT_S = 2.0

Message = tuple[int, bytes, int, int]
"""Type of a message, the datagram it came in, and where in it its payload begins and ends."""


class Netlink:
    """A socket to the kernel, opened when it is needed and again after anything that went wrong.

    Args:
        groups: bits of the multicast groups whose news is wanted (rtnetlink(7)); 0 for a socket to ask by.
    """

    __slots__ = ("_groups", "_sequence", "_socket")

    def __init__(self, groups: int = 0) -> None:
        self._groups = groups
        self._sequence = 0
        self._socket: socket.socket | None = None

    def __del__(self) -> None:
        self.close()

    @property
    def is_open(self) -> bool:
        """Whether news since the last question is being kept."""
        return self._socket is not None

    def open(self) -> socket.socket:
        """Return the socket.

        Raises:
            OSError: this process may have none.
        """
        if self._socket is None:
            opened = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, socket.NETLINK_ROUTE)
            try:
                opened.bind((0, self._groups))
            except OSError:
                opened.close()
                raise
            # News is taken when it is there, an answer is waited for.
            opened.settimeout(0 if self._groups else TIMEOUT_S)
            self._socket = opened
        return self._socket

    def close(self) -> None:
        """Close the socket; whatever was on its way is lost."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def dump(self, kind: int, payload: bytes) -> list[Message]:
        """Ask for a whole list and return its messages.

        Args:
            kind: what to list, such as RTM_GETLINK.
            payload: the fixed part of the question, as this kind has it.

        Raises:
            OSError: the kernel refuses, does not know the question, or does not answer.
        """
        asked = self.open()
        self._sequence += 1
        try:
            asked.send(HEAD.pack(HEAD.size + len(payload), kind, DUMP, self._sequence, 0) + payload)
            found: list[Message] = []
            while not _collect(asked.recv(RECEIVE_BYTES), self._sequence, found):
                pass
        except OSError:
            self.close()
            raise
        return found

    def news(self) -> Iterator[Message]:
        """Yield what the kernel told of its own accord since the last call.

        Raises:
            OSError: news was lost, so that whoever keeps a list has to ask for all of it.
        """
        opened = self.open()
        while True:
            try:
                datagram = opened.recv(RECEIVE_BYTES)
            except BlockingIOError:
                return
            except OSError:
                self.close()
                raise
            told: list[Message] = []
            _collect(datagram, None, told)
            yield from told


def attributes(datagram: bytes, begin: int, end: int) -> dict[int, bytes]:
    """Return the attributes between two places of a datagram, by type."""
    found = {}
    while begin + ATTRIBUTE.size <= end:
        length, kind = ATTRIBUTE.unpack_from(datagram, begin)
        if length < ATTRIBUTE.size:
            break
        found[kind & TYPE] = datagram[begin + ATTRIBUTE.size : begin + length]
        begin += length + 3 & ~3
    return found


def _collect(datagram: bytes, wanted: int | None, found: list[Message]) -> bool:
    """Add the messages of a datagram that have this sequence number; return whether the list ends with them.

    News has the number of whoever made the change, so that any will do (None).

    Raises:
        OSError: the kernel refuses the question.
    """
    at, size, unpack = 0, HEAD.size, HEAD.unpack_from
    last = len(datagram) - size
    while at <= last:
        length, kind, _flags, number, _port = unpack(datagram, at)
        if length < size:
            return False
        if wanted is None or number == wanted:
            if kind == DONE:
                return True
            if kind == ERROR:
                code = -int.from_bytes(datagram[at + size : at + size + 4], sys.byteorder, signed=True)
                raise OSError(code, os.strerror(code))
            found.append((kind, datagram, at + size, at + length))
        at += length + 3 & ~3
    return False
