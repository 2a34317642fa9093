"""Conversations with a device: code that says what to ask and goes on with the answers, while a loop does the sending.

A dialogue is a generator. It yields a batch of questions, and is handed an answer for each: the bytes of a PDU (not
looked into yet), or the failure that it came to. A loop sends the questions of a batch within the device's window,
sends again what was lost, and runs any number of dialogues beside each other; so what a device is asked, and how hard
it is pressed, knows nothing of sockets and clocks.

What walks a device is an open dialogue: it also takes answers that another decoder has read (``Decoded``).
"""

from __future__ import annotations

from regiowacht_agent.snmp import pdu
from regiowacht_contract.light import NamedTuple, Protocol

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Generator
    from typing import TypeVar

    from regiowacht_agent.snmp.failure import SnmpFailed
    from regiowacht_agent.snmp.oid import Oid

    Told = TypeVar("Told")
    Answer = bytes | SnmpFailed
    Dialogue = Generator["tuple[Question, ...]", "tuple[Answer, ...]", Told]


class Question(Protocol):
    """One PDU to be sent."""

    def encode(self, number: int) -> bytes:
        """Return its bytes with that request-id."""


class Decoded(NamedTuple):
    """An answer that another decoder has read.

    Attributes:
        found: what it says.
        size_bytes: octets that it had, about.
    """

    found: pdu.Response
    size_bytes: int


def decoded(answer: bytes | Decoded) -> Decoded:
    """Return what an answer says.

    Raises:
        Malformed: it is none.
    """
    return answer if isinstance(answer, Decoded) else Decoded(pdu.read(answer), len(answer))


class Get(NamedTuple):
    """Asks for objects by their whole names."""

    oids: tuple[Oid, ...]

    def encode(self, number: int) -> bytes:
        """Return its bytes with that request-id."""
        return pdu.request(pdu.GET, number, self.oids)


class GetNext(NamedTuple):
    """Asks for what follows each name."""

    oids: tuple[Oid, ...]

    def encode(self, number: int) -> bytes:
        """Return its bytes with that request-id."""
        return pdu.request(pdu.GETNEXT, number, self.oids)


class GetBulk(NamedTuple):
    """Asks for the next ``repetitions`` rows after each name."""

    oids: tuple[Oid, ...]
    repetitions: int

    def encode(self, number: int) -> bytes:
        """Return its bytes with that request-id."""
        return pdu.request(pdu.GETBULK, number, self.oids, 0, self.repetitions)


class Ready(NamedTuple):
    """A question whose bytes are there already but for its number."""

    pdu: bytes

    def encode(self, number: int) -> bytes:
        """Return its bytes with that request-id."""
        return pdu.with_number(self.pdu, number)


if TYPE_CHECKING:
    OpenAnswer = bytes | Decoded | SnmpFailed
    OpenDialogue = Generator[tuple[Question, ...], tuple[OpenAnswer, ...], Told]
