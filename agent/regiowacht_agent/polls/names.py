"""Finds the addresses of a host within a deadline, which the system's resolver does not know.

getaddrinfo(3) asks name servers, files, or whatever nsswitch.conf(5) says, gives up after half a minute and more, and
cannot be stopped. So a thread of its own asks, and whoever waits for it gives up in time.
"""

from __future__ import annotations

import socket
import threading

from regiowacht_agent.polls.network import Address
from regiowacht_agent.polls.outcome import Failed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from regiowacht_agent.polls.network import Deadline

LOOKUPS_MAX = 16
"""Names that are looked up at once; while as many get no answer, others wait for their turn."""


class Names:
    """Looks names up, each in a thread that ends with the answer; a name that is being looked up is joined.

    Args:
        ask: returns the addresses of a host, however long it takes; raises ``Failed``.
        lookups_max: threads at most.
    """

    def __init__(self, ask: Callable[[str], list[Address]], lookups_max: int = LOOKUPS_MAX) -> None:
        self._ask = ask
        self._lookups_max = lookups_max
        self._changed = threading.Condition()
        self._asked: dict[str, _Lookup] = {}

    @property
    def asked(self) -> tuple[str, ...]:
        """The names that are being looked up."""
        with self._changed:
            return tuple(self._asked)

    def find(self, host: str, deadline: Deadline) -> list[Address]:
        """Return the addresses of a host, the system's favourite first.

        Raises:
            Failed: there are none, or nobody could say in time.
        """
        with self._changed:
            lookup = self._join(host)
            while lookup is None or lookup.found is None:
                self._wait(host, deadline, lookup)
                lookup = lookup or self._join(host)
        if isinstance(lookup.found, Failed):
            raise Failed(lookup.found.reason, lookup.found.detail)  # one exception for each who waits
        return list(lookup.found)

    def _join(self, host: str) -> _Lookup | None:
        """Return the lookup of a name, begun now where nobody has; None: there are too many."""
        if host not in self._asked and len(self._asked) < self._lookups_max:
            lookup = _Lookup()
            threading.Thread(target=self._work, args=(host, lookup), name="names", daemon=True).start()
            self._asked[host] = lookup
        return self._asked.get(host)

    def _wait(self, host: str, deadline: Deadline, lookup: _Lookup | None) -> None:
        try:
            self._changed.wait(deadline.left())
        except Failed:
            busy = "" if lookup else f", which is still to say where {len(self._asked)} others are"
            detail = f"{host}: no answer within {deadline.seconds:g} s from this system's resolver{busy}"
            raise Failed("name", detail) from None

    def _work(self, host: str, lookup: _Lookup) -> None:
        found: list[Address] | Failed
        try:
            found = self._ask(host)
        except Failed as failed:
            found = failed
        except Exception as error:  # noqa: BLE001 - who waits is told, whatever it is
            found = Failed("internal", f"{host}: {type(error).__name__}")
        with self._changed:
            lookup.found = found
            del self._asked[host]
            self._changed.notify_all()


class _Lookup:
    """What a lookup came to, None as long as it lasts."""

    def __init__(self) -> None:
        self.found: list[Address] | Failed | None = None


def resolve(host: str, deadline: Deadline) -> list[Address]:
    """Return the addresses of a host, the system's favourite first; a written address needs no resolver.

    Raises:
        Failed: there are none, or the system's resolver did not answer in time.
    """
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            socket.inet_pton(family, host)
        except (OSError, ValueError):
            continue
        return [Address(family, host)]
    return NAMES.find(host, deadline)


def _ask_system(host: str) -> list[Address]:
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError as error:
        raise Failed("name", f"{host}: {error.strerror or error}") from None
    except UnicodeError:  # an empty label, or one of more than 63 letters
        raise Failed("name", f"{host}: no name that there can be") from None
    return list(dict.fromkeys(Address(family, str(place[0])) for family, _, _, _, place in found))


NAMES = Names(_ask_system)
"""The lookups of this process."""
