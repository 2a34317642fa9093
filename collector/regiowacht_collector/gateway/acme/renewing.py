"""Sees to it, in a thread, that there is always a certificate with a third of its life left or more."""

from __future__ import annotations

import logging
import ssl
import threading
import time
from collections import Counter
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from regiowacht_collector.gateway.acme.failed import Failed
from regiowacht_collector.gateway.acme.ordering import order
from regiowacht_contract.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from regiowacht_collector.gateway.acme.keeping import Keeping
    from regiowacht_collector.gateway.acme.settings import AcmeSettings
    from regiowacht_collector.tell import Tell

LOOK_EVERY_S = 600.0
LONGEST_PAUSE_S = 6 * 3600.0

log = logging.getLogger(__name__)


class Renewer:
    """Orders a certificate when it is time to.

    Args:
        settings: of whom, and for which names.
        keeping: where it is kept.
        tell: is told of each order.
        now: seconds since 1970.

    Attributes:
        results: orders by what became of them: issued, or the reason why not.
        failures: orders that failed since the last that did not.
        last_failure: when an order last failed, seconds since 1970, and the reason; None for never since the start.
    """

    def __init__(
        self, settings: AcmeSettings, keeping: Keeping, tell: Tell, now: Callable[[], float] = time.time
    ) -> None:
        self.results: Counter[str] = Counter({"issued": 0})
        self.failures = 0
        self.last_failure: tuple[float, str] | None = None
        self._settings, self._keeping, self._tell, self._now = settings, keeping, tell, now
        self._stop = threading.Event()

    def due_in_s(self) -> float:
        """Return in how many seconds another certificate is needed.

        That is at once where there is none, one of other names, one of another authority, or one near its end.
        """
        kept = self._keeping.kept()
        wanted = (self._settings.directory, frozenset(self._settings.domains))
        if kept is None or (kept.issued_by, kept.domains) != wanted:
            return 0.0
        return max(0.0, kept.renew_s - self._now())

    def run(self) -> None:
        """Look until ``stop``, order where it is due, and wait longer after each failure.

        A limit: an authority that wants another certificate sooner (RFC 9773) is not asked.
        """
        pause_s = 0.0
        while not self._stop.wait(pause_s):
            due_s = self.due_in_s()
            # It looks in between as well, since a clock may be set.
            pause_s = min(due_s, LOOK_EVERY_S) if due_s else self.attempt()

    def stop(self) -> None:
        """End ``run`` as soon as it waits."""
        self._stop.set()

    def attempt(self) -> float:
        """Order, tell what became of it, and return how long to wait in seconds."""
        try:
            order(self._settings, self._keeping)
            self._check_life()
        except Failed as error:
            return self._failed(error)
        except Exception as error:  # noqa: BLE001 - the thread's supervisor: without it nothing renews any more
            reason = f"{type(error).__name__}: {error}"
            return self._failed(Failed("unclear", "acme.unclear", directory=self._settings.directory, reason=reason))
        self.failures = 0
        self.results["issued"] += 1
        log.info("gateway=acme-issued domains=%s", ",".join(self._settings.domains))
        self._tell("acme.issued", domains=", ".join(self._settings.domains))
        return 0.0

    def _check_life(self) -> None:
        """Refuse to go on at once where the new certificate is due already: it would ask for another without end."""
        kept = self._keeping.kept()
        if kept is not None and self._now() >= kept.renew_s:
            ends = datetime.fromtimestamp(kept.ends_s, UTC)
            raise Failed(
                "clock", "acme.due-already", directory=self._settings.directory, until=f"{ends:%Y-%m-%d %H:%M}"
            )

    def _failed(self, error: Failed) -> float:
        pause_s = min(self._settings.first_pause_s * 2.0**self.failures, LONGEST_PAUSE_S)
        pause_s = max(pause_s, error.retry_s)
        self.failures = min(self.failures + 1, 60)
        self.results[error.result] += 1
        self.last_failure = (self._now(), error.result)
        log.info("gateway=acme-failed result=%s pause_s=%d reason=%s", error.result, pause_s, error)
        self._tell("acme.failed", reason=error, minutes=max(1, round(pause_s / 60)))
        return pause_s


@contextmanager
def renewing(settings: AcmeSettings, keeping: Keeping, tell: Tell) -> Iterator[Renewer]:
    """See to the certificate for as long as the block lasts.

    Raises:
        Unavailable: the file with who vouches for the authority's server cannot be used.
    """
    if settings.authority is not None:
        _check_authority(settings.authority)
    renewer = Renewer(settings, keeping, tell)
    if keeping.kept() is None:
        tell("acme.waiting", directory=settings.directory, domains=", ".join(settings.domains), http=settings.http)
    thread = threading.Thread(target=renewer.run, name="acme", daemon=True)
    thread.start()
    try:
        yield renewer
    finally:
        renewer.stop()
        thread.join(5.0)


def _check_authority(path: Path) -> None:
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
    except ssl.SSLError:
        raise Unavailable("acme.empty-ca", path=path) from None
    except OSError as error:
        raise Unavailable("acme.bad-ca", path=path, reason=error.strerror) from None
