"""What one poll of a device came to: its series, and what is missing or wrong of them."""

from __future__ import annotations

from regiowacht_agent.snmp.session import Trouble
from regiowacht_contract.light import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from regiowacht_agent.snmp.failure import Reason
    from regiowacht_agent.snmp.meaning.convert import Refused
    from regiowacht_agent.snmp.poll.sheet import Sheet

DETAILS_MAX = 50
"""Troubles that are told each by itself."""


class Took(NamedTuple):
    """What a poll came to.

    Attributes:
        sheet: the device's series, with the values of this poll; None: there are none.
        troubles: what is missing or wrong, each with its reason.
        relearnt: why the device was learnt in this poll, or "".
        slow_age_s: seconds since the oldest of what is read at the slow pace.
        objects: how many objects the device returned.
        refused: counts values that cannot be believed, also those found while the sheet is written.
    """

    sheet: Sheet | None
    troubles: tuple[Trouble, ...]
    relearnt: str
    slow_age_s: float
    objects: int = 0
    refused: Refused | None = None

    @property
    def missing(self) -> int:
        """Rows that are known to be missing."""
        return sum(trouble.rows for trouble in self.troubles)


def refused(values: Refused) -> tuple[Trouble, ...]:
    """Return the trouble with values that could not be believed since the last time."""
    count, values.count = values.count, 0
    return (Trouble("value", f"{count} values that cannot be", rows=count),) if count else ()


def bounded(troubles: Sequence[Trouble]) -> Iterator[Trouble]:
    """Yield the troubles; where they are too many, the last ones by their reason alone, their rows counted."""
    yield from troubles[:DETAILS_MAX]
    rows: dict[Reason, int] = {}
    for trouble in troubles[DETAILS_MAX:]:
        rows[trouble.reason] = rows.get(trouble.reason, 0) + trouble.rows
    for reason, missing in rows.items():
        yield Trouble(reason, "further objects", rows=missing)
