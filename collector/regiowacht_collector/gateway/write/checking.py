"""Checks a body of remote write: what of it goes on, and in which words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_collector.gateway.write.assemble import assemble
from regiowacht_collector.gateway.write.checked import BAD_REQUEST, TOO_LARGE, Checked, Refused
from regiowacht_collector.gateway.write.memory import Memories
from regiowacht_collector.gateway.write.stencil import stencil_of
from regiowacht_collector.gateway.write.times import Times
from regiowacht_collector.gateway.write.walk import walk
from regiowacht_contract.wire.errors import Malformed, TooLarge
from regiowacht_contract.wire.snappy import decompress

if TYPE_CHECKING:
    from regiowacht_collector.gateway.write.limits import WriteLimits
    from regiowacht_collector.gateway.writer import Writer

MEMORIES = Memories()
"""What this process knows of series that were written before."""


def check(body: bytes, writer: Writer, limits: WriteLimits, now_ms: int, memories: Memories = MEMORIES) -> Checked:
    """Return what of a write goes on.

    Args:
        body: a block of snappy, as it was received.
        writer: whose credential came with it.
        limits: of the write.
        now_ms: milliseconds since 1970.
        memories: of the series of every gemeente.

    Raises:
        Refused: nothing of it is taken: it cannot be read, or holds too much.
    """
    try:
        unpacked = decompress(body, limits.decoded_bytes)
    except TooLarge as error:
        raise Refused(TOO_LARGE, error.reason, **error.values) from None
    except Malformed as error:
        raise Refused(BAD_REQUEST, error.reason) from None
    try:
        return check_unpacked(unpacked, writer, limits, now_ms, memories)
    except Malformed as error:
        reason = "packed-twice" if _is_packed(unpacked, limits) else error.reason
        raise Refused(BAD_REQUEST, reason) from None


def check_unpacked(body: bytes, writer: Writer, limits: WriteLimits, now_ms: int, memories: Memories) -> Checked:
    """Return what of a body that is not packed goes on.

    Raises:
        Malformed: it cannot be read, or not by everybody in the same way.
        Refused: it holds too much.
    """
    memory = memories.of(writer, limits)
    times = Times(now_ms, limits)
    looks = memory.looks(writer.credential, len(body))
    checked = None if looks.stencil is None else looks.stencil.check(body, times)
    if checked is not None:
        return checked
    found = walk(body, memory, times, limits)
    memory.keep(looks, stencil_of(found) if looks.missed() else None)
    return assemble(body, found, times)


def _is_packed(data: bytes, limits: WriteLimits) -> bool:
    try:
        decompress(data, limits.decoded_bytes)
    except (Malformed, TooLarge) as error:
        return error.reason in {"not-snappy-zstd", "not-snappy-gzip", "snappy-stream"}
    return bool(data)
