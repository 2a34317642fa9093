"""Asks whether a TCP port takes connections."""

from __future__ import annotations

from regiowacht_agent.address import split_address
from regiowacht_agent.polls.names import resolve
from regiowacht_agent.polls.network import Deadline, connect

TYPE_CHECKING = False
if TYPE_CHECKING:
    from regiowacht_agent.polls.settings import Probe
    from regiowacht_agent.probes.found import Found
    from regiowacht_agent.probes.runner import Ask

FAMILIES = ()


def make(wanted: Probe) -> Ask:
    """Return the probe of ``HOST:PORT``."""
    host, port = split_address(wanted.target)

    def ask(deadline: Deadline, found: Found) -> None:
        begin = deadline.now()
        addresses = resolve(host, deadline)
        lookup_s = deadline.now() - begin
        found.tell_address(addresses[0], lookup_s)
        sock, address = connect(addresses, port, deadline)
        sock.close()
        found.tell_address(address, lookup_s)

    return ask
