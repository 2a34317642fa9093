"""Values as devices send them: a tag of the wire and what it carries (RFC 2578, 7.1; RFC 3416, 3)."""

from __future__ import annotations

import struct

from regiowacht_contract.light import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from regiowacht_agent.snmp.oid import Oid

INTEGER, OCTETS, NULL, OBJECT = 0x02, 0x04, 0x05, 0x06
IP, COUNTER32, GAUGE32, TICKS, OPAQUE, NSAP, COUNTER64, UINTEGER32 = 0x40, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47
NO_OBJECT, NO_INSTANCE, END = 0x80, 0x81, 0x82

NUMBERS = frozenset({INTEGER, COUNTER32, GAUGE32, TICKS, COUNTER64, UINTEGER32})
ABSENT = frozenset({NO_OBJECT, NO_INSTANCE, END})
"""Not a value: there is no such object, no such row, or nothing more (RFC 3416, 4.2)."""

OPAQUE_FLOAT, OPAQUE_DOUBLE = b"\x9f\x78\x04", b"\x9f\x79\x08"
"""How net-snmp wraps a number with a fraction (NET-SNMP-TC, Float and Double)."""


class Value(NamedTuple):
    """One value.

    Attributes:
        tag: one of the numbers above.
        data: a number for ``NUMBERS``, an ``Oid`` for ``OBJECT``, octets for ``OCTETS``, ``IP``, ``OPAQUE`` and
            ``NSAP``, None for ``NULL`` and what is ``ABSENT``.
    """

    tag: int
    data: int | bytes | Oid | None

    @property
    def is_absent(self) -> bool:
        """Whether it says that there is none."""
        return self.tag in ABSENT

    @property
    def number(self) -> int | float | None:
        """The number it is, or None: it is none."""
        if isinstance(self.data, int):
            return self.data
        if self.tag == OPAQUE and isinstance(self.data, bytes):
            return _opaque_number(self.data)
        return None


def _opaque_number(body: bytes) -> float | None:
    if len(body) == 7 and body.startswith(OPAQUE_FLOAT):
        return float(struct.unpack(">f", body[3:])[0])
    if len(body) == 11 and body.startswith(OPAQUE_DOUBLE):
        return float(struct.unpack(">d", body[3:])[0])
    return None
