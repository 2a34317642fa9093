"""The shapes of single values in a region folder, each checked in one place."""

from __future__ import annotations

import ipaddress
import re
import zoneinfo
from datetime import date
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Strict, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

from regiowacht_inventory.kinds import DEVICE_KINDS
from regiowacht_inventory.shown import CONTROLS

SLUG = r"^[a-z0-9][a-z0-9-]{0,62}$"
NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$"
SECRET_REF = r"^(env:[A-Za-z_][A-Za-z0-9_]*|file:/.+)$"  # noqa: S105 - the shape of a reference
SECONDS = r"^([1-9]\d{0,5})s$"
BANDWIDTH = r"^(\d{1,6})(\.\d{1,3})?([kMGT]?)$"
DNS_NAME = r"^([A-Za-z0-9_-]{1,63}\.)*[A-Za-z0-9_-]{1,63}\.?$"
CLOCK = r"^([01]\d|2[0-3]):[0-5]\d$"
MOMENT = r"^(\d{4}-\d\d-\d\d[ T])?([01]\d|2[0-3]):[0-5]\d$"
EMAIL = r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9-]{2,63}$"
PEM_FILE = r"^/[^\x00-\x1f\x7f]{1,400}$"
MAX_ID = 2**32 - 1

_HOST = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)(?:\.(?!-)[A-Za-z0-9_-]{1,63}(?<!-))*\.?")
_IPV4 = re.compile(r"(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.){3}(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)")
_LAST_LABEL_NUMERIC = re.compile(r"(?:.*\.)?\d+\.?")
_FLAGS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
_UNITS = {"": 1, "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}


def is_slug(text: str) -> bool:
    """Tell whether ``text`` is a short name, as keys that others refer to are."""
    return bool(re.fullmatch(SLUG, text))


def is_address(text: str) -> bool:
    """Tell whether ``text`` is an IPv4 address, an IPv6 address or a host name (RFC 1123).

    A name whose last label is a number is no host name: that is how 10.12.0.300 is told from one.
    """
    if _IPV4.fullmatch(text):
        return True
    if ":" in text:
        return _is_ipv6(text)
    return len(text) <= 253 and bool(_HOST.fullmatch(text)) and not _LAST_LABEL_NUMERIC.fullmatch(text)


def _is_ipv6(text: str) -> bool:
    if "%" in text:  # a zone (RFC 4007) means something on one machine only
        return False
    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return True


def is_of_one_machine(text: str) -> bool:
    """Tell whether an address may be that of one machine: not unspecified, multicast or broadcast (RFC 6890)."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return True  # a host name
    address = getattr(address, "ipv4_mapped", None) or address
    return not (address.is_unspecified or address.is_multicast or str(address) == "255.255.255.255")


def split_host_port(text: str) -> tuple[str, int] | None:
    """Return host and port of ``host:port`` or ``[IPv6]:port``, or None when it is not of that shape."""
    host, colon, port = text.rpartition(":")
    if not colon or not re.fullmatch(r"\d{1,5}", port) or not 1 <= int(port) <= 65535:
        return None
    if host.startswith("[") and host.endswith("]"):
        return (host[1:-1], int(port)) if _is_ipv6(host[1:-1]) else None
    return (host, int(port)) if is_address(host) and ":" not in host else None


def is_url(text: str) -> bool:
    """Tell whether ``text`` is an http or https URL with a host."""
    try:
        parts = urlsplit(text)
        port_fine = parts.port is None or parts.port > 0
    except ValueError:
        return False
    host = parts.hostname or ""
    return (
        parts.scheme in {"http", "https"}
        and port_fine
        and is_address(host)
        and not re.search(r"\s", text)
        and not CONTROLS.search(text)
    )


def has_userinfo(text: str) -> bool:
    """Tell whether ``text`` holds a user name or password before an ``@``, as URLs of any spelling may."""
    return bool(re.search(r"//[^/?#]*@|:[^\s/?#]*@", text))


def parse_bandwidth(text: object) -> object:
    """Return the bits per second that ``500M``, ``1G`` or ``1.5G`` stand for."""
    if not isinstance(text, str):
        return text
    match = re.fullmatch(BANDWIDTH, text)
    if match is None:
        raise PydanticCustomError("bandwidth", "bandwidth")
    whole, fraction, unit = match.groups()
    bps = round(float(whole + (fraction or "")) * _UNITS[unit])
    if bps == 0:
        raise PydanticCustomError("bandwidth", "bandwidth")
    return bps


def parse_seconds(text: object) -> object:
    """Return the seconds that ``60s`` stands for."""
    if not isinstance(text, str):
        return text
    match = re.fullmatch(SECONDS, text)
    if match is None:
        raise PydanticCustomError("seconds", "seconds")
    return int(match[1])


def parse_flag(text: object) -> object:
    """Return what ``true``, ``yes``, ``on``, ``false``, ``no`` and ``off`` mean, in any case."""
    if not isinstance(text, str):
        return text
    if text.lower() not in _FLAGS:
        raise PydanticCustomError("flag", "flag")
    return _FLAGS[text.lower()]


def _address(text: str) -> str:
    if not is_address(text):
        raise PydanticCustomError("address", "address")
    if not is_of_one_machine(text):
        raise PydanticCustomError("address_unusable", "address of no single machine")
    return text


def _text(text: str) -> str:
    if CONTROLS.search(text):
        raise PydanticCustomError("invisible", "control character")
    if not text.strip():
        raise PydanticCustomError("string_too_short", "blank")
    return text


def _url(text: str) -> str:
    if has_userinfo(text):
        raise PydanticCustomError("secret_in_url", "secret in URL")
    if not is_url(text):
        raise PydanticCustomError("url", "url")
    return text


def _url_ref(text: str) -> str:
    return text if re.fullmatch(SECRET_REF, text) else _url(text)


def _host_port(text: str) -> str:
    if split_host_port(text) is None:
        raise PydanticCustomError("host_port", "host and port")
    return text


def _kind(text: str) -> str:
    if text not in DEVICE_KINDS:
        raise PydanticCustomError("one_of", "kind", {"known": list(DEVICE_KINDS)})
    return text


def _whole(text: object) -> object:
    if isinstance(text, str) and not re.fullmatch(r"0|[1-9]\d{0,18}", text):
        raise PydanticCustomError("whole", "whole number")
    return text


def _date(text: object) -> object:
    if not isinstance(text, str):
        return text
    try:
        return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else _refuse_date()
    except ValueError:
        return _refuse_date()


def _refuse_date() -> object:
    raise PydanticCustomError("date", "date")


def _timezone(text: str) -> str:
    known = zoneinfo.available_timezones()
    if known and text not in known:  # a machine without tzdata knows none at all
        raise PydanticCustomError("one_of", "time zone", {"known": sorted(known)})
    return text


Text = Annotated[str, StringConstraints(min_length=1, max_length=500), AfterValidator(_text)]
Slug = Annotated[str, StringConstraints(pattern=SLUG)]
Name = Annotated[str, StringConstraints(pattern=NAME)]
Platform = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_]{0,62}$")]
SecretRef = Annotated[str, StringConstraints(pattern=SECRET_REF)]
DnsName = Annotated[str, StringConstraints(pattern=DNS_NAME, max_length=253)]
PemFile = Annotated[str, StringConstraints(pattern=PEM_FILE)]
Whole = Annotated[int, BeforeValidator(_whole)]
Flag = Annotated[bool, BeforeValidator(parse_flag), Strict()]
Day = Annotated[date, BeforeValidator(_date)]
Address = Annotated[str, AfterValidator(_address)]
Url = Annotated[str, AfterValidator(_url), WithJsonSchema({"type": "string", "pattern": "^https?://"})]
UrlRef = Annotated[str, AfterValidator(_url_ref)]
HostPort = Annotated[str, AfterValidator(_host_port)]
Email = Annotated[str, StringConstraints(pattern=EMAIL, max_length=254)]
Clock = Annotated[str, StringConstraints(pattern=CLOCK)]
Moment = Annotated[str, StringConstraints(pattern=MOMENT)]
Kind = Annotated[str, AfterValidator(_kind), WithJsonSchema({"type": "string", "enum": list(DEVICE_KINDS)})]
Timezone = Annotated[str, AfterValidator(_timezone)]
Seconds = Annotated[int, BeforeValidator(parse_seconds), WithJsonSchema({"type": "string", "pattern": SECONDS})]
Bandwidth = Annotated[
    int,
    BeforeValidator(parse_bandwidth),
    WithJsonSchema({"anyOf": [{"type": "string", "pattern": BANDWIDTH}, {"type": "integer", "minimum": 1}]}),
]
