"""What the gateway takes at once: connections, times, bytes."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of the server itself; what one write may hold is ``WriteLimits``.

    Attributes:
        connections: connections at once; above it the longest half-open one makes room, or the new one is closed.
        connections_of_address: the same for one address. A site stands behind one address, all its servers with it;
            a proxy in front of the gateway is trusted and not counted.
        header_s: seconds from the first byte (or the connection) to the end of the headers, TLS included.
        header_bytes: bytes of request line and headers.
        body_idle_s: seconds within a body without a byte.
        body_bytes_a_second: how slowly a body may come on the whole; the slowest line of the design has 1,200.
        answer_s: seconds from the whole request to the whole answer.
        idle_s: seconds between two requests on a connection. An agent asks every 15 to 60.
        body_bytes: bytes of a body as it comes over the line.
        in_flight_bytes: bytes of all bodies under way, counted as what they are once decompressed.
        kept_for_live: share of ``in_flight_bytes`` that only bodies of at most ``live_bytes`` may use, so that what is
            new comes through while a region returns with its backlog.
        live_bytes: how large a body of one interval is at most, decompressed.
        stop_s: seconds that requests under way get when the gateway stops.
    """

    connections: int = 2_048
    connections_of_address: int = 512
    header_s: float = 10
    header_bytes: int = 16_384
    body_idle_s: float = 20
    body_bytes_a_second: int = 512
    answer_s: float = 120
    idle_s: float = 150
    body_bytes: int = 4 * MIB
    in_flight_bytes: int = 96 * MIB
    kept_for_live: float = 0.5
    live_bytes: int = MIB
    stop_s: float = 5
