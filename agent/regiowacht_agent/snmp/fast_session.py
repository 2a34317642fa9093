"""The fast engine's session with one device: SNMP 1, 2c and 3, whole columns and single objects."""

from __future__ import annotations

from regiowacht_agent.snmp import walk
from regiowacht_agent.snmp.community import Communities
from regiowacht_agent.snmp.credential import Community
from regiowacht_agent.snmp.habits import Habits
from regiowacht_agent.snmp.loop import Loop
from regiowacht_agent.snmp.scalars import get
from regiowacht_agent.snmp.session import ROWS_MAX, Effort

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from regiowacht_agent.snmp.message import Security
    from regiowacht_agent.snmp.oid import Oid
    from regiowacht_agent.snmp.session import Columns, Scalars, Session, Target


def habits_for(target: Target) -> Habits:
    """Return what is taken for granted of a device that was never asked."""
    credential = target.credential
    is_v1 = isinstance(credential, Community) and credential.version == "1"
    return Habits(target.size_max_bytes, is_v1=is_v1)


class FastSession:
    """Asks one device, one thing after the other; not to be shared between threads.

    Args:
        target: the device.
        security: wraps its questions; None for those of SNMP 1 and 2c.
        loop: what sends; one of its own, closed with it, when None.
        habits: what the device was found to bear before.

    Attributes:
        engine: ``fast``.
        effort: what it cost so far.
        habits: what the device bears, as far as it is known now.
    """

    def __init__(
        self,
        target: Target,
        security: Security | None = None,
        loop: Loop | None = None,
        habits: Habits | None = None,
    ) -> None:
        if security is None:
            if not isinstance(target.credential, Community):
                raise TypeError("a user needs the security that speaks for it")
            security = Communities(target.credential)
        self.engine = "fast"
        self.effort = Effort()
        self.habits = habits or habits_for(target)
        self._target, self._security = target, security
        self._own = Loop() if loop is None else None
        self._loop = loop or self._own or Loop()

    def get(self, oids: Sequence[Oid]) -> Scalars:
        """Return single objects.

        Raises:
            SnmpFailed: the device as a whole does not answer, or not us.
        """
        found: Scalars = self._loop.run(get(oids, self.habits), self._target, self._security, self.effort)
        return found

    def columns(self, columns: Sequence[Oid], rows_max: int = ROWS_MAX) -> Columns:
        """Return whole columns, of any tables.

        Raises:
            SnmpFailed: the device as a whole does not answer, or not us.
        """
        dialogue = walk.columns(columns, self.habits, rows_max)
        found: Columns = self._loop.run(dialogue, self._target, self._security, self.effort)
        return found

    def close(self) -> None:
        """Let go of sockets."""
        if self._own is not None:
            self._own.close()


if TYPE_CHECKING:
    _session: type[Session] = FastSession
