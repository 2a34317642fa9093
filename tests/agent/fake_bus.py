"""A message bus of a test: it answers what it is told to, or hangs, or goes away."""

from __future__ import annotations

import contextlib
import socket
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from jeepney.low_level import HeaderFields, Message, Parser
from jeepney.wrappers import DBusAddress, new_error, new_method_return, new_signal

if TYPE_CHECKING:
    from pathlib import Path

MANAGER = "/org/freedesktop/systemd1"
Unit = tuple[str, str, str]
"""Name, load state, active state."""


@dataclass
class FakeBus:
    """Attributes can be changed while it runs.

    Attributes:
        units: what the manager lists.
        properties: signature and value by the object's path and the property's name.
        hang_at: hangs when this member is called ("login": from the start).
        asked: what was called: the member, or the property's name.
        logins: connections that logged in.
    """

    folder: Path
    units: list[Unit] = field(default_factory=list)
    properties: dict[tuple[str, str], tuple[str, Any]] = field(default_factory=dict)
    hang_at: str = ""
    refuse: str = ""
    asked: list[str] = field(default_factory=list)
    logins: int = 0

    def __post_init__(self) -> None:
        self.path = self.folder / "bus"
        self._clients: list[socket.socket] = []
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(self.path))
        self._listener.listen()
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    @property
    def address(self) -> str:
        return f"unix:path={self.path}"

    @property
    def open_connections(self) -> int:
        return sum(client.fileno() != -1 for client in self._clients)

    def drop_clients(self) -> None:
        """Close every connection, as a bus that is started anew does."""
        for client in self._clients:
            with contextlib.suppress(OSError):
                client.shutdown(socket.SHUT_RDWR)

    def end(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.drop_clients()
        for thread in self._threads:
            thread.join(20)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self._clients.append(client)
                self._threads.append(threading.Thread(target=self._serve, args=(client,)))
                self._threads[-1].start()

    def _serve(self, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError):
            if not self._log_in(client):
                self._wait(client)
                return
            parser = Parser()
            serial = 0
            while data := client.recv(65_536):
                for message in parser.feed(data):
                    if self.hang_at in {self._what(message), "all"}:
                        self._wait(client)
                        return
                    serial += 2
                    signal = new_signal(DBusAddress("/x", interface="a.b"), "NameAcquired", "s", (":1.1",))
                    client.sendall(signal.serialise(serial) + self._answer(message).serialise(serial + 1))

    def _wait(self, client: socket.socket) -> None:
        while client.recv(65_536):
            pass

    def _log_in(self, client: socket.socket) -> bool:
        if self.hang_at == "login":
            return False
        said = b""
        while b"\r\n" not in said:
            said += client.recv(1024)
        if self.refuse == "user":
            client.shutdown(socket.SHUT_RDWR)
            return False
        if self.refuse == "login":
            client.sendall(b"REJECTED EXTERNAL\r\n")
            return False
        client.sendall(b"OK 0123456789abcdef\r\n")
        said = b""
        while not said.endswith(b"BEGIN\r\n"):
            said += client.recv(7 - len(said))
        self.logins += 1
        return True

    def _what(self, message: Message) -> str:
        member: str = message.header.fields[HeaderFields.member]
        return str(message.body[1]) if member == "Get" else member

    def _answer(self, message: Message) -> Message:
        what = self._what(message)
        self.asked.append(what)
        path = message.header.fields[HeaderFields.path]
        answer: Message
        if what == self.refuse:
            answer = new_error(message, "org.freedesktop.DBus.Error.AccessDenied")
        elif what == "Hello":
            answer = new_method_return(message, "s", (":1.1",))
        elif what == "ListUnits":
            answer = new_method_return(message, "a(ssssssouso)", (self._listed(),))
        elif (path, what) in self.properties:
            answer = new_method_return(message, "v", (self.properties[path, what],))
        else:
            answer = new_error(message, "org.freedesktop.DBus.Error.UnknownProperty")
        return answer

    def _listed(self) -> list[tuple[Any, ...]]:
        return [
            (name, "What it is é", load, active, "", "", object_of(name), 0, "", "/")
            for name, load, active in self.units
        ]


def object_of(name: str) -> str:
    """Return the path of a unit's object."""
    return f"{MANAGER}/unit/{''.join(one if one.isalnum() else f'_{ord(one):02x}' for one in name)}"
