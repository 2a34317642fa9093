"""What connections that are opened and never finish a request do to a program that is scraped."""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.benchmarks.scraped import Program

HALF_OPEN = 800
HALF_A_REQUEST = b"GET /metrics HTTP/1.1\r\nHost: x\r\nX-Slow: "
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
    """Open the connections, silent ones and ones with the start of a request in turn, and scrape meanwhile.

    With TLS, every third stops after the first message of its handshake.
    """
    threads, memory = program.process.num_threads(), program.rss_mb()
    with contextlib.ExitStack() as stack:
        for number in range(HALF_OPEN):
            stack.enter_context(_half_open(program, number))
        time.sleep(0.5)
        slowest_s, refused = _scrapes(program)
        more = program.process.num_threads() - threads, program.rss_mb() - memory
        held = program.connections()
        time.sleep(SETTLE_S)
        return Siege(*more, held, program.connections(), slowest_s * 1000, refused)


def _half_open(program: Program, number: int) -> socket.socket:
    sock = socket.create_connection(("127.0.0.1", program.port), timeout=10)
    with contextlib.suppress(OSError):
        if program.trust is None:
            sock.sendall(HALF_A_REQUEST if number % 2 else b"")
        elif number % 3 == 1:
            sock.sendall(hello(program.trust))
        elif number % 3 == 2:
            sock = program.trust.wrap_socket(sock, server_hostname="127.0.0.1")
            sock.sendall(HALF_A_REQUEST)
    return sock


def hello(trust: ssl.SSLContext) -> bytes:
    """Return the first message of a handshake."""
    outgoing = ssl.MemoryBIO()
    with contextlib.suppress(ssl.SSLWantReadError):
        trust.wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname="127.0.0.1").do_handshake()
    return outgoing.read()


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
