"""SNMP 1 and 2c: a PDU in a message with a community (RFC 1157, 4; RFC 1901, 3)."""

from __future__ import annotations

from regiowacht_agent.snmp.ber import SEQUENCE, Malformed, Reader, encode, encode_integer
from regiowacht_agent.snmp.message import Unwrapped
from regiowacht_agent.snmp.message_number import message_number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from regiowacht_agent.snmp.credential import Community

VERSIONS = {"1": 0, "2c": 1}
LONG, LONG_ANSWER, NUMBER = b"\x30\x82", b"\xa2\x82", b"\x02\x04"
"""How a message of 256 octets and more begins, the answer in it, and a number of four octets."""


class Communities:
    """Wraps with a community; an answer carries the version and the community of its question."""

    __slots__ = ("_at", "_head")

    def __init__(self, credential: Community) -> None:
        self._head = encode_integer(VERSIONS[credential.version]) + encode(0x04, credential.community)
        self._at = 4 + len(self._head)

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
        at = self._at
        if (
            datagram[:2] == LONG
            and datagram.startswith(self._head, 4)
            and datagram[at : at + 2] == LONG_ANSWER
            and datagram[at + 4 : at + 6] == NUMBER
            and int.from_bytes(datagram[2:4], "big") == len(datagram) - 4
        ):
            # As nearly all answers are written that are worth the time.
            return Unwrapped(int.from_bytes(datagram[at + 6 : at + 10], "big", signed=True), datagram[at:])
        reader = Reader(datagram)
        tag, start, end = reader.head()
        if tag != SEQUENCE or not datagram.startswith(self._head, start):
            raise Malformed("another version or community than asked with")
        return Unwrapped(message_number(datagram), datagram[start + len(self._head) : end])

    def unanswered(self) -> None:
        """Return None: a wrong community looks like a device that is away."""
