"""Reaches a host within a deadline, and says what went wrong in a word."""

from __future__ import annotations

import errno
import socket
import time

from regiowacht_agent.polls.outcome import Failed
from regiowacht_contract.light import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

FNV_OFFSET, FNV_PRIME = 0x811C9DC5, 0x01000193


class Deadline:
    """A moment that everything of one poll ends at.

    Args:
        seconds: from now.
        clock: monotonic seconds.

    Attributes:
        now: the clock.
        seconds: how far away it was when it was made.
    """

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.now = clock
        self.seconds = seconds
        self._end = clock() + seconds

    def left(self) -> float:
        """Return the seconds that are left.

        Raises:
            Failed: there are none.
        """
        left = self._end - self.now()
        if left <= 0:
            raise self.over()
        return left

    def over(self) -> Failed:
        """Return the failure that its end is."""
        return Failed("timeout", f"no answer within {self.seconds:g} s")


class Address(NamedTuple):
    """An IP address: the socket family and its text (with a zone where it is link-local)."""

    family: socket.AddressFamily
    text: str

    @property
    def protocol(self) -> int:
        """4 or 6."""
        return 6 if self.family == socket.AF_INET6 else 4

    @property
    def hash(self) -> int:
        """FNV-1a of the address's bytes, as blackbox_exporter's ``probe_ip_addr_hash`` is."""
        packed = socket.inet_pton(self.family, self.text.partition("%")[0])
        value = FNV_OFFSET
        for byte in packed:
            value = (value ^ byte) * FNV_PRIME & 0xFFFFFFFF
        return value


def connect(addresses: list[Address], port: int, deadline: Deadline) -> tuple[socket.socket, Address]:
    """Return a TCP connection to the first address that takes one, and that address.

    Raises:
        Failed: none does.
    """
    failure = Failed("unreachable", "no address")
    for address in addresses:
        sock = socket.socket(address.family, socket.SOCK_STREAM)
        try:
            sock.settimeout(deadline.left())
            sock.connect((address.text, port))
        except OSError as error:
            sock.close()
            failure = failure_of(error, deadline)
        except BaseException:
            sock.close()
            raise
        else:
            return sock, address
    raise failure


def failure_of(error: OSError, deadline: Deadline) -> Failed:
    """Return what an error of a socket means."""
    if isinstance(error, TimeoutError) or error.errno in {errno.ETIMEDOUT, errno.EAGAIN}:
        return deadline.over()
    return Failed("unreachable", error.strerror or str(error) or type(error).__name__)
