"""The running gateway: a thread with an event loop of its own, for as long as a block lasts."""

from __future__ import annotations

import asyncio
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from regiowacht_collector.gateway.listening import listen
from regiowacht_collector.gateway.proxies import no_proxy
from regiowacht_collector.gateway.server import Server

if TYPE_CHECKING:
    import socket
    import ssl
    from collections.abc import Awaitable, Callable, Iterator

    from starlette.types import ASGIApp

    from regiowacht_collector.gateway.limits import Limits
    from regiowacht_collector.gateway.proxies import IsProxy

    After = Callable[[], Awaitable[None]]


class RunningGateway:
    """A gateway that listens; made by ``running_gateway``.

    Attributes:
        url: where it is, as seen from this machine.
        port: where it listens.
        server: its connections and what became of them.
    """

    def __init__(self, server: Server, listening: socket.socket, *, has_tls: bool, after: After | None) -> None:
        host, self.port = listening.getsockname()[:2]
        self.url = f"{'https' if has_tls else 'http'}://{f'[{host}]' if ':' in host else host}:{self.port}"
        self.server = server
        self._after = after
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="gateway", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop: requests under way are answered, within ``limits.stop_s``."""
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()
        self._loop.close()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())
        self._loop.run_until_complete(self._loop.shutdown_default_executor())

    async def _serve(self) -> None:
        await self.server.serve(self._stop)
        if self._after is not None:
            await self._after()


@contextmanager
def running_gateway(
    application: ASGIApp,
    limits: Limits,
    listening: socket.socket | None = None,
    *,
    tls: Callable[[], ssl.SSLContext] | None = None,
    is_proxy: IsProxy = no_proxy,
    after: After | None = None,
) -> Iterator[RunningGateway]:
    """Serve ``application`` for as long as the block lasts; when it begins, the gateway takes connections.

    Args:
        application: what answers.
        limits: caps and times.
        listening: where, as ``listen`` returns it; None: any free port of this machine alone.
        tls: gives the context for a new connection; None for plain HTTP.
        is_proxy: tells of an address whether it is a proxy's.
        after: called in the gateway's event loop, when it has stopped.
    """
    where = listening or listen("127.0.0.1", 0)
    server = Server(application, [where], limits, tls=tls, is_proxy=is_proxy)
    gateway = RunningGateway(server, where, has_tls=tls is not None, after=after)
    try:
        yield gateway
    finally:
        gateway.close()
