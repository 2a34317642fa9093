"""Which family a device is of: what counts most, what is asked for, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from regiowacht_agent.snmp import value as tags
from regiowacht_agent.snmp.meaning import families, files, loader
from regiowacht_agent.snmp.meaning.book import Book
from regiowacht_agent.snmp.meaning.recognise import NOTHING, Family, Way, candidates, decide, probes
from regiowacht_agent.snmp.oid import parse_oid
from regiowacht_agent.snmp.value import Value
from regiowacht_contract.errors import CatalogueError
from tests.agent.snmp.fake_agent import Agent
from tests.agent.snmp.poll.switch import device, hold, switch

if TYPE_CHECKING:
    from regiowacht_agent.snmp.oid import Oid

NET_SNMP = (1, 3, 6, 1, 4, 1, 8072, 3, 2, 10)
HOW_TO = Path(__file__).parents[4] / "docs" / "how-to" / "add-a-device-family.md"
HEAD = """
title = "t"
source = "s"
checked = "documentation"
"""
IDENTITY = '[identity]\nvendor = "V"\nos = "o"\n'


def family(name: str, ways: str, *, top: str = "", identity: str = IDENTITY, table: str = "") -> Family:
    return families.read(name, HEAD + top + ways + identity + table, loader.metrics())


def way(name: str, prefix: Oid = (), descr: str = "", probe: Oid = (), value: str = "", rank: int = 0) -> Way:
    return Way(name, prefix, descr, probe, value, rank)


def text(told: str) -> Value:
    return Value(tags.OCTETS, told.encode())


LINUX = way("linux", NET_SNMP)
NAS = way("nas", NET_SNMP, probe=(1, 3, 6, 1, 4, 1, 1))
BOX = way("box", NET_SNMP, probe=(1, 3, 6, 1, 4, 1, 2), value="^Box")
ROUTER = way("router", NET_SNMP, descr="Router")
LAST = way("last", (), descr="Router")
FIRST = way("first", (), descr="Gateway", rank=1)
DEEP = way("deep", (*NET_SNMP, 5))
WAYS = (LINUX, NAS, BOX, ROUTER, LAST, FIRST, DEEP)


@pytest.mark.parametrize(
    ("object_id", "descr", "asked", "found", "told"),
    [
        (NET_SNMP, "Linux", [BOX, NAS], {}, "linux"),
        (NET_SNMP, "Linux", [BOX, NAS], {NAS.probe: "x"}, "nas"),
        (NET_SNMP, "Linux", [BOX, NAS], {BOX.probe: "Box 5"}, "box"),
        (NET_SNMP, "Linux", [BOX, NAS], {BOX.probe: "no Box"}, "linux"),
        (NET_SNMP, "A Router", [BOX, NAS], {}, "router"),
        (NET_SNMP, "A Router\r\n Gateway", [], {}, "first"),
        ((*NET_SNMP, 5, 1), "A Router", [], {}, "deep"),
        ((1, 3, 6, 1, 4, 1, 9), "A Router", [], {}, "last"),
        ((1, 3, 6, 1, 4, 1, 9), "", [], {}, ""),
        ((), "A Router", [], {}, "last"),
    ],
)
def test_what_counts_most(object_id: Oid, descr: str, asked: list[Way], found: dict[Oid, str], told: str) -> None:
    ways = candidates(WAYS, object_id, text(descr))
    assert sorted(probes(ways)) == sorted(one.probe for one in asked)
    assert decide(ways, {oid: text(one) for oid, one in found.items()}).family == told


def test_a_tie_names_the_rivals() -> None:
    ways = candidates([way("b", NET_SNMP, descr="x"), way("a", NET_SNMP, descr="y")], NET_SNMP, text("x y"))
    assert decide(ways, {}).family == "a"
    assert decide(ways, {}).rivals == ("b",)


def test_why_is_said_in_words() -> None:
    assert decide(candidates([BOX], NET_SNMP, None), {BOX.probe: text("Box")}).why == (
        "sysObjectID below 1.3.6.1.4.1.8072.3.2.10, has 1.3.6.1.4.1.2 that matches ^Box"
    )
    assert decide((), {}) == NOTHING


@pytest.mark.parametrize(
    ("ways", "top", "identity", "word"),
    [
        ("", "", IDENTITY, "recognise"),
        ("[[recognise]]\n", "", IDENTITY, "objects, descr, probe"),
        ("[[recognise]]\nobject = ['1.3.6.1.4.1.9']\n", "", IDENTITY, "objects"),
        ("[[recognise]]\nobjects = ['1.3.6.1.4.1']\n", "", IDENTITY, "no object of an enterprise"),
        ("[[recognise]]\nobjects = ['1.3.6.1.2.1.1']\n", "", IDENTITY, "no object of an enterprise"),
        ("[[recognise]]\ndescr = '('\n", "", IDENTITY, "("),
        ("[[recognise]]\ndescr = 'x'\nvalue = 'x'\n", "", IDENTITY, "without a probe"),
        ("[[recognise]]\ndescr = 'x'\n", "", '[identity]\nvendor = "V"\n', "os"),
        ("[[recognise]]\ndescr = 'x'\n", "", IDENTITY + 'modell = "x"\n', "model"),
        ("[[recognise]]\ndescr = 'x'\n", "", IDENTITY + 'model = "{sysDesc}"\n', "sysDescr"),
        ("[[recognise]]\ndescr = 'x'\n", "wihout = []\n", IDENTITY, "without"),
    ],
)
def test_what_is_not_part_of_the_format_is_refused(ways: str, top: str, identity: str, word: str) -> None:
    with pytest.raises(CatalogueError) as caught:
        family("own", ways, top=top, identity=identity)
    assert "own.toml" in str(caught.value)
    assert word in str(caught.value)


def test_two_families_with_the_same_way_are_refused() -> None:
    pair = [family(name, "[[recognise]]\nobjects = ['1.3.6.1.4.1.9']\n") for name in ("one", "two")]
    with pytest.raises(CatalogueError, match="one is recognised by the same"):
        families.check_together(pair, ())
    families.check_together(pair[:1], ())
    with pytest.raises(CatalogueError, match="a file of tables"):
        families.check_together(pair[:1], {"one"})


def test_the_example_of_the_how_to_is_one() -> None:
    example = HOW_TO.read_text(encoding="utf-8").split("```toml\n")[1].split("```")[0]
    found = families.read("example", example, loader.metrics())
    assert [table.name for table in found.file.tables] == ["example/identity", "example/temperatures"]
    assert len(found.ways) == 2


TABLE = """
[[table]]
name = "heat"
row_name = "n"
columns = {a = "1.3.6.1.4.1.9.1"}
[[table.series]]
metric = "snmp_temperature_celsius"
value = "a"
"""


def test_tables_of_another_family_are_taken_by_name() -> None:
    one = family("one", "[[recognise]]\ndescr = 'x'\n", table=TABLE)
    two = family("two", "[[recognise]]\ndescr = 'y'\n", top="also = ['one/heat']\n")
    assert [table.name for table in families.together([one, two])[1].file.tables] == ["two/identity", "one/heat"]
    with pytest.raises(CatalogueError, match="one/heat"):
        families.together([one, two._replace(also=("one/haet",))])


def test_a_table_that_a_family_is_without_is_not_asked_for() -> None:
    system = loader.read("system", files.texts("tables")["system"], loader.metrics())
    own = family("own", "[[recognise]]\ndescr = 'x'\n", top='without = ["heat/heat"]\n')
    heat = loader.read("heat", HEAD + TABLE, loader.metrics())
    book = Book.of([system, heat], [own])
    column = parse_oid("1.3.6.1.4.1.9.1")
    assert column in book.needs(book.anchors()).fast
    assert column not in book.family("own").needs(book.anchors()).fast
    assert book.family("") is book


def test_a_device_that_no_file_describes_is_unknown() -> None:
    one = device()
    hold(one.poll(), Agent(switch(range(1, 3))))
    assert one.recognised == NOTHING


def test_a_device_without_identity_is_not_asked_further() -> None:
    one = device()
    objects = {
        oid: told
        for oid, told in switch(range(1, 3)).items()
        if oid[:8] not in {(1, 3, 6, 1, 2, 1, 1, 1), (1, 3, 6, 1, 2, 1, 1, 2)}
    }
    hold(one.poll(), Agent(objects))
    assert one.recognised == NOTHING
