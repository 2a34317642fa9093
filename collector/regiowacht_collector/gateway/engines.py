"""Where writes go: the addresses of the engines, and how each is told whose they are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from regiowacht_contract.errors import UsageError

if TYPE_CHECKING:
    from regiowacht_collector.gateway.writer import Writer

WRITE_HEADERS = {
    "Content-Type": "application/x-protobuf",
    "Content-Encoding": "snappy",
    "X-Prometheus-Remote-Write-Version": "0.1.0",
    "User-Agent": "regiowacht-gateway",
}
PLACES = re.compile(r"\{(\w*)\}")
PLACE_NAMES = frozenset({"id", "gemeente"})


@dataclass(frozen=True, slots=True)
class EngineAddress:
    """Where an engine takes remote writes.

    In both, ``{gemeente}`` and ``{id}`` stand for the writer's gemeente and its number: Mimir wants a header
    ``X-Scope-OrgID: {gemeente}``, Thanos ``THANOS-TENANT: {gemeente}``, a VictoriaMetrics cluster the number in its
    path: ``http://HOST:8480/insert/{id}/prometheus/api/v1/write``.

    Attributes:
        url: the whole address, ``http`` or ``https``.
        tenant: a header, ``NAME: VALUE``; "" for none.

    Raises:
        UsageError: one of them cannot be used.
    """

    url: str
    tenant: str = ""

    def __post_init__(self) -> None:
        if not re.fullmatch(r"https?://[^\s/?#]+[^\s#]*", self.url):
            raise UsageError("gateway.bad-engine", value=self.url)
        if self.tenant and not re.fullmatch(r"[A-Za-z0-9-]+: *[!-~]+", self.tenant):
            raise UsageError("gateway.bad-tenant", value=self.tenant)
        for place in PLACES.findall(self.url + self.tenant):
            if place not in PLACE_NAMES:
                raise UsageError("gateway.bad-place", value="{" + place + "}")

    def url_of(self, writer: Writer) -> str:
        """Return the address for what this writer writes."""
        return _filled(self.url, writer)

    def headers_of(self, writer: Writer) -> dict[str, str]:
        """Return the headers for what this writer writes."""
        if not self.tenant:
            return WRITE_HEADERS
        name, _, value = self.tenant.partition(":")
        return {**WRITE_HEADERS, name: _filled(value.strip(), writer)}


def _filled(text: str, writer: Writer) -> str:
    return text.replace("{id}", str(writer.tenant)).replace("{gemeente}", writer.gemeente)
