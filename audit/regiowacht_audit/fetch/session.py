"""One device: logs in, reads, and says in a sentence what went wrong."""

from __future__ import annotations

import socket
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from netmiko.exceptions import NetmikoAuthenticationException, NetmikoTimeoutException, ReadTimeout
from paramiko.ssh_exception import (
    AuthenticationException,
    BadHostKeyException,
    IncompatiblePeer,
    NoValidConnectionsError,
    SSHException,
)

from regiowacht_audit.fetch.commands import commands_of
from regiowacht_audit.fetch.drivers import driver_of
from regiowacht_audit.fetch.ear import Ear
from regiowacht_audit.fetch.guard import connect
from regiowacht_audit.fetch.jump import check_key
from regiowacht_audit.fetch.paged import read_paged
from regiowacht_audit.fetch.quiet import keep_quiet
from regiowacht_audit.fetch.said import Said
from regiowacht_audit.fetch.startup import by_itself, by_prompt, compare
from regiowacht_audit.fetch.whole import check_whole, cleaned
from regiowacht_contract.errors import Found, RegiowachtError, Unavailable, Unreachable
from regiowacht_contract.secret import resolve

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from netmiko import BaseConnection

    from regiowacht_audit.fetch.commands import Commands
    from regiowacht_audit.fetch.target import Target
    from regiowacht_audit.judge.beside import Startup

CONNECT_S, LOGIN_S, READ_S = 10.0, 15.0, 150.0
LOGS_IN_AS = frozenset({"mikrotik_routeros"})
"""Platforms whose driver adds to the user's name what any other system refuses."""

DOUBTFUL = frozenset(
    {
        "fetch.login",
        "fetch.no-prompt",
        "fetch.enable",
        "fetch.refused",
        "fetch.stopped",
        "fetch.too-short",
        "fetch.incomplete",
    }
)
"""What goes wrong with a device of another kind than was declared, and with others."""


class HostKeyChanged(Found):
    """The device shows another host key than the region knows: somebody replaced it, or stands in between."""


def read(
    target: Target,
    known_hosts: Path,
    through: Callable[[Target], socket.socket | None] = lambda _target: None,
    on_open: Callable[[BaseConnection], None] = lambda _session: None,
) -> Said:
    """Return a device's whole configuration, never to leave memory unscrubbed, and whether it is saved.

    Args:
        target: the device.
        known_hosts: file with the host keys that are trusted, in OpenSSH's form.
        through: opens a channel by a jump host; None for a direct connection.
        on_open: told of the session, so that somebody else can end it when it takes too long.

    Raises:
        HostKeyChanged: another host key than the known one.
        Found: what it said is no whole configuration, or it refuses to tell it.
        Unavailable: it cannot be reached, does not let in, or does not answer.
    """
    keep_quiet()
    ear = Ear()
    commands = commands_of(target.platform.name)
    check_key(target.login)
    password = resolve(target.login.password) if target.login.password else ""
    enable = resolve(target.login.enable) if target.login.enable else ""
    answers = {one for one in (password, enable) if one}
    try:
        with_session = connect(
            driver_of(commands.driver),
            commands.allowed,
            answers,
            ear,
            **_how(target, commands.driver, known_hosts, password, enable, through(target)),
        )
    except Exception as error:  # noqa: BLE001 - netmiko lets through what paramiko, sockets and drivers raise
        raise _named(_told(error, target), target, ear) from None
    try:
        on_open(with_session)
        if enable and "enable" in commands.session:  # elsewhere netmiko's way to more rights leads into changing things
            with_session.enable()
        said = [read_paged(with_session, command, READ_S) for command in commands.read]
        text = check_whole(cleaned("\n".join(said)), target.platform, commands)
        return Said(text, _startup(with_session, text, target, commands))
    except Exception as error:  # noqa: BLE001 - netmiko lets through what paramiko, sockets and drivers raise
        raise _named(_told(error, target), target, ear) from None
    finally:
        _end(with_session)


def _startup(session: BaseConnection, running: str, target: Target, commands: Commands) -> Startup | None:
    """Ask for what the device starts with; one that refuses, or has no such thing, leaves it open."""
    saved = commands.saved
    if saved is None or saved.at_once:
        return by_itself(saved, running) if saved else None
    try:
        if saved.prompt:
            return by_prompt(saved, session.find_prompt())
        told = cleaned(read_paged(session, saved.read, READ_S))
    except Exception:  # noqa: BLE001 - the configuration is there; only the comparison is not
        return None
    return compare(running, told, target.platform, saved)


def _how(
    target: Target, driver: str, known_hosts: Path, password: str, enable: str, channel: socket.socket | None
) -> dict[str, Any]:
    return {
        "device_type": driver,
        "host": target.address,
        "port": target.port,
        "username": target.login.user,
        "password": password,
        "secret": enable,
        "use_keys": bool(target.login.key),
        "key_file": target.login.key or None,
        "allow_agent": False,
        "ssh_strict": True,
        "system_host_keys": False,
        "alt_host_keys": True,
        "alt_key_file": str(known_hosts),
        "conn_timeout": CONNECT_S,
        "auth_timeout": LOGIN_S,
        "banner_timeout": LOGIN_S,
        "sock": channel,
        "session_log": None,
        "allow_auto_change": False,
    }


def _end(session: BaseConnection) -> None:
    """Close the line; a device that does not take leave is left."""
    for part in (session.remote_conn, session.remote_conn_pre):
        if part is not None:
            with suppress(OSError, EOFError, SSHException):
                part.close()


def _named(error: RegiowachtError, target: Target, ear: Ear) -> RegiowachtError:
    """Return the error; where the device sounds like another system than was declared, one that names it."""
    others = ear.others(target.platform) if error.key in DOUBTFUL else []
    if not others and error.key == "fetch.no-prompt" and ear.prompt:
        return Unavailable("fetch.other-prompt", device=target, platform=target.platform.title, prompt=ear.prompt)
    if not others:
        return error
    other = " / ".join(one.title for one in others)
    return Found("fetch.sounds-other", device=target, platform=target.platform.title, other=other, name=others[0].name)


def _told(error: Exception, target: Target) -> RegiowachtError:  # noqa: PLR0911 - one sentence a fault
    """Return the sentence for what went wrong; the libraries' words may repeat what was typed."""
    chain = [error, *filter(None, (error.__cause__, error.__context__))]
    if isinstance(error, RegiowachtError):
        return error
    for one in chain:
        if isinstance(one, BadHostKeyException):
            return HostKeyChanged("fetch.host-key-changed", device=target)
        if isinstance(one, IncompatiblePeer) or "no acceptable" in str(one).lower():
            return Unavailable("fetch.old-ssh", device=target)
        if isinstance(one, SSHException) and "not found in known_hosts" in str(one):
            return Found("fetch.host-key-unknown", device=target)
    if isinstance(error, AuthenticationException | NetmikoAuthenticationException):
        key = "fetch.login-as" if target.platform.name in LOGS_IN_AS else "fetch.login"
        return Unavailable(key, device=target, credential=target.login.name, platform=target.platform.title)
    if isinstance(error, ReadTimeout):
        return Unavailable("fetch.no-prompt", device=target, platform=target.platform.title)
    if isinstance(error, NetmikoTimeoutException | NoValidConnectionsError | socket.gaierror | TimeoutError):
        return Unreachable("fetch.unreachable", device=target, address=target.address, port=target.port)
    if isinstance(error, ValueError) and "enable" in str(error).lower():
        return Unavailable("fetch.enable", device=target, credential=target.login.name, platform=target.platform.title)
    return Unavailable("fetch.broke-off", device=target, kind=type(error).__name__)
