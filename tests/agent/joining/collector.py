"""A real gateway over TLS that servers of a made-up gemeente join."""

from __future__ import annotations

import ssl
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from starlette.applications import Starlette

from regiowacht_collector.gateway.joining.office import Office
from regiowacht_collector.gateway.joining.roll import Roll
from regiowacht_collector.gateway.joining.routes import routes
from regiowacht_collector.gateway.limits import Limits
from regiowacht_collector.gateway.running import running_gateway
from tests.agent.certificates import NOW, YEAR, write_pair

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

BUNDLE = b'language = "nl"\nlisten = "127.0.0.1:0"\n\n[asset]\ngemeente = "zandbeke"\ninstance = "srv-app"\n'
SERVER = ("zandbeke", "srv-app")


class Collector:
    """A gateway that listens.

    Attributes:
        url: where.
        ca: the file with who vouches for it.
        office: what it knows.
    """

    def __init__(self, url: str, ca: Path, office: Office) -> None:
        self.url = url
        self.ca = ca
        self.office = office

    def publish(self, content: bytes) -> None:
        """Have another configuration for the server."""
        self.office.publish(Roll({"zandbeke": 12}, {SERVER: content}))

    def code(self, server: str = "srv-app", uses: int = 1) -> str:
        """Return a new code."""
        return self.office.store.invite("zandbeke", server, uses, 3600)[1]


@contextmanager
def collector(
    folder: Path, until: datetime = NOW + YEAR, clock: Callable[[], float] = time.time
) -> Iterator[Collector]:
    """Run a gateway for as long as the block lasts."""
    folder.mkdir(parents=True, exist_ok=True)
    cert, key = write_pair(folder, until)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    office = Office(folder / "data", clock)
    with running_gateway(Starlette(routes=routes(office)), Limits(), tls=lambda: context) as gateway:
        made = Collector(gateway.url, cert, office)
        made.publish(BUNDLE)
        yield made
    office.close()
