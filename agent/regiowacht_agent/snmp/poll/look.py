"""Finds out which tables a device has: one GETNEXT for many of them."""

from __future__ import annotations

from regiowacht_agent.snmp import pdu
from regiowacht_agent.snmp.ber import Malformed
from regiowacht_agent.snmp.dialogue import GetNext
from regiowacht_agent.snmp.failure import SnmpFailed
from regiowacht_agent.snmp.oid import oid_text
from regiowacht_agent.snmp.scalars import status_trouble
from regiowacht_agent.snmp.session import Trouble

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from regiowacht_agent.snmp.dialogue import Answer, Dialogue
    from regiowacht_agent.snmp.habits import Habits
    from regiowacht_agent.snmp.oid import Oid
    from regiowacht_agent.snmp.value import Value


def look(anchors: Sequence[Oid], habits: Habits) -> Dialogue[tuple[frozenset[Oid], tuple[Trouble, ...]]]:
    """Return those of these columns and objects that the device has anything below of, and what could not be asked.

    Raises:
        SnmpFailed: nothing whatever was answered.
    """
    found, troubles = yield from look_at(anchors, habits)
    return frozenset(found), troubles


def look_at(anchors: Sequence[Oid], habits: Habits) -> Dialogue[tuple[dict[Oid, Value], tuple[Trouble, ...]]]:
    """Return the first value below each of these columns and objects, and what could not be asked.

    Raises:
        SnmpFailed: nothing whatever was answered.
    """
    looking = _Looking(anchors, habits)
    while looking.open:
        parts = looking.parts()
        answers = yield tuple(GetNext(part) for part in parts)
        for part, answer in zip(parts, answers, strict=True):
            looking.take(part, answer)
        if looking.failed is not None and not looking.has_answers:
            raise looking.failed
    return looking.found, tuple(looking.troubles)


class _Looking:
    """Names that are asked for until what follows each is known."""

    def __init__(self, anchors: Sequence[Oid], habits: Habits) -> None:
        self._habits = habits
        self.open: list[tuple[Oid, ...]] = [tuple(anchors)] if anchors else []
        self.found: dict[Oid, Value] = {}
        self.troubles: list[Trouble] = []
        self.has_answers = False
        self.failed: SnmpFailed | None = None

    def parts(self) -> list[tuple[Oid, ...]]:
        """Return what to ask now."""
        size = self._habits.objects
        parts = [part[at : at + size] for part in self.open for at in range(0, len(part), size)]
        self.open = []
        return parts

    def take(self, part: tuple[Oid, ...], answer: Answer) -> None:
        """Take the answer to one part in."""
        if isinstance(answer, SnmpFailed):
            self.failed = answer
            self._split(part, Trouble(answer.reason, answer.detail, part[0]))
            return
        self.has_answers = True
        try:
            found = pdu.read(answer)
        except Malformed as error:
            self._split(part, Trouble("format", f"{oid_text(part[0])}: {error}", part[0]))
            return
        if found.status == pdu.NO_ERROR and found.bindings:
            self._take_names(part, found)
        elif found.status == pdu.NO_SUCH_NAME and 0 < found.culprit <= len(part):
            self._without(part, found.culprit - 1)  # SNMP 1: nothing follows this one
        else:
            self._split(part, status_trouble(found, part[0], is_cell=False))

    def _take_names(self, part: tuple[Oid, ...], found: pdu.Response) -> None:
        for anchor, (name, value) in zip(part, found.bindings, strict=False):
            if name[: len(anchor)] == anchor and not value.is_absent:
                self.found[anchor] = value
        left = part[len(found.bindings) :]
        if left:
            self._habits.objects = max(1, min(self._habits.objects, len(found.bindings)))
            self.open.append(left)

    def _without(self, part: tuple[Oid, ...], at: int) -> None:
        left = part[:at] + part[at + 1 :]
        if left:
            self.open.append(left)

    def _split(self, part: tuple[Oid, ...], trouble: Trouble) -> None:
        if len(part) == 1:
            self.troubles.append(trouble)
            return
        middle = len(part) // 2
        self._habits.objects = max(1, min(self._habits.objects, (len(part) + 1) // 2))
        self.open += [part[:middle], part[middle:]]
