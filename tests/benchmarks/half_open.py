"""What connections that are opened and never finish a request do to a program that is scraped."""

from __future__ import annotations

import contextlib
import http.client
import socket
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.benchmarks.scraped import Program

HALF_OPEN = 800
SCRAPES = 100
SETTLE_S = 7.0
"""Longer than the agent's time-outs of 5 s."""


@dataclass(frozen=True, slots=True)
class Siege:
    """What happened.

    Attributes:
        threads: more than before.
        memory_mb: more than before.
        held: connections open during the scrapes.
        held_later: and ``SETTLE_S`` after them.
        slowest_ms: of the scrapes.
        refused: scrapes that failed.
    """

    threads: int
    memory_mb: float
    held: int
    held_later: int
    slowest_ms: float
    refused: int


def besiege(program: Program) -> Siege:
    """Open the connections, half of them silent and half with the start of a request, and scrape meanwhile."""
    threads, memory = program.process.num_threads(), program.rss_mb()
    with contextlib.ExitStack() as stack:
        for number in range(HALF_OPEN):
            sock = stack.enter_context(socket.create_connection(("127.0.0.1", program.port), timeout=10))
            if number % 2:
                with contextlib.suppress(OSError):
                    sock.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\nX-Slow: ")
        time.sleep(0.5)
        slowest_s, refused = _scrapes(program)
        more = program.process.num_threads() - threads, program.rss_mb() - memory
        held = program.connections()
        time.sleep(SETTLE_S)
        return Siege(*more, held, program.connections(), slowest_s * 1000, refused)


def _scrapes(program: Program) -> tuple[float, int]:
    slowest_s, refused = 0.0, 0
    for _ in range(SCRAPES):
        begin = time.perf_counter()
        try:
            program.scrape()
        except (OSError, http.client.HTTPException):
            refused += 1
        slowest_s = max(slowest_s, time.perf_counter() - begin)
    return slowest_s, refused
