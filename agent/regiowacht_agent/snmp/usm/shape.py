"""The last answer's layout: most answers of a second differ in number, digest, salt and data alone.

Comparing them with it costs a fifth of reading them. What differs in anything else is read in full.
"""

from __future__ import annotations

from regiowacht_agent.snmp.usm.message import PRIV, Message

NUMBER_AT = 11
"""Where the four octets of the number stand after ``30 82 xx xx 02 01 03 30 nn 02 04``."""

START = 4


class Shape:
    """What answers of at least 256 octets looked like; signed ones only."""

    __slots__ = ("_data_at", "_digest_at", "_fields", "_head", "_middle", "_rest_at", "_salt", "_salt_at", "_tail")

    def __init__(self) -> None:
        self._fields: Message | None = None
        self._head = b""

    def learn(self, datagram: bytes, message: Message) -> None:
        """Remember the layout of an answer that was proven."""
        digest_end = message.digest_at + message.digest_octets
        salt_octets = len(message.salt)
        data_at = len(datagram) - len(message.data) - (4 if message.flags & PRIV else 0)
        if datagram[:2] != b"\x30\x82" or datagram[9:11] != b"\x02\x04" or not message.number >> 23:
            return
        if data_at != digest_end + 2 + salt_octets or datagram[data_at + 1] != 0x82:
            return
        self._head = datagram[START:NUMBER_AT]
        self._middle = datagram[NUMBER_AT + 4 : message.digest_at]
        self._digest_at, self._salt_at, self._data_at = message.digest_at, digest_end + 2, data_at
        self._tail = datagram[digest_end : digest_end + 2]
        self._rest_at = data_at + 4 if message.flags & PRIV else data_at
        self._salt = salt_octets
        self._fields = message._replace(salt=b"", data=b"")

    def number(self, datagram: bytes) -> int:
        """Return the number of an answer of this layout, 0 where it has another one."""
        head = self._head
        if head and datagram[START:NUMBER_AT] == head and datagram[:2] == b"\x30\x82" and len(datagram) > 256:
            number = int.from_bytes(datagram[NUMBER_AT : NUMBER_AT + 4], "big")
            return number if number < 0x8000_0000 else 0
        return 0

    def read(self, datagram: bytes) -> Message | None:
        """Return what an answer of this layout says, None where it has another one."""
        fields = self._fields
        number = self.number(datagram)
        if fields is None or not number or datagram[NUMBER_AT + 4 : self._digest_at] != self._middle:
            return None
        at, salt_at = self._data_at, self._salt_at
        size = len(datagram)
        if (
            size < at + 4
            or datagram[salt_at - 2 : salt_at] != self._tail
            or datagram[at : at + 2] != (b"\x04\x82" if self._rest_at > at else b"\x30\x82")
            or int.from_bytes(datagram[2:4], "big") != size - 4
            or int.from_bytes(datagram[at + 2 : at + 4], "big") != size - at - 4
        ):
            return None
        salt = datagram[salt_at : salt_at + self._salt]
        return Message(
            number, fields.flags, fields.engine, fields.boots, fields.time, fields.user,
            fields.digest_at, fields.digest_octets, salt, datagram[self._rest_at :],
        )  # fmt: skip
