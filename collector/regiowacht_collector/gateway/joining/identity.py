"""Tells who writes, by token or client certificate alone, and notices within a second when somebody was revoked."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from regiowacht_collector.gateway.joining.refused import Refused
from regiowacht_collector.gateway.joining.store import secret_of
from regiowacht_collector.gateway.writer import Writer
from regiowacht_contract.join_code import is_token

if TYPE_CHECKING:
    from collections.abc import Callable

    from regiowacht_collector.gateway.joining.roll import Roll
    from regiowacht_collector.gateway.joining.store import Holder, Store

LOOK_EVERY_S = 1.0
KNOWN_MAX = 20_000
"""Tokens that are remembered: those of a country's servers."""


class Identity:
    """Knows holders of tokens; what it remembers is forgotten when the database changes.

    Args:
        store: where tokens are kept.
        roll: returns who is in the region now.
        now: monotonic seconds.
    """

    def __init__(self, store: Store, roll: Callable[[], Roll], now: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._roll = roll
        self._now = now
        self._known: dict[str, Holder] = {}
        self._version = (-1, -1)
        self._looked = float("-inf")

    def identify(self, token: str) -> Writer:
        """Return who a token belongs to.

        Raises:
            Refused: nobody, nobody any more, or somebody who is not in the region now.
        """
        holder = self.holder(token)
        holder.check(self._store.clock())
        return self.writer(holder)

    def of_certificate(self, fingerprint: str) -> Writer:
        """Return whose client certificate that is.

        Args:
            fingerprint: its SHA-256, in small hexadecimal digits.

        Raises:
            Refused: as ``identify``.
        """
        holder = self._held(secret_of(fingerprint))
        holder.check(self._store.clock())
        return self.writer(holder)

    def writer(self, holder: Holder) -> Writer:
        """Return who a holder is in the region as it is now.

        Raises:
            Refused: no region was read yet, or the holder is not in it.
        """
        roll = self._roll()
        if not roll.tenants:
            raise Refused("not-ready")
        is_there = holder.kind == "other" or (holder.gemeente, holder.server) in roll.bundles
        if holder.gemeente not in roll.tenants or not is_there:
            raise Refused("not-in-region", gemeente=holder.gemeente, server=holder.server)
        return Writer(holder.credential, holder.gemeente, roll.tenants[holder.gemeente], holder.server, holder.kind)

    def holder(self, token: str) -> Holder:
        """Return who was given a token, whether it still holds or not.

        Raises:
            Refused: nobody was.
        """
        if not is_token(token):
            raise Refused("unknown")
        return self._held(token)

    def _held(self, secret: str) -> Holder:
        """Return the holder of a token, or of what stands for a certificate."""
        self._forget_changed()
        holder = self._known.get(secret)
        if holder is None:
            holder = self._store.holder(secret)
            if holder.used is None:
                self._store.note_use(secret)
            if holder.used is None or len(self._known) >= KNOWN_MAX:
                self._known.clear()  # the token that it renewed has an end now
            self._known[secret] = holder
        return holder

    def forget(self) -> None:
        """Look everybody up again: this process changed the database itself."""
        self._known.clear()

    def _forget_changed(self) -> None:
        now = self._now()
        if now < self._looked + LOOK_EVERY_S:
            return
        self._looked = now
        version = self._store.version()
        if version != self._version:
            self._version = version
            self._known.clear()
