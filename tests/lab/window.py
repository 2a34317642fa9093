"""A window into the lab: a port on this machine's loopback that leads to a port inside a host."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from typing import TYPE_CHECKING

from tests.lab.namespaces import network_of

if TYPE_CHECKING:
    from collections.abc import Iterator

LOOPBACK = "127.0.0.1"
PIECE_BYTES = 65_536


@contextlib.contextmanager
def window(pid: int, port: int) -> Iterator[str]:
    """Lead connections on a free port of 127.0.0.1 to 127.0.0.1:``port`` in the network of ``pid``.

    Yields:
        ``http://127.0.0.1:FREE``, until the block ends.
    """
    listener = socket.create_server((LOOPBACK, 0))
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=_serve, args=(loop, pid, port, listener), name="window", daemon=True)
    thread.start()
    try:
        yield f"http://{LOOPBACK}:{listener.getsockname()[1]}"
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def _serve(loop: asyncio.AbstractEventLoop, pid: int, port: int, listener: socket.socket) -> None:
    """Serve until the loop is stopped; in a thread, since the one that asks may have a loop of its own running."""
    server = loop.run_until_complete(
        asyncio.start_server(lambda reader, writer: _lead(pid, port, reader, writer), sock=listener)
    )
    loop.run_forever()
    server.close()
    tasks = asyncio.all_tasks(loop)
    for task in tasks:
        task.cancel()
    loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
    loop.run_until_complete(asyncio.sleep(0))  # what was closed is gone a turn later
    loop.run_until_complete(asyncio.sleep(0))


async def _lead(pid: int, port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError, asyncio.CancelledError):
        # A socket stays in the network it was made in.
        with network_of(pid):
            inner = socket.socket()
        inner.setblocking(False)
        try:
            await asyncio.get_running_loop().sock_connect(inner, (LOOPBACK, port))
            inside_reader, inside_writer = await asyncio.open_connection(sock=inner)
        except OSError:
            inner.close()
            raise
        with contextlib.closing(inside_writer):
            await asyncio.gather(_pump(reader, inside_writer), _pump(inside_reader, writer))
    writer.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while piece := await reader.read(PIECE_BYTES):
        writer.write(piece)
        await writer.drain()
    with contextlib.suppress(OSError):
        writer.write_eof()
