"""Addresses to listen on, as people write them."""

from __future__ import annotations

import ipaddress
import re

from regiowacht_contract.errors import UsageError


def address_of(text: str) -> tuple[str, int]:
    """Return host and port of ``HOST:PORT``, an IPv6 address in brackets.

    Raises:
        UsageError: that is no address.
    """
    found = re.fullmatch(r"(?:\[([0-9A-Fa-f:.]+)\]|([0-9.]+)):([0-9]{1,5})", text)
    try:
        host = str(ipaddress.ip_address(found[1] or found[2])) if found else ""
    except ValueError:
        host = ""
    if not found or not host or int(found[3]) > 65_535:
        raise UsageError("gateway.bad-listen", value=text)
    return host, int(found[3])
