"""What ``[snmp]`` and ``[[device]]`` may say, and what must hold between their values."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from regiowacht_agent.polls.reference import Reference
from regiowacht_agent.settings import Choice, FilePath, Flag, Invalid, Number, Text, setting
from regiowacht_agent.snmp.credential import AUTH_PROTOCOLS, PRIV_PROTOCOLS
from regiowacht_agent.snmp.session import PORT, ROWS_MAX
from regiowacht_contract.defaults import AGENT_PORT
from regiowacht_contract.labels import LAGEN

if TYPE_CHECKING:
    from collections.abc import Iterator

VERSIONS = ("1", "2c", "3")
ENGINES = ("auto", "fast", "pysnmp")
PORTS = ("all", "used")
HOST = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,252})|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(?:%[A-Za-z0-9._-]+)?")
WORD = re.compile(r"[a-z][a-z0-9-]*")
DEFAULT_GROUPS = ("status", "traffic", "errors", "discards", "speed")


@dataclass(frozen=True, slots=True)
class Words:
    """A list of words, each of lower-case letters, digits and dashes."""

    name: str = "list of words"

    def check(self, value: object) -> tuple[str, ...]:
        """Return the words."""
        if isinstance(value, tuple | list) and all(isinstance(word, str) and WORD.fullmatch(word) for word in value):
            return tuple(dict.fromkeys(value))
        raise Invalid("agent.bad-words", value=value)

    def read(self, word: str) -> object:
        """Return the word itself: these never stand on the command line."""
        return word


@dataclass(frozen=True, slots=True)
class Snmp:
    """How often, how patiently and how far devices are asked."""

    interval_s: float = setting(60.0, Number(5, 3600, "seconds"))
    slow_interval_s: float = setting(600.0, Number(30, 86400, "seconds"))
    timeout_s: float = setting(2.0, Number(0.1, 60, "seconds"))
    retries: int = setting(2, Number(0, 10))
    rows_max: int = setting(ROWS_MAX, Number(10, 100_000))
    series_max: int = setting(10_000, Number(100, 100_000))
    groups: tuple[str, ...] = setting(DEFAULT_GROUPS, Words())
    ports: str = setting("all", Choice(words=PORTS))
    state_directory: str = setting("", Text(may_be_empty=True))


@dataclass(frozen=True, slots=True)
class Device:
    """One device to ask over SNMP: an asset of the job ``snmp``."""

    instance: str = setting("", Text())
    site: str = setting("", Text())
    laag: str = setting("", Choice(words=LAGEN))
    address: str = setting("", Text())
    port: int = setting(PORT, Number(1, 65535))
    version: str = setting("2c", Choice(words=VERSIONS))
    community: str = setting("", Reference())
    user: str = setting("", Text(may_be_empty=True))
    auth: str = setting("", Choice(may_be_empty=True, words=("", *AUTH_PROTOCOLS)))
    auth_secret: str = setting("", Reference())
    priv: str = setting("", Choice(may_be_empty=True, words=("", *PRIV_PROTOCOLS)))
    priv_secret: str = setting("", Reference())
    context: str = setting("", Text(may_be_empty=True))
    engine: str = setting("auto", Choice(words=ENGINES))
    window: int = setting(2, Number(1, 8))
    standby_of: str = setting("", Text(may_be_empty=True))
    interval_s: float = setting(0, Number(0, 3600, "seconds"))
    timeout_s: float = setting(0, Number(0, 60, "seconds"))


@dataclass(frozen=True, slots=True)
class Poller:
    """The agent of another server, whose devices this one asks in its place while that one is silent."""

    instance: str = setting("", Text())
    address: str = setting("", Text())
    port: int = setting(AGENT_PORT, Number(1, 65535))
    tls: bool = setting(False, Flag())
    ca: str = setting("", FilePath())
    name: str = setting("", Text(may_be_empty=True))


def mistakes_of_poller(item: Poller) -> Iterator[tuple[str, Invalid]]:
    """Yield the settings of a poller that do not go together, each with what is wrong."""
    if not HOST.fullmatch(item.address):
        yield "address", Invalid("agent.bad-host", value=item.address)
    for name in ("ca", "name"):
        if getattr(item, name) and not item.tls:
            yield name, Invalid("agent.without-tls")
    if item.name and not HOST.fullmatch(item.name):
        yield "name", Invalid("agent.bad-host", value=item.name)


def mistakes(item: Device) -> Iterator[tuple[str, Invalid]]:
    """Yield the settings of a device that do not go together, each with what is wrong."""
    if not HOST.fullmatch(item.address):
        yield "address", Invalid("agent.bad-host", value=item.address)
    yield from (_by_user(item) if item.version == "3" else _by_community(item))


def _by_community(item: Device) -> Iterator[tuple[str, Invalid]]:
    if not item.community:
        yield "community", Invalid("agent.no-community", version=item.version)
    for name in ("user", "auth", "auth_secret", "priv", "priv_secret", "context"):
        if getattr(item, name):
            yield name, Invalid("agent.other-version", version=item.version)


def _by_user(item: Device) -> Iterator[tuple[str, Invalid]]:
    if not item.user:
        yield "user", Invalid("agent.no-user")
    if item.community:
        yield "community", Invalid("agent.other-version", version=item.version)
    if item.priv and not item.auth:
        yield "priv", Invalid("agent.priv-alone")
    for name in ("auth", "priv"):
        if bool(getattr(item, name)) != bool(getattr(item, f"{name}_secret")):
            yield name, Invalid("agent.half-proof", name=name)
