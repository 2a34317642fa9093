"""SNMP 1 and 2c: a PDU in a message with a community (RFC 1157, 4; RFC 1901, 3)."""

from __future__ import annotations

from regiowacht_agent.snmp.ber import SEQUENCE, Malformed, Reader, encode, encode_integer
from regiowacht_agent.snmp.message import Unwrapped
from regiowacht_agent.snmp.message_number import message_number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from regiowacht_agent.snmp.credential import Community

VERSIONS = {"1": 0, "2c": 1}


class Communities:
    """Wraps with a community; an answer carries the version and the community of its question."""

    __slots__ = ("_head",)

    def __init__(self, credential: Community) -> None:
        self._head = encode_integer(VERSIONS[credential.version]) + encode(0x04, credential.community)

    def hello(self, number: int) -> None:
        """Return None: nothing goes before the first question."""

    def wrap(self, pdu: bytes, number: int) -> bytes:
        """Return the message."""
        return encode(SEQUENCE, self._head + pdu)

    def number(self, datagram: bytes) -> int:
        """Return the request-id.

        Raises:
            Malformed: the bytes are no message of this version and community.
        """
        return self.unwrap(datagram).number

    def unwrap(self, datagram: bytes) -> Unwrapped:
        """Return the PDU.

        Raises:
            Malformed: the bytes are no message of this version and community.
        """
        reader = Reader(datagram)
        tag, start, end = reader.head()
        if tag != SEQUENCE or not datagram.startswith(self._head, start):
            raise Malformed("another version or community than asked with")
        return Unwrapped(message_number(datagram), datagram[start + len(self._head) : end])

    def unanswered(self) -> None:
        """Return None: a wrong community looks like a device that is away."""
