"""A device is asked what it is: once, and for nothing more than what decides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from regiowacht_agent.snmp import session
from regiowacht_agent.snmp import value as tags
from regiowacht_agent.snmp.habits import Habits
from regiowacht_agent.snmp.meaning import families, files, loader
from regiowacht_agent.snmp.meaning.book import Book
from regiowacht_agent.snmp.meaning.recognise import NOTHING
from regiowacht_agent.snmp.oid import oid_text, parse_oid
from regiowacht_agent.snmp.poll.recognise import DESCRIPTION, OBJECT_ID, recognise, recognise_by
from regiowacht_agent.snmp.value import Value
from tests.agent.snmp.fake_agent import Agent, Quirks
from tests.agent.snmp.poll.switch import hold, integer, text

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from regiowacht_agent.snmp.dialogue import Dialogue
    from regiowacht_agent.snmp.meaning.recognise import Recognised
    from regiowacht_agent.snmp.oid import Oid

FAMILY = """
title = "t"
source = "s"
checked = "documentation"
[[recognise]]
{way}
[identity]
vendor = "V"
os = "o"
"""
NET_SNMP = parse_oid("1.3.6.1.4.1.8072.3.2.10")
NAS, BOX = parse_oid("1.3.6.1.4.1.6574.1.5.1"), parse_oid("1.3.6.1.4.1.99999.2.1.1.3")
WAYS = {
    "linux": 'objects = ["1.3.6.1.4.1.8072.3.2.10"]',
    "nas": f'objects = ["1.3.6.1.4.1.8072"]\nprobe = "{oid_text(NAS)}"\nrank = 1',
    "box": f'objects = ["1.3.6.1.4.1.8072.3.2.10"]\nprobe = "{oid_text(BOX)}"\nvalue = "^Box"',
    "switch": 'objects = ["1.3.6.1.4.1.99998"]',
}


@pytest.fixture(scope="module")
def book() -> Book:
    system = loader.read("system", files.texts("tables")["system"], loader.metrics())
    known = [families.read(name, FAMILY.format(way=way), loader.metrics()) for name, way in WAYS.items()]
    return Book.of([system], known)


def objects(object_id: Oid, **more: Value) -> dict[Oid, Value]:
    there = {"nas": (*NAS, 0), "box": (*BOX, 7)}
    return {
        DESCRIPTION: text("Linux box 6.1"),
        OBJECT_ID: Value(tags.OBJECT, object_id),
        **{there[name]: value for name, value in more.items()},
        parse_oid("1.3.6.1.6.3.10.2.1.1.0"): text("what comes after all that is asked for"),
    }


def counted(dialogue: Dialogue[Recognised], seen: list[int]) -> Generator[Any, Any, Any]:
    """Go through a dialogue, noting how many questions it asks at once."""
    told: Any = None
    try:
        while True:
            asked = dialogue.send(told)
            seen.append(len(asked))
            told = yield asked
    except StopIteration as end:
        return end.value


@pytest.mark.parametrize(
    ("object_id", "more", "family", "questions"),
    [
        (NET_SNMP, {}, "linux", 1),
        (NET_SNMP, {"box": text("Box 9")}, "box", 1),
        (NET_SNMP, {"box": text("Cardbox")}, "linux", 1),
        (NET_SNMP, {"nas": text("DS220"), "box": text("Box 9")}, "nas", 1),
        (parse_oid("1.3.6.1.4.1.8072.9"), {"nas": integer(1)}, "nas", 1),
        (parse_oid("1.3.6.1.4.1.99998.4"), {"nas": integer(1)}, "switch", 0),
        (parse_oid("1.3.6.1.4.1.7"), {"nas": integer(1)}, "", 0),
    ],
)
def test_a_device_is_asked_only_what_decides(
    book: Book, object_id: Oid, more: dict[str, Value], family: str, questions: int
) -> None:
    has = objects(object_id, **more)
    seen: list[int] = []
    found = hold(counted(recognise(book, has, Habits()), seen), Agent(has))
    assert found.family == family
    assert bool(found.why) == bool(family)
    assert sum(seen) == questions


def test_a_device_that_bears_one_object_at_once_is_known_too(book: Book) -> None:
    has = objects(NET_SNMP, box=text("Box 9"))
    habits = Habits()
    found = hold(recognise(book, has, habits), Agent(has, Quirks(first_only=True)))
    assert found.family == "box"


def test_a_device_that_says_nothing_of_itself_is_not_asked(book: Book) -> None:
    assert hold(recognise(book, {}, Habits()), Agent({})) == NOTHING


class Told:
    """A session with a device of these objects."""

    engine = "pysnmp"
    effort = session.Effort()

    def __init__(self, has: dict[Oid, Value]) -> None:
        self._has = has

    def get(self, oids: Sequence[Oid]) -> session.Scalars:
        return session.Scalars({oid: self._has[oid] for oid in oids if oid in self._has})

    def columns(self, columns: Sequence[Oid], rows_max: int = session.ROWS_MAX) -> session.Columns:
        del rows_max
        return session.Columns(
            {
                column: {oid[len(column) :]: value for oid, value in self._has.items() if oid[: len(column)] == column}
                for column in columns
            }
        )

    def close(self) -> None:
        pass


@pytest.mark.parametrize(
    ("more", "family"), [({}, "linux"), ({"box": text("Box 9")}, "box"), ({"nas": integer(1)}, "nas")]
)
def test_both_engines_find_the_same_family(book: Book, more: dict[str, Value], family: str) -> None:
    has = objects(NET_SNMP, **more)
    assert recognise_by(Told(has), book).family == family
    assert recognise_by(Told({}), book) == NOTHING
