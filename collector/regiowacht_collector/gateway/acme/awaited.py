"""What the gateway shows to who connects, also before its first certificate is there."""

from __future__ import annotations

import logging
import ssl
from typing import TYPE_CHECKING

from regiowacht_collector.gateway.tls import Certificate
from regiowacht_contract.errors import Unavailable

if TYPE_CHECKING:
    from pathlib import Path

log = logging.getLogger(__name__)


class Awaited:
    """A certificate that may still have to come; until then every handshake is refused.

    Args:
        path: the file that holds certificate and key once they are there.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._found: Certificate | None = None
        self._nothing = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)

    def context(self) -> ssl.SSLContext:
        """Return what the next connection is greeted with."""
        found = self._look()
        return found.context() if found else self._nothing

    @property
    def ends_s(self) -> float | None:
        """When it ends, seconds since 1970; None while there is none."""
        found = self._look()
        return found.ends_s if found else None

    def _look(self) -> Certificate | None:
        if self._found is None and self._path.exists():
            try:
                self._found = Certificate(self._path, self._path)
            except Unavailable as error:
                log.warning("gateway=certificate-unread reason=%s", error)
        return self._found
