"""Listens, accepts within the caps, and looks at every connection's deadline."""

from __future__ import annotations

import asyncio
import logging
import ssl
import time
from typing import TYPE_CHECKING

from uvicorn.config import Config
from uvicorn.server import ServerState

from regiowacht_collector.gateway.connection import Connection
from regiowacht_collector.gateway.connections import Connections
from regiowacht_collector.gateway.proxies import no_proxy

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Sequence

    from starlette.types import ASGIApp

    from regiowacht_collector.gateway.limits import Limits
    from regiowacht_collector.gateway.proxies import IsProxy

LOOK_EVERY_S = 1.0
NO_MORE_FILES_PAUSE_S = 0.2

log = logging.getLogger(__name__)
logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)  # what strangers send is counted, not logged


class Server:
    """Serves an application on sockets that listen already.

    We accept by ourselves: asyncio's own server shows a connection only after its TLS handshake, so that nobody would
    count those who never finish one.

    Args:
        application: what answers.
        sockets: they listen; the server closes them.
        limits: caps and times.
        tls: gives the context for a new connection, so that a renewed certificate serves at once; None for plain HTTP.
        is_proxy: tells of an address whether it is a proxy's.
    """

    def __init__(
        self,
        application: ASGIApp,
        sockets: Sequence[socket.socket],
        limits: Limits,
        *,
        tls: Callable[[], ssl.SSLContext] | None = None,
        is_proxy: IsProxy = no_proxy,
    ) -> None:
        self.connections = Connections(limits, is_proxy)
        self.timed_out = 0
        self.failed_handshakes = 0
        self._sockets = sockets
        self._limits = limits
        self._tls = tls
        self._config = Config(
            application,
            lifespan="off",
            ws="none",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            date_header=False,
            timeout_keep_alive=round(limits.idle_s) + 60,
        )
        self._config.load()
        self._state = ServerState()
        self._welcomes: set[asyncio.Task[None]] = set()

    async def serve(self, stop: asyncio.Event) -> None:
        """Serve until ``stop`` is set; requests under way get ``limits.stop_s`` to end."""
        tasks = [asyncio.create_task(self._accept(listening)) for listening in self._sockets]
        tasks.append(asyncio.create_task(self._look()))
        try:
            await stop.wait()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for listening in self._sockets:
                listening.close()
            await self._finish()

    async def _accept(self, listening: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                accepted, address = await loop.sock_accept(listening)
            except OSError as error:
                log.warning("gateway=cannot-accept reason=%s", error.strerror)
                await asyncio.sleep(NO_MORE_FILES_PAUSE_S)
                continue
            accepted.setblocking(False)
            new = Connection(accepted, address[0], self.connections, self._limits, self._config, self._state, loop)
            if not self.connections.admit(new):
                accepted.close()
                continue
            task = loop.create_task(self._welcome(new, accepted))
            self._welcomes.add(task)
            task.add_done_callback(self._welcomes.discard)

    async def _welcome(self, new: Connection, accepted: socket.socket) -> None:
        """Do the handshake, if there is one, and leave the connection to its protocol."""
        context = self._tls() if self._tls else None
        limit_s = self._limits.header_s if context else None
        try:
            await asyncio.get_running_loop().connect_accepted_socket(
                lambda: new, accepted, ssl=context, ssl_handshake_timeout=limit_s,
                ssl_shutdown_timeout=limit_s,
            )  # fmt: skip
        except (OSError, ssl.SSLError, ValueError) as error:  # ValueError: dropped while it shook hands
            self.failed_handshakes += 1
            log.debug("gateway=no-handshake address=%s reason=%s", new.address, error)
            self.connections.release(new)
            accepted.close()

    async def _look(self) -> None:
        every_s = min(LOOK_EVERY_S, self._limits.header_s / 4)
        while True:
            await asyncio.sleep(every_s)
            now = time.monotonic()
            for held in self.connections.overdue(now):
                self.timed_out += 1
                held.expire()

    async def _finish(self) -> None:
        for connection in list(self._state.connections):
            connection.shutdown()
        under_way = [*self._state.tasks]
        if under_way:
            await asyncio.wait(under_way, timeout=self._limits.stop_s)
        for task in (*self._state.tasks, *self._welcomes):
            task.cancel()
        self.connections.drop_all()
        await asyncio.sleep(0)  # connections say that they are lost
