"""The agent's metrics about itself: what it is, how it fares, what its process uses."""

from __future__ import annotations

from regiowacht_agent.block import Block, Kept
from regiowacht_agent.family import Metrics
from regiowacht_agent.own_process import open_max, process_start, usage, virtual_max
from regiowacht_agent.version import version

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from regiowacht_agent.block import Series, Value
    from regiowacht_agent.config import Config
    from regiowacht_agent.files import Files
    from regiowacht_agent.http.server import HttpServer
    from regiowacht_agent.polls.nobody import Nobody
    from regiowacht_agent.polls.schedule import Schedule
    from regiowacht_agent.reading import Readings

CLOSED = ("full", "handshake", "header", "idle", "write")
POLLS = ("answering", "failing", "silent")

FIRST = (
    *("regiowacht_agent_config_reload_success", "regiowacht_agent_config_timestamp_seconds"),
    *("regiowacht_agent_readings_total", "regiowacht_agent_mounts_stuck"),
)
CERTIFICATE = (
    "regiowacht_agent_http_certificate_expiry_timestamp_seconds",
    "regiowacht_agent_http_certificate_reload_success",
)
PROCESS = (
    *("process_cpu_seconds_total", "process_start_time_seconds", "process_virtual_memory_bytes"),
    *("process_resident_memory_bytes", "process_open_fds", "process_max_fds", "process_virtual_memory_max_bytes"),
)
"""What is told of the process; the last one not everywhere."""


class Own:
    """``regiowacht_agent_*`` and ``process_*``, with the names that Prometheus clients use."""

    def __init__(self) -> None:
        self._metrics = Metrics.of("agent")
        self._kept = Kept()
        self.started = process_start()

    def read(
        self,
        config: Config,
        loaded: float,
        reload_worked: bool,
        readings: Readings,
        server: HttpServer,
        polls: Schedule | Nobody,
    ) -> Block:
        """Return everything about the agent.

        Args:
            config: the configuration in force.
            loaded: when it was read, seconds since 1970.
            reload_worked: whether the latest attempt to read it worked.
            readings: the readings taken.
            server: the HTTP server.
            polls: what is asked for others.
        """
        info = (version(), readings.reader.name, config.hash)
        families = [one.family for one in readings.outcomes]
        codes = sorted(server.codes)
        certificate = _certificate(server)
        process = self._process(readings.reader.host.files)
        values: list[Value] = [
            *(1, int(reload_worked), round(loaded, 3), readings.count, len(readings.reader.host.mounts.stuck)),
            *[int(one.state == "failed") for one in readings.outcomes],
            *_polls(polls),
            *(server.open_connections, *[server.codes[code] for code in codes]),
            *[server.closed.get(reason, 0) for reason in CLOSED],
            *(*certificate, *process),
        ]
        key = (info, families, codes, len(certificate), len(process))
        return Block(self._kept.layout(key, lambda: self._series(*key)), values)

    def _series(
        self, info: tuple[str, ...], families: list[str], codes: list[int], certificate: int, process: int
    ) -> Iterator[Series]:
        of = self._metrics
        yield of["regiowacht_agent_info"], info
        yield from ((of[name], ()) for name in FIRST)
        yield from ((of["regiowacht_agent_family_failing"], (name,)) for name in families)
        yield from ((of["regiowacht_agent_polls"], (state,)) for state in POLLS)
        yield of["regiowacht_agent_http_connections"], ()
        yield from ((of["regiowacht_agent_http_requests_total"], (str(code),)) for code in codes)
        yield from ((of["regiowacht_agent_http_connections_closed_total"], (reason,)) for reason in CLOSED)
        yield from ((of[name], ()) for name in (*CERTIFICATE[:certificate], *PROCESS[:process]))

    def _process(self, files: Files) -> Sequence[Value]:
        """Return the values of ``PROCESS``; none where no descriptor is free: the agent still tells the rest."""
        try:
            used = usage(files)
        except OSError:
            return ()
        told = (
            *(round(used.cpu_s, 6), round(self.started, 2), used.virtual_bytes, used.resident_bytes),
            *(used.open_files, open_max()),
        )
        limit = virtual_max()
        return told if limit is None else (*told, limit)


def _polls(polls: Schedule | Nobody) -> tuple[int, int, int]:
    """Return how many assets answer, fail, and were not asked yet."""
    told = [taken.outcome.up for _, taken in polls.told()]
    return sum(told), len(told) - sum(told), len(polls.polls) - len(told)


def _certificate(server: HttpServer) -> Sequence[Value]:
    """Return the values of ``CERTIFICATE``, none without TLS."""
    return () if server.tls is None else (server.tls.not_after, int(server.tls.reload_worked))
