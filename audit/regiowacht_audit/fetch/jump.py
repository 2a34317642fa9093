"""The way to a device through another host, with the same strictness about host keys."""

from __future__ import annotations

import functools
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import paramiko

from regiowacht_contract.errors import Found, RegiowachtError, Unavailable, Unreachable
from regiowacht_contract.secret import resolve

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable
    from pathlib import Path
    from typing import Self

    from regiowacht_audit.fetch.target import Jump, Login, Target

CONNECT_S = 10.0
AGAIN_S = 30.0
"""Until a jump host that could not be reached is tried once more; one that did not let in is not, in the same run."""

REASON_LOST = "Unable to open channel."
"""What paramiko says of a channel that was refused when it gave the reason to another that was refused meanwhile: it
keeps one reason a session (``Transport.saved_exception``)."""

TRIES = 4
FORBIDDEN, NOT_REACHED = 1, 2
"""Why a jump host opens no channel (RFC 4254, section 5.1)."""


@dataclass(slots=True)
class _Way:
    """A jump host: its session, or why there is none; one device at a time sees to it."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    client: paramiko.SSHClient | None = None
    refusal: Callable[[Target], RegiowachtError] | None = None
    until_s: float = 0.0


class Jumps:
    """Sessions with jump hosts, each opened once and shared by the devices behind it.

    Args:
        known_hosts: file with the host keys that are trusted.
        clock: seconds that never jump.
    """

    def __init__(self, known_hosts: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._known_hosts = known_hosts
        self._clock = clock
        self._lock = threading.Lock()
        self._ways: dict[Jump, _Way] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock:
            for way in self._ways.values():
                if way.client is not None:
                    way.client.close()
            self._ways.clear()

    def through(self, target: Target) -> socket.socket | None:
        """Return a channel to a device by its jump host; None where it is reached directly.

        Raises:
            Unreachable: the jump host does not answer, or the device does not answer it.
            Unavailable: the jump host does not let in, or lets nobody through.
            Found: it shows no key, or another one, than the region knows.
        """
        if target.jump is None:
            return None
        with self._lock:
            way = self._ways.setdefault(target.jump, _Way())
        with way.lock:
            transport = self._transport(way, target)
        where = (target.address, target.port)
        try:
            return _opened(transport, where)  # type: ignore[return-value]  # used as a socket
        except paramiko.ChannelException as refused:
            key = "fetch.jump-forbids" if refused.code == FORBIDDEN else "fetch.unreachable-behind"
        except (paramiko.SSHException, EOFError, OSError):
            key = "fetch.unreachable-behind"
        raise Unreachable(key, device=target, jump=target.jump.address, address=target.address, port=target.port)

    def _transport(self, way: _Way, target: Target) -> paramiko.Transport:
        """Return the session with a jump host, opened where there is none; what it refused just now is told again."""
        transport = way.client.get_transport() if way.client else None
        if transport is not None and transport.is_active():
            return transport
        if way.refusal is not None and self._clock() < way.until_s:
            raise way.refusal(target)
        way.refusal = None
        try:
            way.client = self._connect(target)
            transport = way.client.get_transport()
        except RegiowachtError as error:
            way.refusal = _same(error)
            way.until_s = self._clock() + AGAIN_S if isinstance(error, Unreachable) else float("inf")
            raise
        if transport is None:
            raise Unavailable("fetch.jump-broke-off", device=target, jump=target.address, kind="EOFError")
        return transport

    def _connect(self, target: Target) -> paramiko.SSHClient:
        jump = target.jump
        assert jump is not None  # noqa: S101 - who calls has seen to it
        check_key(jump.login)
        client = paramiko.SSHClient()
        client.set_missing_host_key_policy(paramiko.RejectPolicy())
        told = {"device": target, "jump": jump.address, "port": jump.port, "credential": jump.login.name}
        try:
            if self._known_hosts.exists():
                client.load_host_keys(str(self._known_hosts))
            client.connect(
                jump.address,
                jump.port,
                jump.login.user,
                resolve(jump.login.password) if jump.login.password else None,
                key_filename=jump.login.key or None,
                timeout=CONNECT_S,
                banner_timeout=CONNECT_S,
                auth_timeout=CONNECT_S,
                allow_agent=False,
                look_for_keys=False,
            )
        except Exception as error:  # noqa: BLE001 - paramiko lets through what sockets and keys raise
            client.close()
            raise _told(error, told) from None
        return client


def check_key(login: Login) -> None:
    """See that the key of a credential is there, and can be used.

    Raises:
        Unavailable: it is not, cannot be read, asks for a passphrase, or is no key.
    """
    wrong = _wrong_with(login.key) if login.key else ""
    if wrong:
        raise Unavailable(wrong, credential=login.name, file=login.key)


@functools.cache
def _wrong_with(file: str) -> str:
    """Return the key of what is wrong with a file of a private key, or ""."""
    try:
        paramiko.PKey.from_path(file)
    except OSError:
        return "fetch.no-key"
    except (paramiko.PasswordRequiredException, TypeError):
        return "fetch.locked-key"
    except Exception:  # noqa: BLE001 - whatever paramiko and cryptography raise, it is no key
        return "fetch.bad-key"
    return ""


def _same(error: RegiowachtError) -> Callable[[Target], RegiowachtError]:
    """Return what makes the same error for another device behind the same jump host."""
    return lambda target: type(error)(error.key, **{**error.values, "device": target})


def _told(error: Exception, told: dict[str, object]) -> RegiowachtError:
    """Return the sentence for what went wrong with a jump host."""
    if isinstance(error, RegiowachtError):
        return error
    if isinstance(error, paramiko.BadHostKeyException):
        return Found("fetch.jump-key-changed", **told)
    if isinstance(error, paramiko.AuthenticationException):
        return Unavailable("fetch.jump-login", **told)
    if isinstance(error, paramiko.SSHException) and "not found in known_hosts" in str(error):
        return Found("fetch.jump-key-unknown", **told)
    if isinstance(error, OSError):
        return Unreachable("fetch.jump-unreachable", **told)
    return Unavailable("fetch.jump-broke-off", **told, kind=type(error).__name__)


def _opened(transport: paramiko.Transport, where: tuple[str, int]) -> paramiko.Channel:
    """Return a channel; where the reason why there is none went to another, the jump host is asked again."""
    for left in reversed(range(TRIES)):
        try:
            return transport.open_channel("direct-tcpip", where, ("127.0.0.1", 0), timeout=CONNECT_S)
        except paramiko.ChannelException:
            raise
        except paramiko.SSHException as error:
            if str(error) != REASON_LOST or not left or not transport.is_active():
                raise
    raise AssertionError  # the last try returns or raises
