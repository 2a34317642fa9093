"""Takes a URL apart as far as asking for it needs."""

from __future__ import annotations

import re

from regiowacht_contract.light import NamedTuple

PORTS = {"http": 80, "https": 443}
URL = re.compile(
    r"(?P<scheme>https?)://(?:\[(?P<six>[0-9A-Fa-f:.]+)\]|(?P<host>[A-Za-z0-9._-]+))(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<path>/[^\s#]*)?(?P<query>\?[^\s#]*)?(?:#\S*)?",
    re.IGNORECASE,
)


class Url(NamedTuple):
    """A URL without user information or fragment; ``target`` is its path and query."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def authority(self) -> str:
        """What the Host field says."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    def __str__(self) -> str:
        return f"{self.scheme}://{self.authority}{self.target}"


def parse_url(text: str) -> Url | None:
    """Return the parts of an http or https URL, or None where it is none (or has a user name in it)."""
    match = URL.fullmatch(text)
    if match is None:
        return None
    scheme = match["scheme"].lower()
    port = int(match["port"] or PORTS[scheme])
    if not 0 < port < 65536:
        return None
    target = (match["path"] or "/") + (match["query"] or "")
    if not target.isascii():
        return None
    return Url(scheme, match["six"] or match["host"], port, target)


def follow(url: Url, location: str) -> Url | None:
    """Return where a Location field leads from a URL (RFC 3986 section 5.2), or None where that is no http URL.

    Servers write letters such as an e with an accent as they are; browsers ask for them as octets with a %, and so do
    we. The field is as the octets came, one character each.
    """
    location = "".join(one if "!" <= one <= "~" else f"%{ord(one):02X}" for one in location)
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", location):
        return parse_url(location)
    if location.startswith("//"):
        return parse_url(f"{url.scheme}:{location}")
    base = url.target.partition("?")[0]
    if location.startswith("?"):
        path = base + location
    elif location.startswith("/"):
        path = location
    else:
        path = f"{base.rpartition('/')[0]}/{location}"
    return parse_url(f"{url.scheme}://{url.authority}{path}")
