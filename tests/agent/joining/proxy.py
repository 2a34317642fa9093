"""A proxy that hands connections on (CONNECT), or does not."""

from __future__ import annotations

import base64
import socket
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Proxy:
    """A proxy that listens.

    Attributes:
        url: where.
        asked: what it was asked for, first lines.
    """

    def __init__(self, login: str, refuses: bool) -> None:
        self._login = base64.b64encode(login.encode()).decode() if login else ""
        self._refuses = refuses
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept)]
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.asked: list[str] = []
        self._threads[0].start()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        for sock in self._open:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        for sock in (self._listener, *self._open):
            sock.close()

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self._open.append(sock)
            thread = threading.Thread(target=self._serve, args=(sock,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, sock: socket.socket) -> None:
        with suppress(OSError):
            self._hand_on(sock)
        with suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)

    def _hand_on(self, sock: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            head += sock.recv(4096)
        first, *fields = head.decode().split("\r\n")
        self.asked.append(first)
        if self._refuses:
            sock.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
            return
        if self._login and f"Proxy-Authorization: Basic {self._login}" not in fields:
            sock.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
            return
        host, _, port = first.split(" ")[1].rpartition(":")
        other = socket.create_connection((host, int(port)))
        self._open.append(other)
        sock.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        back = threading.Thread(target=pump, args=(other, sock))
        back.start()
        pump(sock, other)
        back.join()


def pump(source: socket.socket, target: socket.socket) -> None:
    """Hand on until the source ends."""
    with suppress(OSError):
        while data := source.recv(65_536):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)


@contextmanager
def proxy(login: str = "", *, refuses: bool = False) -> Iterator[Proxy]:
    """Run a proxy for as long as the block lasts."""
    made = Proxy(login, refuses)
    try:
        yield made
    finally:
        made.close()
