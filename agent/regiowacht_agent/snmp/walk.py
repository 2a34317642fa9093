"""Reads whole columns of tables from any agent: rightly, or with words for what is missing."""

from __future__ import annotations

from regiowacht_agent.snmp import pdu
from regiowacht_agent.snmp.ber import Malformed
from regiowacht_agent.snmp.column import Walk
from regiowacht_agent.snmp.dialogue import GetBulk, GetNext, decoded
from regiowacht_agent.snmp.failure import SnmpFailed
from regiowacht_agent.snmp.oid import oid_text
from regiowacht_agent.snmp.scalars import get
from regiowacht_agent.snmp.session import ROWS_MAX, Columns, Trouble

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from regiowacht_agent.snmp.dialogue import OpenAnswer, OpenDialogue, Question
    from regiowacht_agent.snmp.habits import Habits
    from regiowacht_agent.snmp.oid import Oid
    from regiowacht_agent.snmp.value import Value

ROOT: Oid = (1, 3)
"""What every agent has something behind."""

MOVES_MAX = 3
"""Readings of a table whose indexes move meanwhile, before that is told instead."""

ODD = frozenset({"loop", "order", "limit"})
"""What is told of a column even when every row that others have came."""

TASTED = 3
"""Cells that are asked for one by one before a column that fails is given up."""


class Device:
    """What is known of a device while it is walked.

    Attributes:
        habits: what it bears.
        has_answered: whether it ever did.
        gone: why it does not any more, or None.
        beyond: a name that it told in place of a row, or None.
    """

    __slots__ = ("beyond", "gone", "habits", "has_answered")

    def __init__(self, habits: Habits) -> None:
        self.habits = habits
        self.has_answered = False
        self.beyond: Oid | None = None
        self.gone: SnmpFailed | None = None


def columns(wanted: Sequence[Oid], habits: Habits, rows_max: int = ROWS_MAX) -> OpenDialogue[Columns]:
    """Return whole columns, of any tables; those of one table have to agree on its rows.

    Args:
        wanted: names of columns.
        habits: what the device bears; learns more.
        rows_max: rows that a column is read to.

    Raises:
        SnmpFailed: nothing whatever was answered.
    """
    device = Device(habits)
    tables: dict[Oid, list[Oid]] = {}
    for column in dict.fromkeys(wanted):
        tables.setdefault(column[:-1], []).append(column)
    parts = yield from _together([_table(of_table, device, rows_max) for of_table in tables.values()], device)
    cells: dict[Oid, dict[Oid, Value]] = {}
    for part in parts:
        cells.update(part.cells)
    troubles = tuple(trouble for part in parts for trouble in part.troubles)
    if not troubles and not any(cells.values()):
        troubles = yield from _doubt(wanted, device)
    return Columns(cells, troubles)


def _together(dialogues: list[OpenDialogue[Columns]], device: Device) -> OpenDialogue[list[Columns]]:
    """Hold dialogues with one device beside each other, and notice when it is gone."""
    told: dict[int, Columns] = {}
    batches: dict[int, tuple[Question, ...]] = {}

    def step(place: int, answers: tuple[OpenAnswer, ...] | None) -> None:
        try:
            # The first step of a generator takes None.
            batches[place] = dialogues[place].send(answers)  # type: ignore[arg-type]
        except StopIteration as end:
            batches.pop(place, None)
            told[place] = end.value

    for place in range(len(dialogues)):
        step(place, None)
    while batches:
        asked = dict(batches)
        answers = yield tuple(question for batch in asked.values() for question in batch)
        if answers and all(isinstance(answer, SnmpFailed) for answer in answers):
            yield from _probe(device)
        elif answers:
            device.has_answered = True
        at = 0
        for place, batch in asked.items():
            step(place, answers[at : at + len(batch)])
            at += len(batch)
    return [told[place] for place in range(len(dialogues))]


def _probe(device: Device) -> OpenDialogue[None]:
    """Ask the least that can be asked: is the device gone, or did it not like its questions?

    Raises:
        SnmpFailed: it never answered.
    """
    (answer,) = yield (GetNext((ROOT,)),)
    if not isinstance(answer, SnmpFailed):
        device.has_answered = True
    elif device.has_answered:
        device.gone = answer
    else:
        raise answer


def _table(wanted: list[Oid], device: Device, rows_max: int) -> OpenDialogue[Columns]:
    """Return the columns of one table, read until two readings with different questions agree on its rows."""
    habits = device.habits
    ceiling, moves, was_short = habits.repetitions, 0, False
    while True:
        walks, troubles = yield from _reading(wanted, device, rows_max, ceiling)
        cells = {walk.column: walk.rows for walk in walks}
        whole = next((walk for walk in walks if walk.rows and walk.trouble is None), None)
        if whole is None or device.gone:
            return Columns(cells, tuple(troubles))
        again = Walk(whole.column, habits, rows_max, max(1, whole.most // 4))
        again.now = 1  # so that no row stands in its answers where it stood before
        yield from _walk([again], device)
        if again.trouble is not None:
            return Columns(cells, (*troubles, again.trouble))
        differing = sorted(whole.walked ^ again.rows.keys())
        if not differing:
            if was_short:
                habits.left_rows_out(ceiling)
            return Columns(cells, tuple(troubles))
        there: dict[Oid, Value] = {}
        found = yield from _cells(Walk(whole.column, habits, rows_max), differing, device, there)
        if whole.most > 1 and len(there) + len(found) == len(differing):
            # They are there all the time: it leaves rows out where it is asked for many.
            ceiling, was_short = max(1, whole.most // 4), True
            continue
        moves += 1
        if moves == MOVES_MAX:
            for walk in walks:
                walk.keep(again.rows)
            detail = f"{oid_text(whole.column)}: {len(differing)} rows are not the same from one reading to the next"
            return Columns(cells, (*troubles, Trouble("moved", detail, whole.column, len(differing))))


def _reading(
    wanted: list[Oid], device: Device, rows_max: int, ceiling: int
) -> OpenDialogue[tuple[list[Walk], list[Trouble]]]:
    """Return all columns read once, gaps between them filled, and what is missing."""
    walks = [Walk(column, device.habits, rows_max, ceiling) for column in wanted]
    yield from _walk(walks[:1], device)
    yield from _walk(walks[1:], device, sorted(walks[0].rows))
    for place, walk in enumerate(walks):
        if not walk.rows and walk.trouble is None and not walk.is_sure:
            walks[place] = Walk(walk.column, device.habits, rows_max, 1)
    yield from _walk([walk for walk in walks if walk.is_open], device)
    for walk in walks:
        walk.walked = set(walk.rows)
        if walk.is_messy and walk.trouble is None:
            device.habits.repetitions = min(device.habits.repetitions, walk.ceiling)
    troubles = yield from _level(walks, device)
    if device.beyond is None:
        device.beyond = next((walk.beyond for walk in walks if walk.beyond is not None), None)
    return walks, troubles


def _level(walks: list[Walk], device: Device) -> OpenDialogue[list[Trouble]]:
    """Ask for what some columns have and others have not; return what is missing then."""
    troubles: list[Trouble] = []
    whole = [walk for walk in walks if walk.trouble is None and walk.rows]
    rows: set[Oid] = set().union(*(walk.rows for walk in whole or walks))
    for walk in walks:
        missing = sorted(rows - walk.rows.keys())
        if device.gone is None and missing and not (walk.is_sure and walk.trouble is None):
            troubles += yield from _fill(walk, missing, device, bool(whole))
        elif walk.trouble is not None and not (whole and not missing and walk.trouble.reason not in ODD):
            troubles.append(_counted(walk.trouble, len(missing)))
    return troubles


def _walk(walks: list[Walk], device: Device, rows: Sequence[Oid] = ()) -> OpenDialogue[None]:
    """Ask until none of the walks is open.

    Args:
        walks: the columns.
        device: what they are of.
        rows: indexes of their table as far as they are known, in order.
    """
    while device.gone is None:
        asked: list[tuple[list[Walk], int]] = []
        single: list[Walk] = []
        for walk in walks:
            if not walk.is_open:
                continue
            repetitions = walk.repetitions(sum(row > walk.index for row in rows) if rows else 0)
            if repetitions > 1:
                asked.append(([walk], repetitions))
            elif walk.is_alone:
                asked.append(([walk], 1))
            else:
                single.append(walk)
        size = device.habits.objects
        asked += [(single[at : at + size], 1) for at in range(0, len(single), size)]
        if not asked:
            return
        answers = yield tuple(_question(*one) for one in asked)
        for (part, repetitions), answer in zip(asked, answers, strict=True):
            _take(part, repetitions, answer, device.habits)
    for walk in walks:
        if walk.is_open:
            walk.stop(Trouble(device.gone.reason, device.gone.detail, walk.column))


def _question(part: list[Walk], repetitions: int) -> Question:
    if repetitions > 1:
        return GetBulk((part[0].last,), repetitions)
    return GetNext(tuple(walk.last for walk in part))


def _take(part: list[Walk], repetitions: int, answer: OpenAnswer, habits: Habits) -> None:
    found: pdu.Response | SnmpFailed
    size = 0
    try:
        if isinstance(answer, SnmpFailed):
            found = answer
        else:
            found, size = decoded(answer)
    except Malformed as error:
        found = SnmpFailed("format", f"{oid_text(part[0].last)}: {error}")
    if isinstance(found, SnmpFailed):
        for walk in part:
            walk.take_failure(found, repetitions)
    elif repetitions > 1:
        part[0].take_bulk(found, repetitions, size)
    elif found.status:
        _take_status(part, found, habits)
    else:
        _take_rows(part, found, habits)


def _take_status(part: list[Walk], found: pdu.Response, habits: Habits) -> None:
    if len(part) == 1:
        part[0].take_next_status(found)
    elif found.status == pdu.TOO_BIG:
        habits.objects = max(1, min(habits.objects, len(part) // 2))
    elif 0 < found.culprit <= len(part):
        part[found.culprit - 1].take_next_status(found)
    else:
        _ask_alone(part)


def _take_rows(part: list[Walk], found: pdu.Response, habits: Habits) -> None:
    bindings = found.bindings[: len(part)]
    is_straight = all(oid > walk.last or value.is_absent for walk, (oid, value) in zip(part, bindings, strict=False))
    if len(part) > 1 and not (bindings and is_straight):
        _ask_alone(part)  # which of them is wrong, and do they belong to whom they seem to?
        return
    if not bindings:
        part[0].stop(Trouble("truncated", f"{oid_text(part[0].last)}: answers without objects", part[0].column))
        return
    if len(bindings) < len(part):
        habits.objects = max(1, min(habits.objects, len(bindings)))
    for walk, (oid, value) in zip(part, bindings, strict=False):
        walk.take_next(oid, value)


def _ask_alone(part: Iterable[Walk]) -> None:
    for walk in part:
        walk.is_alone = True


def _fill(walk: Walk, missing: list[Oid], device: Device, is_whole: bool) -> OpenDialogue[list[Trouble]]:
    """Ask for cells that other columns have a row for; return what is in trouble.

    Args:
        walk: the column; what comes is put into its rows.
        missing: indexes, in order.
        device: what it is of.
        is_whole: whether another column was read to its end, so that no more than those can be missing.
    """
    tasted = missing[:TASTED] if walk.trouble is not None else missing
    troubles = yield from _cells(walk, tasted, device, walk.rows)
    if walk.trouble is None:
        return _summed(troubles, walk.column)
    if len(troubles) == len(tasted):
        return [_counted(walk.trouble, len(missing))]
    troubles += yield from _cells(walk, missing[len(tasted) :], device, walk.rows)
    if not is_whole or walk.trouble.reason in ODD:
        troubles.append(walk.trouble)
    return _summed(troubles, walk.column)


def _cells(walk: Walk, indexes: list[Oid], device: Device, there: dict[Oid, Value]) -> OpenDialogue[list[Trouble]]:
    """Ask for cells by their whole name; what comes is put into the last argument."""
    if not indexes:
        return []
    try:
        found = yield from get([walk.column + index for index in indexes], device.habits)
    except SnmpFailed as failed:
        return [Trouble(failed.reason, failed.detail, walk.column, len(indexes))]
    size = len(walk.column)
    there |= {oid[size:]: value for oid, value in found.values.items()}
    return list(found.troubles)


def _counted(trouble: Trouble, rows: int) -> Trouble:
    return Trouble(trouble.reason, trouble.detail, trouble.oid, max(rows, trouble.rows))


def _summed(troubles: list[Trouble], column: Oid) -> list[Trouble]:
    """Return one trouble of each kind, with its rows counted."""
    found: dict[str, Trouble] = {}
    for one in troubles:
        rows = one.rows + (found[one.reason].rows if one.reason in found else 0)
        detail = found[one.reason].detail if one.reason in found else one.detail
        found[one.reason] = Trouble(one.reason, detail, column, rows)
    return list(found.values())


def _doubt(wanted: Sequence[Oid], device: Device) -> OpenDialogue[tuple[Trouble, ...]]:
    """See whether an agent that shows nothing of what is wanted has at least what it named in its place."""
    if device.beyond is None or device.gone is not None:
        return ()
    try:
        found = yield from get([device.beyond], device.habits)
    except SnmpFailed:
        return ()
    if device.beyond in found.values or any(one.reason != "format" for one in found.troubles):
        return ()
    what = f"followed by {oid_text(device.beyond)}, which the device then does not have"
    return tuple(Trouble("format", f"{oid_text(column)}: {what}", column) for column in wanted)
