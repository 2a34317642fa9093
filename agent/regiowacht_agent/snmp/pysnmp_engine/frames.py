"""Messages between the agent and the process that pysnmp runs in: four octets of length, then ``marshal``.

Both ends are the same interpreter and our own code; secrets go this way alone, never over arguments or environment.
"""

from __future__ import annotations

import marshal
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

LENGTH_OCTETS = 4
FRAME_MAX = 256 << 20
PART = 1 << 16


class Broken(Exception):
    """The other end is gone, or what it says is no message."""


def frame(message: Any) -> bytes:
    """Return the bytes of a message."""
    body = marshal.dumps(message)
    return len(body).to_bytes(LENGTH_OCTETS, "big") + body


def read_frame(descriptor: int) -> Any:
    """Return the next message, however long it takes to come.

    Raises:
        Broken: there is none any more.
    """
    length = int.from_bytes(_exactly(descriptor, LENGTH_OCTETS), "big")
    if length > FRAME_MAX:
        raise Broken
    try:
        return marshal.loads(_exactly(descriptor, length))  # noqa: S302 - written by ourselves, on the other end
    except (ValueError, EOFError, TypeError):
        raise Broken from None


def _exactly(descriptor: int, length: int) -> bytes:
    found = bytearray()
    while len(found) < length:
        try:
            part = os.read(descriptor, min(PART, length - len(found)))
        except OSError:
            raise Broken from None
        if not part:
            raise Broken
        found += part
    return bytes(found)
