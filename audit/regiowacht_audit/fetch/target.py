"""Which device to read, and how."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from regiowacht_audit.platform import Platform

SSH_PORT = 22


@dataclass(frozen=True, slots=True)
class Login:
    """How to log in. Secrets are references, read when a device is about to be reached.

    Attributes:
        name: the credential's name in the region folder.
        user: the user.
        password: reference of the password; "" where a key logs in.
        enable: reference of the password that ``enable`` asks for; "" where none is needed.
        key: file with a private key; "" where a password logs in.
    """

    name: str
    user: str
    password: str = ""
    enable: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Jump:
    """A host through which the devices of a gemeente are reached."""

    address: str
    login: Login
    port: int = SSH_PORT


@dataclass(frozen=True, slots=True)
class Target:
    """One device to read.

    Attributes:
        gemeente: slug of its gemeente.
        name: its name in the region folder.
        address: where it answers.
        platform: what it is.
        login: how to log in.
        port: where its SSH listens.
        jump: what it is reached through, if anything.
    """

    gemeente: str
    name: str
    address: str
    platform: Platform
    login: Login
    port: int = SSH_PORT
    jump: Jump | None = None

    @property
    def key(self) -> tuple[str, str]:
        """(gemeente, name): what tells it from every other device of the region; an address does not."""
        return self.gemeente, self.name

    def __str__(self) -> str:
        """Return ``GEMEENTE/NAME``."""
        return f"{self.gemeente}/{self.name}"
