"""Who is in the region now: the gemeenten with their numbers, and the servers with their bundles."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Roll:
    """What the region folder says of who may write, as of its latest reading.

    Attributes:
        tenants: the number of each gemeente, by its slug.
        bundles: the configuration of each server with an agent, by (gemeente, server).
    """

    tenants: Mapping[str, int] = field(default_factory=dict)
    bundles: Mapping[tuple[str, str], bytes] = field(default_factory=dict)

    def servers(self, gemeente: str) -> tuple[str, ...]:
        """Return the servers of a gemeente that an agent measures, sorted."""
        return tuple(sorted(server for slug, server in self.bundles if slug == gemeente))

    def etag(self, gemeente: str, server: str) -> str:
        """Return the entity tag of a server's bundle: its SHA-256 (RFC 9110 section 8.8.3)."""
        return f'"{hashlib.sha256(self.bundles[gemeente, server]).hexdigest()}"'
