"""Asks the kernel's routing tables for lists: links, their counters, addresses, neighbours (rtnetlink(7))."""

from __future__ import annotations

import contextlib
import os
import socket
import struct
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

HEAD = struct.Struct("=IHHII")
"""nlmsghdr: length, type, flags, sequence number, port (netlink(7))."""

ATTRIBUTE = struct.Struct("=HH")
"""rtattr: length with these four bytes, type; the next one begins at a multiple of four."""

DUMP = 0x301
"""NLM_F_REQUEST and NLM_F_DUMP."""

ERROR, DONE = 2, 3
TYPE = 0x3FFF
"""The bits of an attribute's type that are no flags."""

RECEIVE_BYTES = 131_072
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

    def dump(self, kind: int, payload: bytes) -> Generator[Message, None, None]:
        """Ask for a whole list and yield its messages.

        Args:
            kind: what to list, such as RTM_GETLINK.
            payload: the fixed part of the question, as this kind has it.

        Raises:
            OSError: the kernel refuses, does not know the question, or does not answer.
        """
        try:
            yield from self._answers(kind, payload)
        except (OSError, GeneratorExit):
            self.close()
            raise

    def news(self) -> Iterator[Message]:
        """Yield what the kernel told of its own accord since the last call.

        Raises:
            OSError: news was lost, so that whoever keeps a list has to ask for all of it.
        """
        told = self.open()
        while True:
            try:
                datagram = told.recv(RECEIVE_BYTES)
            except BlockingIOError:
                return
            except OSError:
                self.close()
                raise
            yield from ((kind, datagram, begin, end) for kind, _number, begin, end in _messages(datagram))

    def _answers(self, kind: int, payload: bytes) -> Iterator[Message]:
        asked = self.open()
        self._sequence = sequence = self._sequence + 1
        asked.send(HEAD.pack(HEAD.size + len(payload), kind, DUMP, sequence, 0) + payload)
        while True:
            datagram = asked.recv(RECEIVE_BYTES)
            for told, number, begin, end in _messages(datagram):
                if number != sequence:
                    continue
                if told == DONE:
                    return
                if told == ERROR:
                    number_of_error = -int.from_bytes(datagram[begin : begin + 4], sys.byteorder, signed=True)
                    raise OSError(number_of_error, os.strerror(number_of_error))
                yield told, datagram, begin, end


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


def _messages(datagram: bytes) -> Iterator[tuple[int, int, int, int]]:
    """Yield type, sequence number, and begin and end of the payload of each message."""
    at = 0
    with contextlib.suppress(struct.error):
        while at < len(datagram):
            length, kind, _flags, sequence, _port = HEAD.unpack_from(datagram, at)
            if length < HEAD.size:
                return
            yield kind, sequence, at + HEAD.size, at + length
            at += length + 3 & ~3
