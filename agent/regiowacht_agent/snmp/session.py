"""The one interface that both engines stand behind: a session with one device, and what it brings."""

from __future__ import annotations

from regiowacht_contract.light import Protocol, dataclass, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from regiowacht_agent.snmp.credential import Credential
    from regiowacht_agent.snmp.failure import Reason
    from regiowacht_agent.snmp.oid import Oid
    from regiowacht_agent.snmp.value import Value

PORT = 161
ROWS_MAX = 20_000
"""Rows that a column is read to; a device that has more, or says so for ever, is cut off there with a reason."""


@dataclass(frozen=True, slots=True)
class Target:
    """A device as an engine needs to know it.

    Attributes:
        host: IPv4 or IPv6 address, or a name that resolves to one.
        credential: how to prove who asks.
        port: UDP port.
        timeout_s: seconds that one question waits for its answer at most; less where a device is known
            to be faster.
        retries: how often it is sent again before it counts as unanswered.
        window: questions in flight at once.
        size_max_bytes: answers are asked for so that they stay below this (a datagram that no path cuts up).
    """

    host: str
    credential: Credential
    port: int = PORT
    timeout_s: float = 2.0
    retries: int = 2
    window: int = 2
    size_max_bytes: int = 1400


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that should have come and did not, or came wrong.

    Attributes:
        reason: one of ``failure.REASONS``.
        detail: in words, without a secret.
        oid: the column or object it is about; () for the device as a whole.
        rows: rows that are missing for sure; 0 where their number is not known.
    """

    reason: Reason
    detail: str
    oid: Oid = ()
    rows: int = 0


@dataclass(slots=True)
class Effort:
    """What a session cost so far: messages sent, those sent again, answers that came."""

    sent: int = 0
    retried: int = 0
    answered: int = 0


@dataclass(frozen=True, slots=True)
class Scalars:
    """Single objects by their whole name, instance included; one that the device has not is not in it.

    What could not be asked is among the troubles.
    """

    values: dict[Oid, Value]
    troubles: tuple[Trouble, ...] = ()


@dataclass(frozen=True, slots=True)
class Columns:
    """Columns of tables: the column's name, then the row's index, then the value.

    A column that the device has not is an empty one. What is known to be missing is among the troubles: without one,
    every row that the device has is there.
    """

    cells: dict[Oid, dict[Oid, Value]]
    troubles: tuple[Trouble, ...] = field(default=())


class Session(Protocol):
    """Asks one device, one thing after the other; not to be shared between threads.

    Attributes:
        engine: ``pysnmp`` or ``fast``.
    """

    engine: str

    @property
    def effort(self) -> Effort:
        """What it cost so far."""

    def get(self, oids: Sequence[Oid]) -> Scalars:
        """Return single objects.

        Raises:
            SnmpFailed: the device as a whole does not answer, or not us.
        """

    def columns(self, columns: Sequence[Oid], rows_max: int = ROWS_MAX) -> Columns:
        """Return whole columns, of any tables.

        Raises:
            SnmpFailed: the device as a whole does not answer, or not us.
        """

    def close(self) -> None:
        """Let go of sockets."""
