"""Asks for single objects, however little a device bears at once (RFC 3416, 4.2.1; RFC 1157, 4.1.2)."""

from __future__ import annotations

from regiowacht_agent.snmp import pdu
from regiowacht_agent.snmp.ber import Malformed
from regiowacht_agent.snmp.dialogue import Get, decoded
from regiowacht_agent.snmp.failure import SnmpFailed
from regiowacht_agent.snmp.oid import oid_text
from regiowacht_agent.snmp.session import Scalars, Trouble

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from regiowacht_agent.snmp.dialogue import OpenAnswer, OpenDialogue
    from regiowacht_agent.snmp.failure import Reason
    from regiowacht_agent.snmp.habits import Habits
    from regiowacht_agent.snmp.oid import Oid
    from regiowacht_agent.snmp.value import Value

ATTEMPTS_MAX = 2


def get(oids: Sequence[Oid], habits: Habits) -> OpenDialogue[Scalars]:
    """Return single objects.

    Raises:
        SnmpFailed: nothing whatever was answered.
    """
    asking = _Asking(oids, habits)
    while asking.open:
        parts = asking.parts()
        answers = yield tuple(Get(part) for part in parts)
        if not asking.has_answers and all(isinstance(answer, SnmpFailed) for answer in answers):
            raise _first(answers)
        for part, answer in zip(parts, answers, strict=True):
            asking.take(part, answer)
    return Scalars(asking.values, tuple(asking.troubles))


def _first(answers: tuple[OpenAnswer, ...]) -> SnmpFailed:
    return next(answer for answer in answers if isinstance(answer, SnmpFailed))


def status_trouble(found: pdu.Response, oid: Oid, *, is_cell: bool = True) -> Trouble:
    """Return what an error-status means for an object."""
    names = pdu.STATUS_NAMES
    name = names[found.status] if 0 < found.status < len(names) else f"error-status {found.status}"
    reason: Reason = "status"
    if found.status in {pdu.NO_ACCESS, pdu.AUTHORIZATION_ERROR}:
        reason = "access"
    elif found.status == pdu.TOO_BIG:
        reason = "toobig"
    return Trouble(reason, f"{oid_text(oid)}: the device answers {name}", oid, int(is_cell))


class _Asking:
    """Objects that are asked for, until each has a value, is known to be absent, or is in trouble.

    Attributes:
        open: objects to be asked, in parts: those of one part together.
        values: what came.
        troubles: what did not.
        has_answers: whether the device answered at all.
    """

    def __init__(self, oids: Sequence[Oid], habits: Habits) -> None:
        self._habits = habits
        self._attempts: dict[tuple[Oid, ...], int] = {}
        self.open: list[tuple[Oid, ...]] = [tuple(dict.fromkeys(oids))] if oids else []
        self.values: dict[Oid, Value] = {}
        self.troubles: list[Trouble] = []
        self.has_answers = False

    def parts(self) -> list[tuple[Oid, ...]]:
        """Return what to ask now."""
        size = self._habits.objects
        parts = [part[at : at + size] for part in self.open for at in range(0, len(part), size)]
        self.open = []
        return parts

    def take(self, part: tuple[Oid, ...], answer: OpenAnswer) -> None:
        """Take the answer to one part in."""
        if isinstance(answer, SnmpFailed):
            self._again(part, Trouble(answer.reason, answer.detail, part[0], 1))
            return
        self.has_answers = True
        try:
            found, _size = decoded(answer)
        except Malformed as error:
            self._again(part, Trouble("format", f"{oid_text(part[0])}: {error}", part[0], 1))
            return
        if found.status == pdu.NO_ERROR:
            self._take_values(part, found)
        elif found.status == pdu.TOO_BIG:
            if len(part) > 1:
                self._habits.objects = min(self._habits.objects, (len(part) + 1) // 2)
            self._split(part, status_trouble(found, part[0]))
        elif 0 < found.culprit <= len(part):
            self._take_culprit(part, found)
        elif found.status != pdu.NO_SUCH_NAME or len(part) > 1:
            self._split(part, status_trouble(found, part[0]))

    def _take_values(self, part: tuple[Oid, ...], found: pdu.Response) -> None:
        came = dict(found.bindings)
        self.values |= {oid: came[oid] for oid in part if oid in came and not came[oid].is_absent}
        left = tuple(oid for oid in part if oid not in came)
        if left and len(left) == len(part):
            what = "answers about other objects than asked" if found.bindings else "answers without objects"
            self._split(part, Trouble("format" if found.bindings else "truncated", what, part[0], 1))
        elif left:
            self._habits.objects = max(1, min(self._habits.objects, len(part) - len(left)))
            self.open.append(left)

    def _take_culprit(self, part: tuple[Oid, ...], found: pdu.Response) -> None:
        culprit = part[found.culprit - 1]
        if found.status != pdu.NO_SUCH_NAME:  # which says of SNMP 1 that there is none
            self.troubles.append(status_trouble(found, culprit))
        left = tuple(oid for oid in part if oid != culprit)
        if left:
            self.open.append(left)

    def _again(self, part: tuple[Oid, ...], trouble: Trouble) -> None:
        """Ask in smaller parts after no answer, a single one once more."""
        self._attempts[part] = self._attempts.get(part, 0) + 1
        if len(part) == 1 and self._attempts[part] < ATTEMPTS_MAX:
            self.open.append(part)
        else:
            self._split(part, trouble)

    def _split(self, part: tuple[Oid, ...], trouble: Trouble) -> None:
        if len(part) == 1:
            self.troubles.append(trouble)
            return
        middle = len(part) // 2
        self.open += [part[:middle], part[middle:]]
