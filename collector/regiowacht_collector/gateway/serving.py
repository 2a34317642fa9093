"""The gateway as a whole: its door, its check, its engines, and what it tells of itself."""

from __future__ import annotations

import time
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import TYPE_CHECKING

from regiowacht_collector.gateway.accounts import Accounts, not_noted
from regiowacht_collector.gateway.app import app
from regiowacht_collector.gateway.engines import EngineAddress
from regiowacht_collector.gateway.forward import Forwarder
from regiowacht_collector.gateway.installing.authority import keep_authority
from regiowacht_collector.gateway.installing.routes import routes as installing_routes
from regiowacht_collector.gateway.joining.office import Office
from regiowacht_collector.gateway.joining.routes import routes
from regiowacht_collector.gateway.page import (
    acme_families,
    certificate_family,
    joining_families,
    server_families,
    writer_families,
)
from regiowacht_collector.gateway.proxies import behind, proxies
from regiowacht_collector.gateway.running import running_gateway
from regiowacht_collector.gateway.tls import Certificate
from regiowacht_collector.gateway.write import WriteLimits, check
from regiowacht_collector.gateway.write.limits import DAY_MS, MINUTE_MS
from regiowacht_collector.tell import silent

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator
    from pathlib import Path

    from prometheus_client.core import Metric as Family

    from regiowacht_collector.gateway.accounts import NoteLate
    from regiowacht_collector.gateway.acme.awaited import Awaited
    from regiowacht_collector.gateway.acme.renewing import Renewer
    from regiowacht_collector.gateway.joining.roll import Roll
    from regiowacht_collector.gateway.running import RunningGateway
    from regiowacht_collector.gateway.settings import GatewaySettings
    from regiowacht_collector.gateway.write import Checked
    from regiowacht_collector.gateway.writer import Writer
    from regiowacht_collector.tell import Tell

    Shown = tuple[Certificate | Awaited | None, Renewer | None]

WRITE_PATH = "/api/v1/write"


class Gateway:
    """A gateway that runs; made by ``serving``.

    Attributes:
        office: who may join and who has.
        accounts: what it keeps of writes.
        url: where it is, as seen from this machine.
    """

    def __init__(self, office: Office, accounts: Accounts, running: RunningGateway, shown: Shown) -> None:
        self.office = office
        self.accounts = accounts
        self.url = running.url
        self._running = running
        self._certificate, self._renewer = shown

    def publish(self, roll: Roll) -> None:
        """Go by this region from now on: who may write, and which configuration each server gets."""
        self.office.publish(roll)

    def families(self) -> Iterator[Family]:
        """Return what it tells of itself."""
        yield from writer_families(self.accounts.books)
        yield from server_families(self._running.server, self.accounts)
        copies = self.office.copies.counted()
        named = {one.id: (one.gemeente, one.server) for one in self.office.store.credentials()} if copies else {}
        machines = {named[credential]: count for credential, count in copies.items() if credential in named}
        yield from joining_families(self.office.answers.copy(), machines)
        yield from certificate_family(self._certificate.ends_s if self._certificate else None)
        if self._renewer is not None:
            yield from acme_families(self._renewer.results.copy(), self._renewer.failures, self._renewer.last_failure)


@contextmanager
def serving(
    settings: GatewaySettings,
    listening: socket.socket,
    data: Path,
    own_engine: str,
    window_days: int,
    note_late: NoteLate = not_noted,
    tell: Tell = silent,
) -> Iterator[Gateway]:
    """Run a gateway for as long as the block lasts; it lets nobody in before ``publish``.

    Args:
        settings: how it runs.
        listening: where, as ``listen`` returns it.
        data: the collector's data folder.
        own_engine: the collector's own engine, ``http://127.0.0.1:PORT``.
        window_days: how old a sample the engines take.
        note_late: is told of which times samples came in late.
        tell: is told what becomes of the certificate.

    Raises:
        Unavailable: the certificate cannot be read, or the database of credentials.
    """
    with ExitStack() as stack:
        keep_authority(data, settings.authority)
        certificate, renewer = stack.enter_context(_shown(settings, data, tell))
        office = Office(data)
        stack.callback(office.close)
        own = (EngineAddress(own_engine + WRITE_PATH),) if settings.own_engine else ()
        accounts = Accounts.within(settings.limits, settings.quota, note_late)
        forwarder = Forwarder((*own, *settings.engines), accounts.books)
        checked = partial(_check, write_limits(window_days))
        paths = (*routes(office), *installing_routes(office, data))
        application = app(office.identify, checked, forwarder, settings.limits, paths, accounts, office.of_certificate)
        running = stack.enter_context(
            running_gateway(
                behind(application, settings.proxies, settings.certificate_header, accounts.books.stray),
                settings.limits,
                listening,
                tls=certificate.context if certificate else None,
                is_proxy=proxies(settings.proxies),
                after=forwarder.close,
            )
        )
        yield Gateway(office, accounts, running, (certificate, renewer))


@contextmanager
def _shown(settings: GatewaySettings, data: Path, tell: Tell) -> Iterator[Shown]:
    """Give what the gateway shows to who connects, and who renews it."""
    if settings.acme is not None:
        # 11 MB of library that a certificate from files does not need.
        from regiowacht_collector.gateway.acme.awaited import Awaited  # noqa: PLC0415
        from regiowacht_collector.gateway.acme.keeping import keeping_in  # noqa: PLC0415
        from regiowacht_collector.gateway.acme.renewing import renewing  # noqa: PLC0415

        keeping = keeping_in(data)
        with renewing(settings.acme, keeping, tell) as renewer:
            yield Awaited(keeping.path), renewer
    elif settings.certificate is not None and settings.key is not None:
        yield Certificate(settings.certificate, settings.key), None
    else:
        yield None, None


def write_limits(window_days: int) -> WriteLimits:
    """Return the limits of a write for engines that take samples so many days old.

    An engine counts from the newest sample that it has, which may be as far ahead as we let one be.
    """
    limits = WriteLimits()
    return WriteLimits(window_ms=window_days * DAY_MS - limits.future_ms - MINUTE_MS)


def _check(limits: WriteLimits, body: bytes, writer: Writer, /) -> Checked:
    return check(body, writer, limits, round(time.time() * 1000))
