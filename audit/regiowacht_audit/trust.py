"""The host keys that a region trusts: its ``known_hosts``, and how a device comes into it."""

from __future__ import annotations

import base64
import hashlib
import os
import socket
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import paramiko
from paramiko.hostkeys import HostKeyEntry, HostKeys

from regiowacht_audit.fetch.quiet import keep_quiet
from regiowacht_contract.errors import Found, Unavailable, Unreachable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from regiowacht_audit.fetch.target import Jump, Target

FILE = "known_hosts"
JUMP = "jump"
"""Stands where a device's name does, for the host that SSH to a gemeente's devices goes through."""

CONNECT_S = 10.0


@dataclass(frozen=True, slots=True)
class Shown:
    """What a device shows of itself, and what the region knew.

    Attributes:
        host: as it stands in the file: the address, with ``[...]:PORT`` where the port is not 22.
        key: the key that it shows.
        state: ``new``, ``known``, or ``changed``.
    """

    host: str
    key: paramiko.PKey
    state: str

    @property
    def fingerprint(self) -> str:
        """As OpenSSH prints it: ``SHA256:...``."""
        digest = hashlib.sha256(self.key.asbytes()).digest()
        return f"SHA256:{base64.b64encode(digest).decode().rstrip('=')}"


def with_jumps(targets: Iterable[Target]) -> Iterator[Target]:
    """Yield the targets, each jump host once before what is reached through it."""
    seen: set[Jump] = set()
    for target in targets:
        if target.jump is not None and target.jump not in seen:
            seen.add(target.jump)
            way = target.jump
            yield replace(target, name=JUMP, address=way.address, port=way.port, login=way.login, jump=None)
        yield target


def show(target: Target, known_hosts: Path, channel: Callable[[Target], socket.socket | None] | None = None) -> Shown:
    """Ask a device for its host key, without logging in.

    Raises:
        Unreachable: nothing answers there.
        Unavailable: what answers speaks no SSH that is safe today.
        Found: the file cannot be read.
    """
    keep_quiet()
    wire = channel(target) if channel else None
    try:
        wire = wire or socket.create_connection((target.address, target.port), CONNECT_S)
    except OSError:
        raise Unreachable("fetch.unreachable", device=target, address=target.address, port=target.port) from None
    transport = paramiko.Transport(wire)
    try:
        transport.start_client(timeout=CONNECT_S)
        key = transport.get_remote_server_key()
    except (paramiko.SSHException, EOFError, OSError):
        raise Unavailable("fetch.old-ssh", device=target) from None
    finally:
        transport.close()
    host = host_of(target)
    known = read(known_hosts).lookup(host)
    if not known:
        return Shown(host, key, "new")
    same = known.get(key.get_name())
    return Shown(host, key, "known" if same is not None and same == key else "changed")


def record(shown: Shown, known_hosts: Path) -> None:
    """Put a key in the file, in the place of any other of that host; the file is replaced as a whole.

    Raises:
        Unavailable: it cannot be written.
    """
    lines = sorted(
        line
        for host, types in read(known_hosts).items()
        for key in types.values()
        if host != shown.host and (line := HostKeyEntry([host], key).to_line())
    )
    lines.append(HostKeyEntry([shown.host], shown.key).to_line() or "")
    new = known_hosts.with_name(f".{known_hosts.name}.new")
    try:
        new.write_text("".join(sorted(lines)), encoding="ascii")
        new.replace(known_hosts)
    except OSError as error:
        raise Unavailable("store.cannot-write", folder=known_hosts, said=error.strerror) from None


def read(known_hosts: Path) -> HostKeys:
    """Return what stands in the file; nothing where it is not there.

    Raises:
        Found: it cannot be read.
    """
    keys = HostKeys()
    if known_hosts.exists():
        try:
            keys.load(os.fspath(known_hosts))
        except (OSError, paramiko.SSHException, UnicodeDecodeError) as error:
            raise Found("audit.unreadable", file=known_hosts, said=getattr(error, "strerror", "") or "-") from None
    return keys


def host_of(target: Target) -> str:
    """Return a device as OpenSSH's known_hosts names it."""
    return target.address if target.port == 22 else f"[{target.address}]:{target.port}"
