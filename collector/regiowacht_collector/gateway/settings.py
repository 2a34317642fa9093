"""How the gateway runs: where it listens, where it sends, whom it trusts."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from regiowacht_collector.gateway.addresses import address_of
from regiowacht_collector.gateway.certificate_header import check_header
from regiowacht_collector.gateway.limits import Limits
from regiowacht_collector.gateway.quotas import Quota
from regiowacht_contract.defaults import GATEWAY_PORT
from regiowacht_contract.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from regiowacht_collector.gateway.acme.settings import AcmeSettings
    from regiowacht_collector.gateway.engines import EngineAddress

DEFAULT_LISTEN = f"127.0.0.1:{GATEWAY_PORT}"


@dataclass(frozen=True, slots=True)
class GatewaySettings:
    """How the gateway runs on this machine.

    Attributes:
        listen: ``HOST:PORT``; an IPv6 address in brackets, port 0 for any free one.
        certificate: file with the certificate and those that lead to its authority; None for plain HTTP, which is
            allowed on loopback and behind ``proxies`` alone: a credential must never go over a network in the clear.
        key: file with its key.
        authority: file in PEM with an own authority of the certificate, for invitations; None for a public one.
        acme: which authority gives the certificate, in the place of files; None for none.
        proxies: addresses and networks of proxies in front, whose ``X-Forwarded-For`` and client certificate count.
        certificate_header: in which those tell the certificate of a client that they checked; "" for in none.
        engines: where writes go beside the collector's own engine.
        own_engine: whether the collector's own engine gets them.
        quota: what each gemeente may write.
        limits: bounds of the server itself.

    Raises:
        UsageError: settings that contradict each other, or that nobody can mean.
    """

    listen: str = DEFAULT_LISTEN
    certificate: Path | None = None
    key: Path | None = None
    authority: Path | None = None
    acme: AcmeSettings | None = None
    proxies: tuple[str, ...] = ()
    certificate_header: str = ""
    engines: tuple[EngineAddress, ...] = ()
    own_engine: bool = True
    quota: Quota = field(default_factory=Quota)
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        if not self.own_engine and not self.engines:
            raise UsageError("gateway.no-engine")
        for proxy in self.proxies:
            network_of(proxy)
        if (self.certificate is None) != (self.key is None):
            raise UsageError("gateway.certificate-and-key")
        if self.acme is not None and self.certificate is not None:
            raise UsageError("acme.and-certificate")
        if not self.has_tls and not self.proxies and not ipaddress.ip_address(self.address[0]).is_loopback:
            raise UsageError("gateway.in-the-clear", listen=self.listen)
        if self.certificate_header:
            check_header(self.certificate_header, has_proxies=bool(self.proxies))

    @property
    def ports(self) -> tuple[int, ...]:
        """Ports that it listens on; that of an authority's question only while an order runs."""
        return (self.address[1], *((self.acme.address[1],) if self.acme is not None else ()))

    @property
    def has_tls(self) -> bool:
        """Whether the gateway itself speaks TLS."""
        return self.certificate is not None or self.acme is not None

    @property
    def address(self) -> tuple[str, int]:
        """Host and port to listen on.

        Raises:
            UsageError: that is no address.
        """
        return address_of(self.listen)


def network_of(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    """Return a network, or an address as one.

    Raises:
        UsageError: it is neither.
    """
    try:
        return ipaddress.ip_network(text)
    except ValueError:
        raise UsageError("gateway.bad-proxy", value=text) from None
