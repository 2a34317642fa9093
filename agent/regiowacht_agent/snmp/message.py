"""What stands between a PDU and a datagram: communities and the user-based security model behind one interface."""

from __future__ import annotations

from regiowacht_contract.light import NamedTuple, Protocol

TYPE_CHECKING = False
if TYPE_CHECKING:
    from regiowacht_agent.snmp.failure import SnmpFailed


class Unwrapped(NamedTuple):
    """An answer that was proven to be one.

    Attributes:
        number: the number that its question carried.
        pdu: tag, length and content of the PDU.
    """

    number: int
    pdu: bytes


class Report(Exception):
    """The device says why it does not take a message, and the security has learnt from it (RFC 3414, 3.2).

    Attributes:
        number: of the message that it is about.
        again: whether the same PDU, wrapped anew, may be taken now: its engine or its clock is known better.
    """

    def __init__(self, number: int, again: bool) -> None:
        super().__init__(number, again)
        self.number = number
        self.again = again


class Security(Protocol):
    """Wraps questions to one device and unwraps its answers."""

    def hello(self, number: int) -> bytes | None:
        """Return what must be sent, and answered by a ``Report``, before a question can be wrapped; None: nothing."""

    def wrap(self, pdu: bytes, number: int) -> bytes:
        """Return the datagram of a PDU whose request-id is ``number``, 1 to 2**31 - 1.

        Raises:
            SnmpFailed: it cannot be wrapped with what there is here.
        """

    def number(self, datagram: bytes) -> int:
        """Return the number that an answer carries, before anything is proven: to find its question.

        Raises:
            Malformed: the bytes are no SNMP message of this version.
        """

    def unwrap(self, datagram: bytes) -> Unwrapped:
        """Return what is in an answer, once it is proven to come from the device.

        Raises:
            Malformed: the bytes are no SNMP message, or not one that can be proven; drop it as if it had not come.
            Report: the device does not take the message, and why was learnt from.
            SnmpFailed: the device does not take the message, and will not: user, auth, priv, level.
        """

    def unanswered(self) -> SnmpFailed | None:
        """Take note that a question got no answer, and return what it means, None where that is not known here."""
