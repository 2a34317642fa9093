"""The socket at which a wire takes its orders: one JSON object a message, one answer to each."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

MESSAGE_LIMIT_BYTES = 4_096
VISITOR_LIMIT = 8


class Desk:
    """Listens on a Unix socket that keeps messages apart (SOCK_SEQPACKET).

    Attributes:
        listener: accepts visitors.
        visitors: connections that have not ended, oldest first.

    Raises:
        OSError: the socket cannot be made, or another wire listens there.
    """

    def __init__(self, path: str, answer: Callable[[dict[str, object]], dict[str, object]]) -> None:
        self._answer = answer
        self.visitors: dict[int, socket.socket] = {}
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET | socket.SOCK_NONBLOCK)
        os.chdir(Path(path).parent)  # an address has 107 bytes at most; a name in this folder always fits
        name = Path(path).name
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as probe:
            try:
                probe.connect(name)
            except OSError:
                Path(name).unlink(missing_ok=True)
            else:
                raise OSError(f"another wire listens at {path}")
        self.listener.bind(name)
        self.listener.listen(VISITOR_LIMIT)

    def welcome(self) -> int:
        """Accept a visitor and return its descriptor; with too many, the oldest is sent away.

        Raises:
            OSError: it has gone already.
        """
        visitor, _ = self.listener.accept()
        visitor.setblocking(False)
        if len(self.visitors) >= VISITOR_LIMIT:
            self._dismiss(next(iter(self.visitors)))
        self.visitors[visitor.fileno()] = visitor
        return visitor.fileno()

    def serve(self, descriptor: int) -> None:
        """Answer one message of a visitor, or see it off when it has gone."""
        visitor = self.visitors[descriptor]
        try:
            message = visitor.recv(MESSAGE_LIMIT_BYTES + 1)
            if message:
                visitor.send(json.dumps(self._reply(message)).encode())
        except BlockingIOError:
            return
        except OSError:
            message = b""
        if not message:
            self._dismiss(descriptor)

    def _dismiss(self, descriptor: int) -> None:
        self.visitors.pop(descriptor).close()

    def _reply(self, message: bytes) -> dict[str, object]:
        if len(message) > MESSAGE_LIMIT_BYTES:
            return {"error": f"a message has at most {MESSAGE_LIMIT_BYTES} bytes"}
        try:
            order = json.loads(message)
        except (ValueError, RecursionError):
            return {"error": "a message is one JSON object"}
        if not isinstance(order, dict):
            return {"error": "a message is one JSON object"}
        return self._answer(order)
