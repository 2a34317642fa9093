"""Which authority gives the gateway its certificate, and for which names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from regiowacht_collector.gateway.addresses import address_of
from regiowacht_contract.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = "acme"
DEFAULT_HTTP = "0.0.0.0:80"
DOMAIN = re.compile(
    r"(?=.{1,253}\Z)(?!.*\.[0-9]+\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
)


@dataclass(frozen=True, slots=True)
class AcmeSettings:
    """How the gateway gets its certificate.

    Attributes:
        directory: the authority's directory, an ``https`` URL.
        domains: the names in the certificate, the first of which others know the gateway by.
        http: ``HOST:PORT`` where the authority's question is answered; the authority asks at port 80 of each name.
        contact: mail address for the authority, or "".
        agrees: whether the authority's terms are agreed to; where it has none, that does not matter.
        binding: file with the identifier and the key that tie the account to a customer of the authority, with a space
            or a line between them; None for an authority that anybody may ask.
        authority: PEM file with who vouches for the authority's own server; None for those this machine trusts.
        first_pause_s: how long to wait after a first failure; twice as long after each next one.

    Raises:
        UsageError: settings that nobody can mean.
    """

    directory: str
    domains: tuple[str, ...]
    http: str = DEFAULT_HTTP
    contact: str = ""
    agrees: bool = False
    binding: Path | None = None
    authority: Path | None = None
    first_pause_s: float = 120.0

    def __post_init__(self) -> None:
        parts = urlsplit(self.directory)
        if parts.scheme != "https" or not parts.hostname:
            raise UsageError("acme.bad-directory", value=self.directory)
        if not self.domains:
            raise UsageError("acme.no-domain")
        for domain in self.domains:
            if not DOMAIN.fullmatch(domain):
                raise UsageError("acme.bad-domain", value=domain)
        if self.contact and not re.fullmatch(r"[^@\s,?]+@[^@\s,?]+", self.contact):
            raise UsageError("acme.bad-contact", value=self.contact)
        address_of(self.http)

    @property
    def address(self) -> tuple[str, int]:
        """Host and port where the authority's question is answered."""
        return address_of(self.http)
