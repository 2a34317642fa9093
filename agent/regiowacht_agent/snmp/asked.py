"""One device of the configuration while the agent runs: how it is asked, by which engine, and what it last told."""

from __future__ import annotations

import zlib

from regiowacht_agent.polls.asset import Polled
from regiowacht_agent.polls.outcome import Failed
from regiowacht_agent.polls.secret import read_secret
from regiowacht_agent.snmp.community import Communities
from regiowacht_agent.snmp.credential import Community, User
from regiowacht_agent.snmp.failure import SnmpFailed
from regiowacht_agent.snmp.fast_session import habits_for
from regiowacht_agent.snmp.meaning.lay_out import Options
from regiowacht_agent.snmp.poll.device import Device as Polling
from regiowacht_agent.snmp.poll.device import Wanted
from regiowacht_agent.snmp.session import Target
from regiowacht_contract.light import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from regiowacht_agent.snmp.by_session import Found
    from regiowacht_agent.snmp.credential import Credential
    from regiowacht_agent.snmp.meaning.book import Book
    from regiowacht_agent.snmp.message import Security
    from regiowacht_agent.snmp.poll.took import Took
    from regiowacht_agent.snmp.session import Effort, Trouble
    from regiowacht_agent.snmp.settings import Device, Snmp
    from regiowacht_agent.snmp.usm.store import Store
    from regiowacht_contract.metric import Metric

FAST, PYSNMP = "fast", "pysnmp"
BATCHES = 12
"""Devices are asked in so many batches an interval: awake for one, a processor asks the next at half the cost."""

BATCH_MIN_S = 1.0

FIRST_WITHIN_S = 60.0
"""A device is asked for the first time within so many seconds, however seldom it is asked after that."""

PENDING, PASSED, DIFFERS, IMPOSSIBLE, BY_HAND = "pending", "passed", "differs", "impossible", "none"
"""What the comparison of the engines came to, as ``snmp_poll_engine_info`` says it: it is yet to be made; it was equal;
it was not, so that pysnmp asks; it cannot be made, or not soon; the engine was chosen by hand."""


class Latest(NamedTuple):
    """What the latest poll of a device came to.

    Attributes:
        took: what it told, or None.
        failed: why not, or None.
        effort: messages that it took.
        at: when it ended, in seconds since 1970.
        ended: the same on the monotonic clock.
        duration_s: how long it took.
        engine: which asked.
    """

    took: Took | None
    failed: SnmpFailed | None
    effort: Effort
    at: float
    ended: float
    duration_s: float
    engine: str


class Asked:
    """One device.

    Args:
        settings: its ``[[device]]``.
        snmp: what holds for all devices.
        gemeente: slug of the gemeente.
        book: tables that devices have.
        metrics: the catalogue's, by name.
        clock: monotonic seconds.

    Attributes:
        settings: see there.
        asset: whose labels its series carry.
        interval_s: seconds between two polls.
        engine: which asks it now.
        is_proven: whether the fast engine may tell what it read: it reads as pysnmp does, or was chosen by hand.
        check: what the comparison of the engines came to, in a word.
        differs: what the fast engine read otherwise than pysnmp in the latest comparison.
        due: when it is to be asked next, in monotonic seconds.
        polling: what the fast engine knows of it.
        latest: what the latest poll came to, or None.
        said: reasons that the log has of its failing, since it was last well.
        strange: polls in a row that were not as they should be.
        unread: polls in a row in which the fast engine could not read what it answered.
        checks: checks in a row that it did not pass.
        unable: checks in a row that pysnmp could not make.
        check_after: no check before that, in monotonic seconds.
        unproven: since when the fast engine reads it without a proof, in monotonic seconds; None: it does not yet.
        present: what it has, as pysnmp found.
        found: when, in monotonic seconds.
    """

    def __init__(
        self,
        settings: Device,
        snmp: Snmp,
        gemeente: str,
        book: Book,
        metrics: Mapping[str, Metric],
        clock: Callable[[], float],
    ) -> None:
        self.settings = settings
        self.key = (settings, snmp, gemeente)
        self.asset = Polled(gemeente, settings.site, settings.instance, "snmp", settings.laag)
        self.interval_s = settings.interval_s or snmp.interval_s
        self.timeout_s = settings.timeout_s or snmp.timeout_s
        self.engine = PYSNMP if settings.engine == PYSNMP else FAST
        self.is_proven = settings.engine != "auto"
        self.check = BY_HAND if self.is_proven else PENDING
        self.differs: tuple[Trouble, ...] = ()
        self.latest: Latest | None = None
        self.said: set[str] = set()
        self.strange = self.unread = self.checks = self.unable = 0
        self.check_after = 0.0
        self.unproven: float | None = None
        self.present: Found | None = None
        self.found = 0.0
        self.due = clock() + self._first_s
        self._retries = snmp.retries
        self._held: tuple[Credential, Target, Security] | None = None
        slow_polls = max(1, round(snmp.slow_interval_s / self.interval_s))
        self.wanted = Wanted(
            Options(frozenset(snmp.groups), idle=snmp.ports == "all"), snmp.rows_max, snmp.series_max, slow_polls
        )
        self._known = (book, metrics, clock)
        self.polling: Polling | None = None

    @property
    def place(self) -> tuple[str, int]:
        """Host and port: what a device is remembered by."""
        return self.settings.address, self.settings.port

    @property
    def _first_s(self) -> float:
        """Seconds until it is asked for the first time: the same after every start, and in a batch with others."""
        name = f"{self.asset.gemeente}/{self.asset.instance}"
        within_s = min(self.interval_s, FIRST_WITHIN_S)
        batch_s = max(BATCH_MIN_S, within_s / BATCHES)
        return within_s * (zlib.crc32(name.encode()) / 2**32) // batch_s * batch_s

    def way(self, store: Store) -> tuple[Target, Security]:
        """Return where and how it is asked; what its references hold is read again where the device did not answer.

        Raises:
            SnmpFailed: a reference cannot be read, or a protocol is not there.
        """
        is_well = self.latest is not None and self.latest.failed is None
        if self._held and is_well:
            return self._held[1], self._held[2]
        credential = credential_of(self.settings)
        if self._held and self._held[0] == credential:
            return self._held[1], self._held[2]
        told = self.settings
        target = Target(told.address, credential, told.port, self.timeout_s, self._retries, told.window)
        self._held = credential, target, security_of(target, store)
        if self.polling is None:
            book, metrics, clock = self._known
            self.polling = Polling(self.asset, book, metrics, self.wanted, habits_for(target), clock)
        return target, self._held[2]


def credential_of(settings: Device) -> Credential:
    """Return the credential, its secrets read from where they are.

    Raises:
        SnmpFailed: one cannot be read.
    """
    try:
        if settings.version != "3":
            return Community("1" if settings.version == "1" else "2c", _secret(settings.community))
        return User(
            settings.user,
            settings.auth,  # type: ignore[arg-type] # one of its choices
            _secret(settings.auth_secret),
            settings.priv,  # type: ignore[arg-type] # likewise
            _secret(settings.priv_secret),
            settings.context,
        )
    except Failed as failed:
        raise SnmpFailed("secret", failed.detail) from None


def security_of(target: Target, store: Store) -> Security:
    """Return what wraps the questions to a device.

    Raises:
        SnmpFailed: a protocol is not there.
    """
    if isinstance(target.credential, Community):
        return Communities(target.credential)
    from regiowacht_agent.snmp.usm.security import Usm  # noqa: PLC0415 - ciphers, where SNMP 3 is spoken

    return Usm(target.credential, store.at(target.host, target.port))


def _secret(reference: str) -> bytes:
    return read_secret(reference).encode() if reference else b""
