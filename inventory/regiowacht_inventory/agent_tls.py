"""How a server's agent answers over TLS, by what its server, its gemeente and the region say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from regiowacht_inventory.schema import Gemeente, RegionFile, Server

CERT = "/etc/regiowacht/agent.pem"
KEY = "/etc/regiowacht/agent.key"


@dataclass(frozen=True, slots=True)
class AgentTls:
    """TLS of one agent: both sides of it come from here, so that they agree.

    Attributes:
        cert: file with its certificate, on its server.
        key: file with the certificate's key, there too.
        ca: file with the authorities that the collector trusts for it, on the collector; "" for the system's.
        name: what stands in the certificate, where that is not the address it is asked at; else "".
    """

    cert: str = CERT
    key: str = KEY
    ca: str = ""
    name: str = ""


def tls_of(region: RegionFile, gemeente: Gemeente, server: Server) -> AgentTls | None:
    """Return how a server's agent answers, or None where it answers without TLS; key by key the nearest says it."""
    levels = (server.agent, gemeente.agent, region.agent)
    if server.relay or not next((level.tls for level in levels if level.tls is not None), False):
        return None
    return AgentTls(
        cert=next((level.cert for level in levels if level.cert), CERT),
        key=next((level.key for level in levels if level.key), KEY),
        ca=next((level.ca for level in levels if level.ca), ""),
        name=next((level.name for level in levels if level.name), ""),
    )
