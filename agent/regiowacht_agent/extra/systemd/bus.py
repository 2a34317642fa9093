"""A connection to the system bus that asks many things at once and never waits for longer than it was told.

jeepney knows what the messages look like; its own connection waits for the bus without end when it says hello.
Source: the D-Bus specification, https://dbus.freedesktop.org/doc/dbus-specification.html.
"""

from __future__ import annotations

import functools
import socket
import struct
import time
from itertools import count

from jeepney.auth import BEGIN, Authenticator
from jeepney.bus import get_bus
from jeepney.bus_messages import message_bus
from jeepney.low_level import HeaderFields, Message, MessageType, Parser
from jeepney.wrappers import DBusAddress, new_method_call

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any

AT_ONCE = 50
"""Calls that are under way at once: less than what a bus lets one client have."""

READ_BYTES = 65_536
UNKNOWN_USER = (
    "the bus hung up at the login, as dbus-daemon does to a user that it knows no name of, such as that of "
    "DynamicUser= alone; give the unit a User= that exists"
)
"""What it means when the connection is closed in place of an answer.

libnss-systemd would tell the name, but not to dbus-daemon: systemd starts that with SYSTEMD_NSS_DYNAMIC_BYPASS=1.
"""

REPLIES = (MessageType.method_return, MessageType.error)
PROPERTIES = "org.freedesktop.DBus.Properties"
SERIAL = struct.Struct("<I")
SERIAL_AT = 8
"""Where the number of a message stands in it; jeepney writes little-endian ones."""

CALLS_KEPT = 4096


class Refusal(Exception):
    """The bus, or who was asked over it, answered with an error; its message is the error's name."""


class Silent(Exception):
    """No answer came in time."""


class Bus:
    """One connection.

    Args:
        address: as in DBUS_SYSTEM_BUS_ADDRESS, or ``SYSTEM``.
        timeout_s: how long connecting, and then each ``ask``, may take.
        monotonic: seconds that never jump.

    Raises:
        OSError: there is no bus.
        Silent: it does not answer.
        Refusal: it does not take this connection.
        ValueError: it does not let this user in.
    """

    def __init__(self, address: str, timeout_s: float, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._timeout_s = timeout_s
        self._monotonic = monotonic
        self._deadline = monotonic() + timeout_s
        self._serials = count(1)
        self._parser = Parser()
        self._sock = socket.socket(socket.AF_UNIX)
        try:
            self._within(self._sock.connect, get_bus(address))
            self._log_in()
        except BaseException:
            self._sock.close()
            raise

    def ask(self, calls: Sequence[bytes]) -> list[tuple[Any, ...] | Refusal]:
        """Return the answer to each call, in their order: what it returns, or the error.

        Raises:
            OSError: the bus is gone.
            Silent: the answers did not all come in time.
        """
        self._deadline = self._monotonic() + self._timeout_s
        answers: list[tuple[Any, ...] | Refusal] = []
        for begin in range(0, len(calls), AT_ONCE):
            answers += self._some(calls[begin : begin + AT_ONCE])
        return answers

    def close(self) -> None:
        """Close the connection."""
        self._sock.close()

    def _some(self, calls: Sequence[bytes]) -> list[tuple[Any, ...] | Refusal]:
        serials = [next(self._serials) for _ in calls]
        data = b"".join(_numbered(call, serial) for call, serial in zip(calls, serials, strict=True))
        self._within(self._sock.sendall, data)
        wanted = set(serials)
        found: dict[int, tuple[Any, ...] | Refusal] = {}
        for message in self._messages():
            serial = message.header.fields.get(HeaderFields.reply_serial)
            if message.header.message_type not in REPLIES or serial not in wanted:
                continue  # a signal that nobody asked for
            found[serial] = _answer(message)
            if len(found) == len(wanted):
                break
        return [found[serial] for serial in serials]

    def _messages(self) -> Iterator[Message]:
        while True:
            message = self._parser.get_next_message()
            if message is not None:
                yield message
                continue
            self._parser.add_data(self._read())

    def _read(self) -> bytes:
        data: bytes = self._within(self._sock.recv, READ_BYTES)
        if not data:
            raise ConnectionResetError("the bus closed the connection")
        return data

    def _log_in(self) -> None:
        """Say who we are, which the bus checks with the kernel (SASL EXTERNAL)."""
        try:
            self._within(self._sock.sendall, b"\0")
            login = Authenticator(inc_null_byte=False)
            for data in login:
                self._within(self._sock.sendall, data)
                login.feed(self._read())
            self._within(self._sock.sendall, BEGIN)
            self._say_hello()
        except ConnectionError:
            raise Refusal(UNKNOWN_USER) from None

    def _say_hello(self) -> None:
        (answer,) = self.ask([message_bus.Hello().serialise(0)])
        if isinstance(answer, Refusal):
            raise answer

    def _within(self, action: Callable[[Any], Any], argument: object) -> Any:
        """Do one thing with the socket in the time that is left.

        Raises:
            Silent: there was not enough.
        """
        left = self._deadline - self._monotonic()
        if left <= 0:
            raise Silent(f"no answer within {self._timeout_s:g} s")
        self._sock.settimeout(left)
        try:
            return action(argument)
        except TimeoutError:
            raise Silent(f"no answer within {self._timeout_s:g} s") from None


@functools.lru_cache(CALLS_KEPT)
def prop(path: str, name: str, interface: str, asked: str) -> bytes:
    """Return the call that asks a property of an object; kept, since the same is asked at every reading.

    Args:
        path: of the object.
        name: of who owns it, on the bus.
        interface: that has the property.
        asked: name of the property.
    """
    where = DBusAddress(path, bus_name=name, interface=PROPERTIES)
    call: bytes = new_method_call(where, "Get", "ss", (interface, asked)).serialise(0)
    return call


def method(path: str, name: str, interface: str, asked: str) -> bytes:
    """Return the call of a method without arguments."""
    call: bytes = new_method_call(DBusAddress(path, bus_name=name, interface=interface), asked).serialise(0)
    return call


def value(answer: tuple[Any, ...] | Refusal) -> Any:
    """Return the value of a property, None where the object has none of that name or is gone."""
    return None if isinstance(answer, Refusal) else answer[0][1]


def _numbered(call: bytes, serial: int) -> bytes:
    return call[:SERIAL_AT] + SERIAL.pack(serial) + call[SERIAL_AT + SERIAL.size :]


def _answer(message: Message) -> tuple[Any, ...] | Refusal:
    if message.header.message_type is MessageType.error:
        return Refusal(message.header.fields.get(HeaderFields.error_name, "an error without a name"))
    body: tuple[Any, ...] = message.body
    return body
