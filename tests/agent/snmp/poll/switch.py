"""A switch for tests: its objects, and a conversation with it that needs no network."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Any

from regiowacht_agent.polls.asset import Polled
from regiowacht_agent.snmp import value as tags
from regiowacht_agent.snmp.failure import SnmpFailed
from regiowacht_agent.snmp.habits import Habits
from regiowacht_agent.snmp.meaning.lay_out import Options
from regiowacht_agent.snmp.meaning.loader import book, metrics
from regiowacht_agent.snmp.oid import Oid, parse_oid
from regiowacht_agent.snmp.poll.device import Device, Wanted
from regiowacht_agent.snmp.value import Value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from regiowacht_agent.snmp.dialogue import Dialogue
    from regiowacht_agent.snmp.meaning.book import Book
    from regiowacht_agent.snmp.poll.took import Took
    from tests.agent.snmp.fake_agent import Agent

ASSET = Polled("zandbeke", "stadhuis", "sw-1", "snmp", "connectiviteit")
SYSTEM, IF, IFX = parse_oid("1.3.6.1.2.1.1"), parse_oid("1.3.6.1.2.1.2.2.1"), parse_oid("1.3.6.1.2.1.31.1.1.1")
UPTIME, IF_NUMBER = (*SYSTEM, 3, 0), parse_oid("1.3.6.1.2.1.2.1.0")
HC_IN, HC_OUT, IN_ERRORS, OPER = (*IFX, 6), (*IFX, 10), (*IF, 14), (*IF, 8)
ALIAS = (*IFX, 18)
LINE = re.compile(r'(?P<name>\w+)\{.*?job="snmp"(?:.*?,(?:ifIndex|index)="(?P<index>[^"]*)")?.*\} (?P<value>\S+)')


def integer(number: int) -> Value:
    return Value(tags.INTEGER, number)


def text(told: str) -> Value:
    return Value(tags.OCTETS, told.encode())


def switch(ports: Iterable[int]) -> dict[Oid, Value]:
    """Return the objects of a switch with ports of these indexes."""
    rows = tuple(ports)
    found = {
        (*SYSTEM, 1, 0): text("Fictional Switch 48, release 7"),
        (*SYSTEM, 2, 0): Value(tags.OBJECT, parse_oid("1.3.6.1.4.1.99999.1.7")),
        UPTIME: Value(tags.TICKS, 123_456),
        (*SYSTEM, 5, 0): text("sw-1"),
        IF_NUMBER: integer(len(rows)),
    }
    for row in rows:
        found |= {
            (*IF, 1, row): integer(row),
            (*IF, 2, row): text(f"GigabitEthernet1/0/{row}"),
            (*IF, 3, row): integer(6),
            (*IF, 5, row): Value(tags.GAUGE32, 1_000_000_000),
            (*IF, 7, row): integer(1),
            (*IF, 8, row): integer(1 + row % 2),
            (*IF, 13, row): Value(tags.COUNTER32, row),
            (*IF, 14, row): Value(tags.COUNTER32, 0),
            (*IF, 19, row): Value(tags.COUNTER32, 0),
            (*IF, 20, row): Value(tags.COUNTER32, 7 * row),
            (*IFX, 1, row): text(f"Gi1/0/{row}"),
            (*IFX, 6, row): Value(tags.COUNTER64, 10**9 * row),
            (*IFX, 10, row): Value(tags.COUNTER64, 10**10 * row + 3),
            (*IFX, 15, row): Value(tags.GAUGE32, 1000),
            (*IFX, 18, row): text(f"lokaal {row}"),
        }
    return found


@functools.cache
def _book() -> Book:
    return book()


def device(clock: Callable[[], float] = lambda: 0.0, *, slow_polls: int = 4, idle: bool = True) -> Device:
    wanted = Wanted(Options(idle=idle), rows_max=20_000, series_max=10_000, slow_polls=slow_polls)
    return Device(ASSET, _book(), metrics(), wanted, Habits(), clock)


def hold(
    dialogue: Dialogue[Any], agent: Agent, answers: Callable[[bytes | None], bytes | None] = lambda told: told
) -> Any:
    """Return what a dialogue with an agent comes to; what it does not answer is a time-out.

    Args:
        dialogue: the dialogue.
        agent: the agent.
        answers: may lose or change an answer on its way.
    """
    told: tuple[Any, ...] | None = None
    number = 1 << 24
    try:
        while True:
            questions = dialogue.send(told)  # type: ignore[arg-type]
            came = []
            for question in questions:
                number += 1
                came.append(answers(agent.handle(question.encode(number))) or SnmpFailed("timeout", "no answer"))
            told = tuple(came)
    except StopIteration as end:
        return end.value


def samples(took: Took) -> dict[tuple[str, str], float]:
    """Return what a poll tells, by the metric's name and its ``ifIndex`` or ``index``."""
    assert took.sheet is not None
    page = "".join(one.lines.decode() for one in took.sheet.write())
    found = [LINE.fullmatch(line) for line in page.splitlines()]
    told = {(line["name"], line["index"]): float(line["value"]) for line in found if line}
    assert len(told) == page.count("\n"), "a line that is none, or two series of one name"
    return told


def column(agent: Agent, name: Oid) -> dict[str, float]:
    """Return what an agent holds in a column now."""
    return {
        str(oid[-1]): float(value.data)
        for oid, value in agent.objects.items()
        if oid[:-1] == name and isinstance(value.data, int)
    }


def told(took: Took, metric: str) -> dict[str, float]:
    """Return what a poll tells of one metric, by index."""
    return {index: value for (name, index), value in samples(took).items() if name == metric}
