"""Everything about joining that a gateway needs, over one database."""

from __future__ import annotations

import logging
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from regiowacht_collector.gateway.joining.attempts import Attempts
from regiowacht_collector.gateway.joining.copies import Copies
from regiowacht_collector.gateway.joining.exchange import join, renew
from regiowacht_collector.gateway.joining.identity import Identity
from regiowacht_collector.gateway.joining.refused import Refused
from regiowacht_collector.gateway.joining.roll import Roll
from regiowacht_collector.gateway.joining.store import LATE_S, Store, StoreFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from regiowacht_collector.gateway.joining.exchange import Asked, Joined
    from regiowacht_collector.gateway.joining.store import Holder
    from regiowacht_collector.gateway.writer import Writer

OK = "ok"
GUESSES = frozenset({"code-unknown", "code-malformed"})

log = logging.getLogger(__name__)


class Told(NamedTuple):
    """The configuration of one server: its entity tag, and its bytes."""

    etag: str
    content: bytes


class Office:
    """Lets machines join, knows them again, and hands each its own configuration; may be used from several threads.

    Args:
        data: the collector's data folder.
        clock: seconds since 1970.
        now: monotonic seconds.

    Attributes:
        answers: how often each request (``join``, ``renew``, ``leave``, ``bundle``, ``write``) was answered with each
            reason, ``ok`` among them.

    Raises:
        Unavailable: the database cannot be opened.
    """

    def __init__(
        self, data: Path, clock: Callable[[], float] = time.time, now: Callable[[], float] = time.monotonic
    ) -> None:
        self.store = Store(data, clock)
        self.answers: Counter[tuple[str, str]] = Counter()
        self._roll = Roll()
        self._identity = Identity(self.store, lambda: self._roll, now)
        self.copies = Copies(self.store, now)
        self._attempts = Attempts(now)

    def publish(self, roll: Roll) -> None:
        """Go by this region from now on."""
        self._roll = roll

    def close(self) -> None:
        """Close the database."""
        self.store.close()

    def identify(self, token: str, machine: str = "", boot: str = "") -> Writer:
        """Return who writes, a copy of a machine with its number.

        Args:
            token: what came as ``Authorization: Bearer``.
            machine: ``X-Regiowacht-Machine``, "" where there is none.
            boot: ``X-Regiowacht-Boot``, "" where there is none.

        Raises:
            Refused: nobody, nobody any more, or somebody who is not in the region now.
        """
        with _as_refusal():
            writer = self._identity.identify(token)
        found = self.copies.seen(writer.credential, machine, boot)
        if found.is_new:
            log.warning(
                "gateway=copy-found gemeente=%s server=%s kept_apart_as=%s~%d machine=%s",
                *(writer.gemeente, writer.server, writer.server, max(found.number, 2), machine[:12]),
            )
        return writer if found.number == 1 else replace(writer, copy=found.number)

    def of_certificate(self, fingerprint: str) -> Writer:
        """Return who writes with a client certificate.

        Args:
            fingerprint: its SHA-256, in small hexadecimal digits, as a proxy in front tells it.

        Raises:
            Refused: nobody's, nobody's any more, or somebody's whose gemeente is not in the region now.
        """
        with _as_refusal():
            return self._identity.of_certificate(fingerprint)

    def join(self, asked: Asked, address: str) -> Joined:
        """Exchange a code for a credential.

        Raises:
            Refused: with the reason; nothing has changed then.
        """
        self._attempts.check(address)
        try:
            with _as_refusal():
                joined = join(self.store, self._roll, asked)
        except Refused as refused:
            if refused.reason in GUESSES:
                self._attempts.failed(address)
            log.warning("gateway=join-refused reason=%s address=%s", refused.reason, address)
            raise
        self._identity.forget()
        log.info(
            "gateway=joined gemeente=%s server=%s credential=%s", joined.gemeente, joined.server, joined.credential
        )
        return joined

    def renew(self, old: str, new: str) -> Joined:
        """Give a token its successor.

        Raises:
            Refused: it may not be renewed any more, or its server is not in the region now.
        """
        with _as_refusal():
            holder = self._identity.holder(old)
            self._identity.writer(holder)
            joined = renew(self.store, holder, old, new)
        self._identity.forget()
        return joined

    def leave(self, token: str) -> Holder:
        """End the credential that a token belongs to: its server leaves; whether it is in the region does not matter.

        Raises:
            Refused: the token does not hold, which one of a server that has left already says too.
        """
        with _as_refusal():
            holder = self._identity.holder(token)
            holder.check(self.store.clock(), late_s=LATE_S)
            self.store.revoke_id(holder.credential)
        self._identity.forget()
        log.info("gateway=left gemeente=%s server=%s credential=%s", holder.gemeente, holder.server, holder.credential)
        return holder

    def bundle(self, token: str) -> Told:
        """Return the configuration of the server that a token belongs to.

        Raises:
            Refused: the token does not hold, or its holder is no server with an agent.
        """
        with _as_refusal():
            writer, roll = self._identity.identify(token), self._roll
        content = roll.bundles.get((writer.gemeente, writer.server)) if writer.kind == "agent" else None
        if content is None:
            raise Refused("no-bundle", server=writer.server)
        return Told(roll.etag(writer.gemeente, writer.server), content)


@contextmanager
def _as_refusal() -> Iterator[None]:
    """Tell a client that comes while the database fails to come again; where it lies is the log's."""
    try:
        yield
    except StoreFailed as error:
        log.error("gateway=store-failed path=%s reason=%s", error.values["path"], error.values["reason"])  # noqa: TRY400
        raise Refused("store-failed") from None
