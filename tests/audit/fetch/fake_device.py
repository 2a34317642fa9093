"""An SSH server on loopback that plays one device: its prompt, its pager, its banners, its bad habits."""

from __future__ import annotations

import contextlib
import re
import socket
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

import paramiko
from paramiko.common import AUTH_FAILED, AUTH_SUCCESSFUL, OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED, OPEN_SUCCEEDED
from paramiko.server import InteractiveQuery

if TYPE_CHECKING:
    from collections.abc import Mapping

USER, PASSWORD, ENABLE = "audit", "Pw-not-a-secret-1", "En-not-a-secret-2"


@dataclass
class Dialogue:
    """What a device says.

    Attributes:
        prompt: after login, and after every command; ``{n}`` counts them.
        answers: what a command prints.
        unknown: what any other command prints.
        page: rows a page; 0 for no pager.
        pager: the pager's mark.
        pager_off: command after which there are no pages.
        enable: prompt after ``enable`` and its password; "" where there is no such thing.
        banner: printed before the first prompt.
        slow_s: seconds before an answer.
        echo: whether what is typed is repeated.
        cut_after: characters after which the line breaks off; 0 for never.
        hang_after: characters after which nothing more comes; 0 for never.
    """

    prompt: str
    answers: Mapping[str, str] = field(default_factory=dict)
    unknown: str = "% Invalid input detected at '^' marker."
    page: int = 0
    pager: str = " --More-- "
    pager_off: str = ""
    enable: str = ""
    banner: str = ""
    slow_s: float = 0.0
    echo: bool = True
    cut_after: int = 0
    hang_after: int = 0
    user: str = USER


class FakeDevice:
    """The server; ``with FakeDevice(dialogue) as device`` answers at ``device.port``."""

    def __init__(self, dialogue: Dialogue, *, key: paramiko.PKey | None = None) -> None:
        self.dialogue = dialogue
        self.key = key or paramiko.ECDSAKey.generate()
        self.typed: list[str] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._stopping = threading.Event()
        self._transports: list[paramiko.Transport] = []
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for transport in self._transports:
            transport.close()
        for thread in self._threads:
            thread.join(10)

    def known_hosts(self) -> str:
        return f"[127.0.0.1]:{self.port} {self.key.get_name()} {self.key.get_base64()}\n"

    def _start(self, what: object, *arguments: object) -> None:
        thread = threading.Thread(target=what, args=arguments, daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                wire, _address = self._listener.accept()
            except OSError:
                return
            transport = paramiko.Transport(wire)
            self._transports.append(transport)
            transport.add_server_key(self.key)
            with contextlib.suppress(paramiko.SSHException, EOFError, OSError):
                transport.start_server(server=_Server(self.dialogue))
                self._start(self._serve, transport)

    def _serve(self, transport: paramiko.Transport) -> None:
        while transport.is_active() and not self._stopping.is_set():
            channel = transport.accept(0.1)
            if channel is not None:
                self._play(channel)

    def _play(self, channel: paramiko.Channel) -> None:
        with contextlib.suppress(OSError, EOFError):
            _Session(self, channel, self._stopping).run()
        with contextlib.suppress(OSError, EOFError):
            channel.close()


class _Server(paramiko.ServerInterface):
    def __init__(self, dialogue: Dialogue) -> None:
        self._dialogue = dialogue

    def get_allowed_auths(self, username: str) -> str:
        return "password,keyboard-interactive"

    def check_auth_password(self, username: str, password: str) -> int:
        fine = username == self._dialogue.user and password == PASSWORD
        return AUTH_SUCCESSFUL if fine else AUTH_FAILED

    def check_auth_interactive(self, username: str, submethods: str) -> InteractiveQuery:
        return InteractiveQuery("", "", ("Password: ", False))

    def check_auth_interactive_response(self, responses: list[str]) -> int:
        return AUTH_SUCCESSFUL if responses == [PASSWORD] else AUTH_FAILED

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return OPEN_SUCCEEDED if kind == "session" else OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED

    def check_channel_pty_request(self, *_: object) -> bool:
        return True

    def check_channel_shell_request(self, channel: paramiko.Channel) -> bool:
        return True


class _Session:
    def __init__(self, device: FakeDevice, channel: paramiko.Channel, stopping: threading.Event) -> None:
        self._device, self._channel, self._stopping = device, channel, stopping
        self._dialogue = device.dialogue
        self._paging = self._dialogue.page > 0
        self._prompt = self._dialogue.prompt
        self._count = 0
        self._sent = 0
        self._after_return = False

    def run(self) -> None:
        self._say(self._dialogue.banner)
        self._ask()
        while (line := self._line()) is not None:
            self._device.typed.append(line)
            if line in {"exit", "quit", "/quit", "logout"}:
                return
            time.sleep(self._dialogue.slow_s)
            if line == "enable" and self._dialogue.enable:
                self._enable()
            elif line == self._dialogue.pager_off:
                self._paging = False
                self._tell(self._dialogue.answers.get(line, ""))
            elif line:
                self._tell(self._dialogue.answers.get(line, self._dialogue.unknown))
            self._ask()

    def _enable(self) -> None:
        self._say("Password: ")
        if self._line(hidden=True) == ENABLE:
            self._prompt = self._dialogue.enable
        else:
            self._say("\n% Access denied\n")

    def _tell(self, text: str) -> None:
        rows = text.split("\n")
        if not self._paging:
            self._say("\n".join(rows) + ("\n" if text else ""))
            return
        for at in range(0, len(rows), self._dialogue.page):
            self._say("\n".join(rows[at : at + self._dialogue.page]) + "\n")
            if at + self._dialogue.page < len(rows):
                self._say(self._dialogue.pager)
                if self._key() not in {" ", "\r", "\n"}:
                    return
                width = len(self._dialogue.pager)
                self._say("\b" * width + " " * width + "\b" * width)

    def _ask(self) -> None:
        self._count += 1
        self._say(self._prompt.replace("{n}", str(self._count)))

    def _say(self, text: str) -> None:
        data = re.sub(r"\r?\n", "\r\n", text).encode("utf-8", "surrogateescape")
        if self._dialogue.hang_after and self._sent + len(data) > self._dialogue.hang_after:
            self._stopping.wait(60)
            raise EOFError
        if self._dialogue.cut_after and self._sent + len(data) > self._dialogue.cut_after:
            self._channel.sendall(data[: self._dialogue.cut_after - self._sent])
            raise EOFError
        self._sent += len(data)
        self._channel.sendall(data)

    def _key(self) -> str:
        return self._channel.recv(1).decode("latin-1")

    def _line(self, *, hidden: bool = False) -> str | None:
        typed = ""
        while key := self._key():
            if key == "\n" and self._after_return:
                self._after_return = False
                continue
            self._after_return = key == "\r"
            if key in "\r\n":
                self._echo("\n")
                return typed
            typed += key
            if not hidden:
                self._echo(key)
        return None

    def _echo(self, text: str) -> None:
        if self._dialogue.echo:
            self._say(text)
