"""The agent's metrics about itself: what it is, how it fares, what its process uses."""

from __future__ import annotations

from regiowacht_agent.family import Metrics, Sample
from regiowacht_agent.own_process import open_max, process_start, usage, virtual_max
from regiowacht_agent.version import version
from regiowacht_contract.light import suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_agent.config import Config
    from regiowacht_agent.http.server import HttpServer
    from regiowacht_agent.polls.nobody import Nobody
    from regiowacht_agent.polls.schedule import Schedule
    from regiowacht_agent.reading import Readings

CLOSED = ("full", "handshake", "header", "idle", "write")


class Own:
    """``regiowacht_agent_*`` and ``process_*``, with the names that Prometheus clients use."""

    def __init__(self) -> None:
        self._metrics = Metrics.of("agent")
        self.started = process_start()

    def read(
        self,
        config: Config,
        loaded: float,
        reload_worked: bool,
        readings: Readings,
        server: HttpServer,
        polls: Schedule | Nobody,
    ) -> Iterator[Sample]:
        """Yield everything about the agent.

        Args:
            config: the configuration in force.
            loaded: when it was read, seconds since 1970.
            reload_worked: whether the latest attempt to read it worked.
            readings: the readings taken.
            server: the HTTP server.
            polls: what is asked for others.
        """
        of = self._metrics
        yield Sample(of["regiowacht_agent_info"], (version(), readings.reader.name, config.hash), 1)
        yield Sample(of["regiowacht_agent_config_reload_success"], (), int(reload_worked))
        yield Sample(of["regiowacht_agent_config_timestamp_seconds"], (), round(loaded, 3))
        yield Sample(of["regiowacht_agent_readings_total"], (), readings.count)
        yield Sample(of["regiowacht_agent_mounts_stuck"], (), len(readings.reader.host.mounts.stuck))
        failing = of["regiowacht_agent_family_failing"]
        yield from [Sample(failing, (one.family,), int(one.state == "failed")) for one in readings.outcomes]
        yield from self._polls(polls)
        yield from self._http(server)
        with suppress(OSError):  # no descriptor is free: the agent still tells the rest
            yield from self._process()

    def _polls(self, polls: Schedule | Nobody) -> Iterator[Sample]:
        told = [taken.outcome.up for _, taken in polls.told()]
        counts = (
            ("answering", sum(told)),
            ("failing", len(told) - sum(told)),
            ("silent", len(polls.polls) - len(told)),
        )
        for state, count in counts:
            yield Sample(self._metrics["regiowacht_agent_polls"], (state,), count)

    def _http(self, server: HttpServer) -> Iterator[Sample]:
        of = self._metrics
        yield Sample(of["regiowacht_agent_http_connections"], (), server.open_connections)
        for code in sorted(server.codes):
            yield Sample(of["regiowacht_agent_http_requests_total"], (str(code),), server.codes[code])
        for reason in CLOSED:
            yield Sample(of["regiowacht_agent_http_connections_closed_total"], (reason,), server.closed[reason])
        if server.tls is not None:
            yield Sample(of["regiowacht_agent_http_certificate_expiry_timestamp_seconds"], (), server.tls.not_after)
            yield Sample(of["regiowacht_agent_http_certificate_reload_success"], (), int(server.tls.reload_worked))

    def _process(self) -> Iterator[Sample]:
        of = self._metrics
        used = usage()
        yield Sample(of["process_cpu_seconds_total"], (), round(used.cpu_s, 6))
        yield Sample(of["process_start_time_seconds"], (), round(self.started, 2))
        yield Sample(of["process_virtual_memory_bytes"], (), used.virtual_bytes)
        if (limit := virtual_max()) is not None:
            yield Sample(of["process_virtual_memory_max_bytes"], (), limit)
        yield Sample(of["process_resident_memory_bytes"], (), used.resident_bytes)
        yield Sample(of["process_open_fds"], (), used.open_files)
        yield Sample(of["process_max_fds"], (), open_max())
