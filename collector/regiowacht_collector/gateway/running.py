"""The running gateway: a thread with an event loop of its own, for as long as a block lasts."""

from __future__ import annotations

import asyncio
import errno
import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from regiowacht_collector.gateway.server import Server
from regiowacht_contract.errors import PortTaken, Unavailable

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator

    from starlette.types import ASGIApp

    from regiowacht_collector.gateway.limits import Limits

BACKLOG = 1_024


class RunningGateway:
    """A gateway that listens; made by ``running_gateway``.

    Attributes:
        url: where it is, as seen from this machine.
        server: its connections and what became of them.
    """

    def __init__(self, application: ASGIApp, listening: socket.socket, limits: Limits,
                 tls: Callable[[], ssl.SSLContext] | None, trusted: frozenset[str]) -> None:  # fmt: skip
        host, self.port = listening.getsockname()[:2]
        self.url = f"{'https' if tls else 'http'}://{f'[{host}]' if ':' in host else host}:{self.port}"
        self.server = Server(application, [listening], limits, tls=tls, trusted=trusted)
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
        self._loop.run_until_complete(self.server.serve(self._stop))
        self._loop.run_until_complete(self._loop.shutdown_default_executor())


@contextmanager
def running_gateway(
    application: ASGIApp,
    limits: Limits,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    tls: Callable[[], ssl.SSLContext] | None = None,
    trusted: frozenset[str] = frozenset(),
) -> Iterator[RunningGateway]:
    """Serve ``application`` for as long as the block lasts; when it begins, the gateway takes connections.

    Raises:
        PortTaken: another process listens there.
        Unavailable: this user may not listen there, or this machine has no such address.
    """
    gateway = RunningGateway(application, listen(host, port), limits, tls, trusted)
    try:
        yield gateway
    finally:
        gateway.close()


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket.

    Raises:
        PortTaken: another process listens there.
        Unavailable: this user may not listen there, or this machine has no such address.
    """
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(BACKLOG)
        listening.setblocking(False)
    except PermissionError:
        listening.close()
        raise Unavailable("collector.port-forbidden", port=port) from None
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRINUSE:
            raise PortTaken("collector.port-taken", port=port) from None
        raise Unavailable("gateway.cannot-listen", address=f"{host}:{port}", reason=error.strerror) from None
    return listening
