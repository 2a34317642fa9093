"""Which header may tell a client's certificate: one that nothing else is said in."""

from __future__ import annotations

import re

from regiowacht_contract.errors import UsageError

NAME = re.compile(r"[A-Za-z0-9-]{1,60}")
"""Without an underscore: some proxies take that for a hyphen, and what one of them strips another one hands on."""

NEVER = frozenset({"authorization", "host", "forwarded", "cookie", "connection", "transfer-encoding", "user-agent"})
NEVER_BEGINS = ("content-", "accept", "x-prometheus-", "x-regiowacht-", "x-forwarded-for", "x-forwarded-proto")
"""Headers that every client sends, or that say something else to us."""


def check_header(name: str, *, has_proxies: bool) -> None:
    """Refuse a name that cannot be meant.

    Raises:
        UsageError: it is no name, one of another header, or there is no proxy that could tell it.
    """
    low = name.lower()
    if not NAME.fullmatch(name) or low in NEVER or low.startswith(NEVER_BEGINS):
        raise UsageError("gateway.bad-certificate-header", value=name)
    if not has_proxies:
        raise UsageError("gateway.certificate-header-without-proxy")
