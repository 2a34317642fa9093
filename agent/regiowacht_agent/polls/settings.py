"""What ``[[probe]]`` and ``[[relay]]`` may say, and what must hold between their values."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from regiowacht_agent.polls.reference import Reference
from regiowacht_agent.polls.url import parse_url
from regiowacht_agent.settings import META, Choice, Flag, Invalid, Number, Setting, Text, setting, split_address
from regiowacht_agent.snmp.settings import Device, Poller, mistakes_of_poller
from regiowacht_agent.snmp.settings import mistakes as of_device
from regiowacht_contract.labels import LAGEN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

KINDS = ("icmp", "tcp", "http", "dns", "ntp")
RECORDS = ("A", "AAAA", "CNAME", "MX", "NS", "PTR", "SOA", "SRV", "TXT")
HOST = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,252})|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*")
CODES = re.compile(r"[1-5]\d\d-[1-5]\d\d")
DNS_NAME = re.compile(r"(?:[A-Za-z0-9_-]{1,63}\.)*[A-Za-z0-9_-]{1,63}\.?|\.")


@dataclass(frozen=True, slots=True)
class Codes:
    """A list of HTTP status codes, and ranges of them as ``"200-299"``."""

    name: str = "list of numbers and ranges"

    def check(self, value: object) -> tuple[int, ...]:
        """Return the codes, each that a range holds."""
        if isinstance(value, tuple | list) and all(map(_codes, value)):
            return tuple(code for one in value for code in _codes(one))
        raise Invalid("agent.bad-codes", value=value)

    def read(self, word: str) -> object:
        """Return the word itself: these never stand on the command line."""
        return word


def _codes(one: object) -> range:
    """Return the codes that an item of a list means, or none where it means none."""
    first, _, last = one.partition("-") if isinstance(one, str) and CODES.fullmatch(one) else ("", "", "")
    if first:
        return range(int(first), int(last) + 1)
    return range(one, one + 1) if type(one) is int and 100 <= one <= 599 else range(0)


@dataclass(frozen=True, slots=True)
class Polls:
    """How often and how patiently others are asked."""

    interval_s: float = setting(15.0, Number(1, 3600, "seconds"))
    timeout_s: float = setting(5.0, Number(0.1, 60, "seconds"))
    workers_max: int = setting(10, Number(1, 64))
    size_max_bytes: int = setting(5_000_000, Number(1000, 30_000_000))
    series_max: int = setting(10_000, Number(1, 50_000))


@dataclass(frozen=True, slots=True)
class Probe:
    """One thing to ask: an asset of the job ``probe``."""

    instance: str = setting("", Text())
    site: str = setting("", Text())
    laag: str = setting("", Choice(words=LAGEN))
    kind: str = setting("", Choice(words=KINDS))
    target: str = setting("", Text())
    contains: str = setting("", Text(may_be_empty=True))
    status: tuple[int, ...] = setting((), Codes())
    redirects: bool = setting(True, Flag())
    ca: str = setting("", Text(may_be_empty=True))
    query: str = setting("", Text(may_be_empty=True))
    record: str = setting("A", Choice(words=RECORDS))
    interval_s: float = setting(0, Number(0, 3600, "seconds"))
    timeout_s: float = setting(0, Number(0, 60, "seconds"))


@dataclass(frozen=True, slots=True)
class Relay:
    """One page to carry: an asset of the job ``relay``."""

    instance: str = setting("", Text())
    site: str = setting("", Text())
    laag: str = setting("infrastructuur", Choice(words=LAGEN))
    url: str = setting("", Text())
    user: str = setting("", Text(may_be_empty=True))
    password: str = setting("", Reference())
    token: str = setting("", Reference())
    ca: str = setting("", Text(may_be_empty=True))
    interval_s: float = setting(0, Number(0, 3600, "seconds"))
    timeout_s: float = setting(0, Number(0, 60, "seconds"))


Item = Probe | Relay | Device | Poller

LISTS: Mapping[str, type[Item]] = {"probe": Probe, "relay": Relay, "device": Device, "poller": Poller}
"""What may stand any number of times, ``[[NAME]]``."""


def list_settings(name: str) -> tuple[Setting, ...]:
    """Return the settings of one ``[[NAME]]``."""
    return tuple(
        Setting(f"{name}.{declared.name}", *_kind_and_default(declared), "") for declared in fields(LISTS[name])
    )


def is_required(wanted: Setting) -> bool:
    """Return whether an item without that setting cannot be."""
    return wanted.default == "" and not getattr(wanted.kind, "may_be_empty", True)


def mistakes(item: Item) -> Iterator[tuple[str, Invalid]]:
    """Yield the settings that do not go together, each with what is wrong."""
    if isinstance(item, Device):
        yield from of_device(item)
    elif isinstance(item, Poller):
        yield from mistakes_of_poller(item)
    else:
        yield from _probe(item) if isinstance(item, Probe) else _relay(item)


def _kind_and_default(declared: Any) -> tuple[Any, Any]:
    return declared.metadata[META][0], declared.default


def _probe(item: Probe) -> Iterator[tuple[str, Invalid]]:
    if not _fits(item.kind, item.target):
        yield "target", Invalid(f"agent.bad-target-{item.kind}", value=item.target)
    only = {"contains": "http", "status": "http", "ca": "http", "query": "dns"}
    for name, kind in only.items():
        if getattr(item, name) and item.kind != kind:
            yield name, Invalid("agent.other-kind", kind=item.kind, wanted=kind)
    if item.kind == "dns" and not (DNS_NAME.fullmatch(item.query) and len(item.query) < 254):
        yield "query", Invalid("agent.bad-query", value=item.query)


def _fits(kind: str, target: str) -> bool:
    if kind == "http":
        return parse_url(target) is not None
    if kind == "icmp":
        return bool(HOST.fullmatch(target))
    with_port = _has_port(target)
    return with_port if kind == "tcp" else with_port or bool(HOST.fullmatch(target))


def _has_port(target: str) -> bool:
    try:
        return split_address(target)[1] > 0
    except Invalid:
        return False


def _relay(item: Relay) -> Iterator[tuple[str, Invalid]]:
    if parse_url(item.url) is None:
        yield "url", Invalid("agent.bad-target-http", value=item.url.rpartition("@")[2])
    if bool(item.user) != bool(item.password):
        yield ("user" if item.user else "password"), Invalid("agent.half-login")
    if item.token and item.user:
        yield "token", Invalid("agent.two-logins")
