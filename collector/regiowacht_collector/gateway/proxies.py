"""Proxies in front of the gateway: who they are, and whom they speak for."""

from __future__ import annotations

import functools
import ipaddress
from collections.abc import Callable
from typing import TYPE_CHECKING

from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from regiowacht_collector.gateway.client_certificate import IN_SCOPE

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

IsProxy = Callable[[str], bool]
"""Tells of an address whether it is a proxy's."""

OF_PROXIES = frozenset({b"forwarded", b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host", b"client-cert"})
"""Headers that only a proxy may set; what anybody else sends of them is dropped before it is read."""


Strays = Callable[[], None]


def not_counted() -> None:
    """Count nothing."""


def no_proxy(_: str) -> bool:
    """Trust nobody."""
    return False


def proxies(texts: tuple[str, ...]) -> IsProxy:
    """Return what tells proxies by their addresses and networks, which are valid."""
    networks = [ipaddress.ip_network(text) for text in texts]

    @functools.lru_cache(maxsize=4_096)
    def is_proxy(address: str) -> bool:
        try:
            found = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(found in network for network in networks)

    return is_proxy


def behind(
    application: ASGIApp, texts: tuple[str, ...], certificate_header: str = "", strays: Strays = not_counted
) -> ASGIApp:
    """Return the application as one behind these proxies: a request's client is the one that the last of them names.

    Args:
        application: what answers.
        texts: addresses and networks of the proxies.
        certificate_header: in which they tell the client's certificate; "" for in none. Its values stand in the
            request's scope then (``client_certificate``), and in no header.
        strays: is told where anybody else sends that header; it is thrown away.
    """
    is_proxy = proxies(texts)
    of_certificate = certificate_header.lower().encode()
    only_of_proxies = OF_PROXIES | {of_certificate}
    told_by_proxies: ASGIApp = ProxyHeadersMiddleware(application, trusted_hosts=list(texts))  # type: ignore[arg-type, assignment]

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        client = scope.get("client")
        values = tuple(value.decode("latin-1") for name, value in scope["headers"] if name == of_certificate)
        if client and is_proxy(client[0]):
            headers = [(name, value) for name, value in scope["headers"] if name != of_certificate]
            await told_by_proxies({**scope, "headers": headers, IN_SCOPE: values}, receive, send)
            return
        if values:
            strays()
        headers = [(name, value) for name, value in scope["headers"] if name not in only_of_proxies]
        await application({**scope, "headers": headers, IN_SCOPE: ()}, receive, send)

    return answer
