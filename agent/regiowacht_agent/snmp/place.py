"""Where a device is: addresses as UDP sockets take them, and the threads that ask the system's resolver for them."""

from __future__ import annotations

import socket
import threading
from collections import deque

from regiowacht_agent.snmp.failure import SnmpFailed
from regiowacht_contract.light import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Address = tuple[str, int] | tuple[str, int, int, int]
    Found = tuple["Place", ...] | SnmpFailed

LOOKUPS_MAX = 16
"""Names that are looked up at once; a resolver that hangs takes half a minute for each."""

LINK_LOCAL = ("fe8", "fe9", "fea", "feb")


class Place(NamedTuple):
    """An address: its family, and host and port as ``recvfrom`` tells them."""

    family: int
    address: Address


def written(host: str, port: int) -> tuple[Place, ...] | None:
    """Return the place of an IPv4 or IPv6 address, with a zone or without; None: it is a name."""
    try:
        return _places(socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM, flags=socket.AI_NUMERICHOST))
    except (OSError, UnicodeError):
        return None


def ask_system(host: str, port: int) -> Found:
    """Return the places of a name, the system's favourite first, however long it takes."""
    try:
        return _places(socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM))
    except (OSError, UnicodeError) as error:
        return SnmpFailed("name", f"{host}: {getattr(error, 'strerror', None) or error}")


def _places(found: list[tuple[Any, ...]]) -> tuple[Place, ...]:
    return tuple(dict.fromkeys(_place(family, address) for family, _, _, _, address in found))


def _place(family: int, address: Any) -> Place:
    """Return an address as an answer from there will carry it."""
    if family != socket.AF_INET6:
        return Place(family, address[:2])
    host = address[0].partition("%")[0]
    if host.startswith("::ffff:") and "." in host:
        return Place(socket.AF_INET, (host[7:], address[1]))
    return Place(family, (host, address[1], 0, address[3] if host.startswith(LINK_LOCAL) else 0))


class Lookups:
    """Looks names up in threads, each once however many wait for it.

    Args:
        tell: takes a host and what was found; called from another thread.
        ask: returns the places of a host and port.
        lookups_max: threads at most; what is above waits for one of them.
    """

    def __init__(
        self,
        tell: Callable[[tuple[str, int], Found], None],
        ask: Callable[[str, int], Found] = ask_system,
        lookups_max: int = LOOKUPS_MAX,
    ) -> None:
        self._tell, self._ask, self._lookups_max = tell, ask, lookups_max
        self._lock = threading.Lock()
        self._asked: set[tuple[str, int]] = set()
        self._queue: deque[tuple[str, int]] = deque()
        self._threads = 0

    def find(self, host: str, port: int) -> None:
        """Begin to look a name up, unless that goes on already."""
        with self._lock:
            if (host, port) in self._asked:
                return
            self._asked.add((host, port))
            self._queue.append((host, port))
            if self._threads == self._lookups_max:
                return
            self._threads += 1
        threading.Thread(target=self._work, name="snmp-names", daemon=True).start()

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._queue:
                    self._threads -= 1
                    return
                place = self._queue.popleft()
            found: Found
            try:
                found = self._ask(*place)
            except Exception as error:  # noqa: BLE001 - who waits is told, whatever it is
                found = SnmpFailed("internal", f"{place[0]}: {type(error).__name__}")
            with self._lock:
                self._asked.discard(place)
            self._tell(place, found)
