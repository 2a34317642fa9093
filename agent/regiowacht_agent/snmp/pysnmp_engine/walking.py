"""Reads columns to their ends: many rows a question where the device lets us, else one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_agent.snmp import pdu
from regiowacht_agent.snmp.credential import Community
from regiowacht_agent.snmp.failure import SnmpFailed
from regiowacht_agent.snmp.pysnmp_engine.getting import trouble
from regiowacht_agent.snmp.session import Trouble

if TYPE_CHECKING:
    from collections.abc import Sequence

    from regiowacht_agent.snmp.pysnmp_engine.cursor import Cursor
    from regiowacht_agent.snmp.pysnmp_engine.engine import Engine, Reply
    from regiowacht_agent.snmp.session import Target

REPETITIONS_FIRST = 10
"""Rows that a question asks for while nothing is known of their size; no device is known that skips any at this."""

REPETITIONS_MAX = 50
"""From 56 on, switches are known that leave rows out."""

COLUMNS_AT_ONCE = 8
"""Columns that one GETNEXT asks for."""

HEAD_OCTETS = 150
"""What of an answer is not rows: heads, engine identifier, user, digest, at most."""


class Walker:
    """Reads columns of one device, and remembers how it takes being asked.

    Attributes:
        repetitions_max: rows that one question asks for at most.
        is_bulk: whether it answers GETBULK.
    """

    def __init__(self, target: Target) -> None:
        self._size_max_bytes = target.size_max_bytes
        self.repetitions_max = REPETITIONS_MAX
        self.is_bulk = not (isinstance(target.credential, Community) and target.credential.version == "1")

    async def walk(self, engine: Engine, cursors: Sequence[Cursor], repetitions_max: int = REPETITIONS_MAX) -> None:
        """Read columns to their ends.

        Raises:
            SnmpFailed: the device as a whole does not answer, or not us.
        """
        if self.is_bulk:
            for cursor in cursors:
                await self._bulk(engine, cursor, repetitions_max)
        left = [cursor for cursor in cursors if not cursor.is_done]  # it is known by now that it has no GETBULK
        at_once = COLUMNS_AT_ONCE
        while left:
            at_once = await self._step(engine, left[:at_once])
            left = [cursor for cursor in left if not cursor.is_done]

    async def _bulk(self, engine: Engine, cursor: Cursor, repetitions_max: int) -> None:
        """Read a column many rows a question, as long as the device takes that."""
        most = min(self.repetitions_max, repetitions_max)
        repetitions = min(REPETITIONS_FIRST, most)
        while self.is_bulk and not cursor.is_done:
            try:
                reply = await engine.bulk(cursor.at, repetitions)
            except SnmpFailed as failed:
                await self._without_bulk(engine, cursor, failed)
                return
            if reply.status == pdu.TOO_BIG and repetitions > 1:
                most = repetitions = self.repetitions_max = max(1, repetitions // 2)
            elif reply.status:
                await self._alone(engine, cursor)
            else:
                _take(cursor, reply)
                repetitions = self._fitting(reply, most)

    def _fitting(self, reply: Reply, most: int) -> int:
        """Return how many rows like these an answer holds."""
        octets = max(1, (reply.octets - HEAD_OCTETS // 2) // max(1, len(reply.bindings)))
        return max(1, min(most, (self._size_max_bytes - HEAD_OCTETS) // octets))

    async def _without_bulk(self, engine: Engine, cursor: Cursor, failed: SnmpFailed) -> None:
        """Try whether a device that says nothing to GETBULK answers GETNEXT.

        Raises:
            SnmpFailed: it does not either.
        """
        if failed.reason not in {"timeout", "format"}:
            raise failed
        try:
            reply = await engine.following([cursor.at])
        except SnmpFailed:
            raise failed from None
        self.is_bulk = False
        _take_next([cursor], reply)

    async def _alone(self, engine: Engine, cursor: Cursor) -> None:
        """Read one row by GETNEXT; a device that answers that where it refuses GETBULK is not asked by that again."""
        before = cursor.at
        while not await self._step(engine, [cursor]):
            pass
        if cursor.at != before:
            self.is_bulk = False

    async def _step(self, engine: Engine, cursors: Sequence[Cursor]) -> int:
        """Read the next row of each; return how many columns to ask for next time, 0 when this came to nothing."""
        reply = await engine.following([cursor.at for cursor in cursors])
        if reply.status == pdu.TOO_BIG and len(cursors) > 1:
            return len(cursors) // 2
        if reply.status == pdu.TOO_BIG and engine.is_large_possible:
            engine.allow_large()
            return len(cursors)
        if reply.status and len(cursors) > 1 and not 0 < reply.culprit <= len(cursors):
            return 1
        _take_next(cursors, reply)
        return COLUMNS_AT_ONCE if len(cursors) == COLUMNS_AT_ONCE else max(1, len(cursors))


def _take(cursor: Cursor, reply: Reply) -> None:
    if not reply.bindings:
        cursor.stop(Trouble("truncated", "the device answers without a row", cursor.column))
    for name, value in reply.bindings:
        cursor.take(name, value)


def _take_next(cursors: Sequence[Cursor], reply: Reply) -> None:
    if reply.status:
        cursor = cursors[reply.culprit - 1] if len(cursors) > 1 else cursors[0]
        cursor.stop(*trouble(reply.status, cursor.column))
        return
    for cursor, (name, value) in zip(cursors, reply.bindings, strict=False):
        cursor.take(name, value)
    for cursor in cursors[len(reply.bindings) :]:
        cursor.stop(Trouble("truncated", "the device answers without a row", cursor.column))
