"""The socket under pysnmp: one device, its answers only, and what ICMP says of it."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

from pysnmp.carrier.asyncio.dgram.udp import UdpAsyncioTransport, UdpTransportAddress

from regiowacht_agent.snmp.failure import SnmpFailed
from regiowacht_agent.snmp.icmp_error import FINAL, errors, hear_errors

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from regiowacht_agent.snmp.place import Place
    from regiowacht_agent.snmp.session import Effort

ADDRESS = ("127.0.0.1", 161)
"""What pysnmp is told that every device's address is; only this module knows the real one, of either family."""

SEQUENCE = 0x30


class Wire(UdpAsyncioTransport):  # type: ignore[misc] # pysnmp says no types of it
    """Sends to one device and hands on what that device sends.

    It is not connected: so an answer from another address than was asked is told apart from none.

    Args:
        loop: where its events come in.
        place: the device's address.
        effort: counts messages.
        fail: told when the network says that the device cannot be reached.

    Attributes:
        stranger: the address of another host that answered, "" as long as there is none.
        heard: datagrams of the device.
        heard_bytes: length of the last one.
    """

    def __init__(
        self, loop: asyncio.AbstractEventLoop, place: Place, effort: Effort, fail: Callable[[SnmpFailed], None]
    ) -> None:
        super().__init__(loop=loop)
        self._place, self._effort, self._fail = place, effort, fail
        self._socket = _open(place.family)
        self.stranger = ""
        self.heard = 0
        self.heard_bytes = 0

    async def open(self) -> None:
        """Let events of the socket come in."""
        await self.loop.create_datagram_endpoint(lambda: self, sock=self._socket)

    def send_message(self, message: bytes, address: object) -> None:
        """Send to the device."""
        del address
        self._effort.sent += 1
        self.transport.sendto(message, self._place.address)

    def datagram_received(self, datagram: bytes, address: tuple[str, int]) -> None:
        """Hand on what the device sent; remember who else did."""
        if (address[0].partition("%")[0], address[1]) != self._place.address[:2]:
            if datagram[:1] == bytes((SEQUENCE,)):
                self.stranger = f"{address[0]} port {address[1]}"
            return
        self.heard += 1
        self.heard_bytes = len(datagram)
        self._effort.answered += 1
        super().datagram_received(datagram, UdpTransportAddress(ADDRESS))

    def error_received(self, error: Exception) -> None:
        """Give up when the network says that nobody is there; anything else is for the next question to find."""
        said = [why for _address, why in errors(self._socket)]  # read, or the loop is woken for them for ever
        if isinstance(error, OSError) and error.errno in FINAL:
            said.append(os.strerror(error.errno or 0))
        if said:
            self._fail(SnmpFailed("unreachable", said[0]))


def _open(family: int) -> socket.socket:
    """Return a socket of that family.

    Raises:
        SnmpFailed: this machine has none.
    """
    try:
        one = socket.socket(family, socket.SOCK_DGRAM)
    except OSError as error:
        raise SnmpFailed("unreachable", f"this machine has no such network: {error.strerror}") from None
    one.setblocking(False)
    hear_errors(one)
    return one
