"""One column that is walked, row after row, and what its answers say of the agent."""

from __future__ import annotations

from regiowacht_agent.snmp import pdu
from regiowacht_agent.snmp.oid import oid_text
from regiowacht_agent.snmp.scalars import ATTEMPTS_MAX, status_trouble
from regiowacht_agent.snmp.session import Trouble
from regiowacht_agent.snmp.value import END

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from regiowacht_agent.snmp.failure import Reason, SnmpFailed
    from regiowacht_agent.snmp.habits import Habits
    from regiowacht_agent.snmp.oid import Oid
    from regiowacht_agent.snmp.value import Value


class Walk:
    """A column under way.

    An answer counts only as far as it is in order. One that is not, or that fails, is asked for again with half the
    rows, down to one, which GETNEXT asks for: that one has to follow what was asked, or the walk stops with a reason.

    Args:
        column: its name.
        habits: what the device bears.
        rows_max: rows after which it stops.

    Attributes:
        rows: what came, by index.
        walked: indexes that came while walking, without what was asked for alone later.
        last: the name after which to go on.
        ceiling: rows that may be asked for at once, however much the device seems to bear.
        most: rows that were asked for at once at most.
        now: rows that may be asked for at once just now.
        is_alone: whether it is to be asked without other columns.
        is_messy: whether answers came in no order, with as many rows as it was asked for first.
        is_open: whether there is more to ask.
        trouble: why it stopped before its end, or None.
        is_sure: whether each row was asked for alone, so that none can have been left out.
        beyond: the first name behind the column that the device told, or None.
    """

    __slots__ = (
        "_attempts", "_habits", "_rows_max", "_size_before", "_tried_bulk", "beyond", "ceiling", "column", "is_alone",
        "is_messy", "is_open", "is_sure", "last", "most", "now", "rows", "trouble", "walked",
    )  # fmt: skip

    def __init__(self, column: Oid, habits: Habits, rows_max: int, ceiling: int = 0) -> None:
        self.column, self._habits, self._rows_max = column, habits, rows_max
        self.rows: dict[Oid, Value] = {}
        self.walked: set[Oid] = set()
        self.last = column
        self.ceiling = self.now = ceiling or habits.repetitions
        self.is_open = self.is_sure = True
        self.is_alone = self.is_messy = False
        self.trouble: Trouble | None = None
        self.beyond: Oid | None = None
        self.most = 1
        self._attempts = 0
        self._tried_bulk = False
        self._size_before = 0

    @property
    def index(self) -> Oid:
        """The index of the last row, () before the first."""
        return self.last[len(self.column) :]

    def repetitions(self, left: int = 0) -> int:
        """Return how many rows to ask for now; 1 is for GETNEXT.

        Args:
            left: rows that other columns of the table have after this one's last, 0: not known.
        """
        if self._habits.has_bulk is False:
            return 1
        asked = min(self.now, self._habits.rows_for(self.column))
        if left and asked > 1:
            asked = max(2, min(asked, left + 1))
        self.most = max(self.most, asked)
        return asked

    def take_bulk(self, found: pdu.Response, asked: int, size: int) -> None:
        """Take an answer to GETBULK in.

        Args:
            found: the answer.
            asked: rows that were asked for.
            size: octets that it had.
        """
        self._tried_bulk = True
        if found.status == pdu.TOO_BIG:
            self._size_before = self._size_before or self._habits.size_bytes
            self._habits.was_too_big()
            self._less(asked)
        elif found.status or not found.bindings:
            self._less(asked)
        elif not self._is_in_order(found.bindings):
            self.ceiling, self.is_messy = max(1, asked // 2), True
            self._less(asked)
        else:
            self._habits.has_bulk = True
            self._habits.saw(self.column, size / len(found.bindings))
            self.is_sure = False
            for oid, value in found.bindings:
                if not self.is_open:
                    break
                if value.tag == END:
                    self.is_open = False
                elif oid != self.last:
                    self._row(oid, value)
            self._went_well()

    def take_next(self, oid: Oid, value: Value) -> None:
        """Take what follows the last row in."""
        if self._tried_bulk and not self._habits.has_bulk:
            self._habits.bulk_failed()
        self._tried_bulk = False
        if value.tag == END:
            self.is_open = False  # the end of all that the device has
        elif oid <= self.last:
            index = oid[len(self.column) :]
            is_loop = oid == self.last or (oid[: len(self.column)] == self.column and index in self.rows)
            reason: Reason = "loop" if is_loop else "order"
            how = "comes back to" if is_loop else "is followed by"
            self.stop(Trouble(reason, f"{oid_text(self.last)} {how} {oid_text(oid)}", self.column))
        else:
            self._row(oid, value)
            self._went_well()

    def take_next_status(self, found: pdu.Response) -> None:
        """Take an error about this column in that GETNEXT got."""
        if found.status == pdu.NO_SUCH_NAME:
            self.is_open = False  # as SNMP 1 says that nothing more is there
            return
        if self._size_before:  # a single value that does not fit says nothing of the others
            self._habits.size_bytes, self._size_before = self._size_before, 0
        trouble = status_trouble(found, self.last)
        detail = f"what follows {trouble.detail}"
        self.stop(Trouble(trouble.reason, detail, self.column))

    def take_failure(self, failed: SnmpFailed, asked: int) -> None:
        """Take in that a question was not answered."""
        if asked > 1:
            self._tried_bulk = True
            self.now = self.ceiling = max(1, asked // 2) if self._habits.has_bulk else 1
            if not self._habits.has_bulk:
                self.ceiling = asked
            return
        self.is_alone = True
        self._attempts += 1
        if self._attempts >= ATTEMPTS_MAX:
            self.stop(Trouble(failed.reason, failed.detail, self.column))

    def stop(self, trouble: Trouble) -> None:
        """Go no further."""
        self.trouble, self.is_open = trouble, False

    def keep(self, rows: Container[Oid]) -> None:
        """Forget all rows but those."""
        for index in [index for index in self.rows if index not in rows]:
            del self.rows[index]

    def _less(self, asked: int) -> None:
        self.now = max(1, asked // 2)

    def _went_well(self) -> None:
        self._attempts = self._size_before = 0
        self.is_alone = False
        self.now = min(self.now * 2, self.ceiling)

    def _is_in_order(self, bindings: Sequence[tuple[Oid, Value]]) -> bool:
        """Return whether names rise up to the end of the column; one that comes twice in a row does not matter."""
        last, is_first = self.last, True
        for oid, value in bindings:
            if value.is_absent:
                return oid >= last
            if oid < last or (is_first and oid == last):
                return False
            if oid[: len(self.column)] != self.column:
                return True
            last, is_first = oid, False
        return True

    def _row(self, oid: Oid, value: Value) -> None:
        if oid[: len(self.column)] != self.column or len(oid) == len(self.column):
            self.is_open, self.beyond = False, oid
            return
        self.last = oid
        if value.is_absent:
            return
        if len(self.rows) == self._rows_max:
            detail = f"more than {self._rows_max} rows"
            self.stop(Trouble("limit", detail, self.column))
            return
        self.rows[oid[len(self.column) :]] = value
