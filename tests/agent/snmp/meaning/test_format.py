"""Each construct of the format does what FORMAT.md says of it; whatever is not part of it is refused with its place."""

from __future__ import annotations

import marshal
import re
from pathlib import Path

import pytest

from regiowacht_agent.snmp import value as tags
from regiowacht_agent.snmp.meaning import checks, families, loader
from regiowacht_agent.snmp.meaning.book import Book
from regiowacht_agent.snmp.meaning.convert import WRAP, plain
from regiowacht_agent.snmp.meaning.expression import FUNCTIONS
from regiowacht_agent.snmp.meaning.show import clean, date_and_time, mac
from regiowacht_agent.snmp.value import Value
from regiowacht_contract.errors import CatalogueError
from tests.agent.snmp.meaning.readings import Told, lay_out, own_book, samples

FILE = """
[[table]]
name = "one"
{table}
columns = {{a = "1.3.1", b = "1.3.2", c = "1.3.3"}}
[[table.series]]
metric = "{metric}"
value = "{value}"
{series}
"""

Columns = dict[str, dict[str, Told]]


def made(
    columns: Columns,
    *,
    value: str = "a",
    series: str = "",
    table: str = 'row_name = "n"',
    metric: str = "snmp_temperature_celsius",
) -> dict[str, int | float]:
    """Return what a table of three columns comes to, labels left out where there is one row."""
    book = own_book(FILE.format(table=table, metric=metric, value=value, series=series))
    return samples(lay_out(columns, book=book), columns)


def number(columns: Columns, **words: str) -> int | float | None:
    """Return the one sample of one row, or None."""
    found = list(made(columns, **words).values())
    assert len(found) <= 1
    return found[0] if found else None


def row(**told: Told) -> Columns:
    return {{"a": "1.3.1", "b": "1.3.2", "c": "1.3.3"}[name]: {"5": one} for name, one in told.items()}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a", 7), ("a + b", 10), ("a - b - 1", 3), ("a * b", 21), ("a / b * 3", 7), ("2 + a * b", 23),
        ("(2 + a) * b", 27), ("2 ^ b ^ 2", 512), ("-a", -7), ("-2 ^ 2 + a", 3), ("a > b", 1), ("a == b", 0),
        ("a <= 7", 1), ("first(c, b)", 3), ("first(c + a, 5)", 5), ("max(a, b, 9)", 9), ("min(a, b)", 3),
        ("abs(0 - a)", 7), ("unsigned(0 - 1 + 0 * a)", 4294967295), ("0.1 * a", 0.7), ("100 - a", 93),
    ],
)  # fmt: skip
def test_expressions(value: str, expected: float) -> None:
    assert number(row(a=7, b=3), value=value) == expected


@pytest.mark.parametrize(("bit", "expected"), [(0, 1), (1, 0), (7, 1), (8, 0), (9, 1), (16, 0)])
def test_bits_are_counted_from_the_left(bit: int, expected: int) -> None:
    assert number(row(a=b"\x81\x40"), value=f"bit(a, {bit})") == expected


@pytest.mark.parametrize("value", ["a / b", "a / (b - b)"])
def test_a_division_by_nothing_is_no_sample(value: str) -> None:
    assert number(row(a=7, b=0), value=value) is None


@pytest.mark.parametrize("value", ["a ^ a ^ a", "(0 - a) ^ 0.5", "a * 10 ^ 308 * 10"])
def test_what_is_no_number_is_no_sample(value: str) -> None:
    assert number(row(a=99), value=value) is None


@pytest.mark.parametrize(
    ("series", "raw", "expected"),
    [
        ("scale = 0.1", 234, 23.4), ("scale = 0.001", 1, 0.001), ("scale = 60", 2, 120), ("scale = 0.25", 3, 0.75),
        ("scale = 0.3", 1, 0.3), ("offset = -32\nscale = 1", 50, 18), ("scale = 0.5\noffset = 1", 4, 3),
        ("sentinels = [65535, -1]", 65535, None), ("sentinels = [65535]", 65534, 65534),
        ("range = [0, 10]", 11, None), ("range = [0, 10]", 10, 10), ("scale = 0.01\nrange = [0, 1]", 101, None),
    ],
)  # fmt: skip
def test_scales_sentinels_and_ranges(series: str, raw: int, expected: float | None) -> None:
    assert number(row(a=raw), series=series) == expected


@pytest.mark.parametrize(
    ("series", "raw", "expected"),
    [
        ("text = true", "CPU Temperature: 62 C 143.60F", 62), ("text = true", "62,5 C", 62.5),
        ("text = true", "none", None), ("text = true", 41, 41), ("", "62", None),
        ("text = '([0-9.]+)F'", "CPU Temperature: 62 C 143.60F", 143.6), ("text = true\nscale = 0.1", "-25", -2.5),
    ],
)  # fmt: skip
def test_numbers_within_text(series: str, raw: Told, expected: float | None) -> None:
    assert number(row(a=raw), series=series) == expected


@pytest.mark.parametrize(("raw", "refused"), [("N/A", 0), ("", 0), ("-- C", 0), ("about 4 or so", 1), ("7 C", 0)])
def test_a_text_without_a_digit_is_no_value_and_no_trouble(raw: str, refused: int) -> None:
    text = FILE.format(table='row_name = "n"', metric="snmp_temperature_celsius", value="a", series="text = '^(\\d+)'")
    columns = row(a=raw)
    layout = lay_out(columns, book=own_book(text))
    samples(layout, columns)
    assert layout.refused.count == refused


def test_a_number_that_net_snmp_wraps() -> None:
    assert (
        number(row(a=Value(tags.OPAQUE, bytes.fromhex("9f780442f60000"))), series="scale = 1\nrange = [0, 500]") == 123
    )


STATES = "labels = {kind = 'fan'}\nstates = {ok = [1, 2], warning = [3], critical = [4], absent = [9]}"
WORDS = "labels = {kind = 'fan'}\nstates = {ok = ['normal'], critical = ['failed'], absent = ['not present']}"


@pytest.mark.parametrize(
    ("series", "raw", "expected"),
    [
        (STATES, 1, 0), (STATES, 2, 0), (STATES, 3, 1), (STATES, 4, 2), (STATES, 9, None), (STATES, 77, 3),
        (WORDS, "Normal", 0), (WORDS, "FAILED\x00", 2), (WORDS, "Not present", None), (WORDS, "odd", 3),
    ],
)  # fmt: skip
def test_states(series: str, raw: Told, expected: int | None) -> None:
    assert number(row(a=raw), series=series, metric="snmp_component_state") == expected


@pytest.mark.parametrize(
    ("series", "raw", "expected"),
    [
        ("map = {5 = 1, 3 = 0}", 5, 1), ("map = {5 = 1, 3 = 0}", 3, 0), ("map = {5 = 1}", 4, None),
        ("map = {5 = 1, '*' = 0}", 4, 0), ("map = {on = 1, '*' = 0}", "ON", 1), ("map = {on = 1, '*' = 0}", "off", 0),
    ],
)  # fmt: skip
def test_maps(series: str, raw: Told, expected: int | None) -> None:
    assert number(row(a=raw), series=series) == expected


@pytest.mark.parametrize(
    ("series", "is_told"),
    [
        ("when = {b = [3]}", True), ("when = {b = [4]}", False), ("unless = {b = [3]}", False),
        ("when = {b = '^3$'}", True), ("when = {b = {min = 4}}", False), ("when = {b = {max = 3}}", True),
        ("when = {c = [3]}", False), ("unless = {c = [3]}", True), ("absent = ['b']", False), ("absent = ['c']", True),
        ("require = 'b == 3'", True), ("require = 'a < b'", False),
    ],
)  # fmt: skip
def test_filters(series: str, is_told: bool) -> None:
    assert (number(row(a=7, b=3), series=series) is not None) == is_told


def test_a_fixed_column_is_worked_out_once() -> None:
    book = own_book(
        FILE.format(table='row_name = "n"\nfixed = ["b"]', metric="snmp_temperature_celsius", value="a * b", series="")
    )
    (series,) = lay_out(row(a=7, b=3), book=book).series
    assert [cell.column for cell in series.cells] == [(1, 3, 1)]
    assert series.convert is not None
    assert series.convert(2) == 6
    needs = book.needs([(1, 3, 1)])
    assert (needs.fast, needs.slow) == (((1, 3, 1),), ((1, 3, 2),))


def test_a_row_without_a_cell_is_told_of() -> None:
    columns: Columns = {"1.3.1": {"1": 1, "2": 2}, "1.3.2": {"1": 1}}
    book = own_book(FILE.format(table='row_name = "n"', metric="snmp_temperature_celsius", value="a * b", series=""))
    layout = lay_out(columns, book=book)
    assert len(layout.series) == 1
    assert [(trouble.reason, trouble.rows) for trouble in layout.troubles] == [("skipped", 1)]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ('"{b}"', "fan"), ('["{c}", "{b}"]', "fan"), ('"{b} of {c}"', ""), ('["{b} of {c}", "row {index}"]', "row 5"),
        ('["{c}", "const"]', "const"), ('"{x}/{y}"', ""),
    ],
)  # fmt: skip
def test_names(name: str, expected: str) -> None:
    table = f'row_name = {name}\nindex = ["x", "y"]'
    assert list(made(row(a=1, b=" fan\x00 "), table=table)) == [f"snmp_temperature_celsius{{index=5,name={expected}}}"]


LOOKUPS = """row_name = "{far}"
index = ["x:KIND", "y"]
[table.lookups]
far = {oid = "1.3.9", by = BY}
"""


@pytest.mark.parametrize(
    ("kind", "by", "index", "far"),
    [
        ("number", '["y"]', "4.8", "8"), ("number", '["y", "x"]', "4.8", "8.4"), ("number", '["b"]', "4.8", "3"),
        ("text", '["y"]', "2.65.66.8", "8"), ("mac", '["y"]', "1.2.3.4.5.6.8", "8"), ("rest", '["x"]', "4.8", "4.8"),
    ],
)  # fmt: skip
def test_lookups_go_by_parts_of_the_index_and_by_values(kind: str, by: str, index: str, far: str) -> None:
    table = LOOKUPS.replace("KIND", kind).replace("BY", by)
    text = FILE.format(table="", metric="snmp_temperature_celsius", value="a", series="").replace(
        'columns = {a = "1.3.1", b = "1.3.2", c = "1.3.3"}',
        'columns = {a = "1.3.1", b = "1.3.2", c = "1.3.3"}\n' + table,
    )
    columns: Columns = {"1.3.1": {index: 1}, "1.3.2": {index: 3}, "1.3.9": {far: "found", "99": "other"}}
    assert list(samples(lay_out(columns, book=own_book(text)), columns)) == [
        f"snmp_temperature_celsius{{index={index},name=found}}"
    ]


TWO = """
[[table]]
name = "one"
row_name = "same"
columns = {a = "1.3.1"}
series = [{metric = "snmp_temperature_celsius", value = "a"}]
[[table]]
name = "two"
row_name = "same"
INSTEAD
columns = {a = "1.3.2"}
series = [{metric = "snmp_temperature_celsius", value = "a"}]
"""


def test_equal_labels_cost_no_series() -> None:
    columns: Columns = {"1.3.1": {"1": 10}, "1.3.2": {"1": 20}}
    layout = lay_out(columns, book=own_book(TWO.replace("INSTEAD", "")))
    assert samples(layout, columns) == {
        "snmp_temperature_celsius{index=1,name=same}": 10,
        "snmp_temperature_celsius{index=own/two:1,name=same}": 20,
    }
    assert [trouble.reason for trouble in layout.troubles] == ["duplicate"]


def test_a_table_can_stand_for_another() -> None:
    book = own_book(TWO.replace("INSTEAD", 'instead_of = ["own/one"]'))
    both: Columns = {"1.3.1": {"1": 10}, "1.3.2": {"1": 20}}
    assert list(samples(lay_out(both, book=book), both).values()) == [20]
    one: Columns = {"1.3.1": {"1": 10}}
    assert list(samples(lay_out(one, book=book), one).values()) == [10]


def test_a_table_can_stand_behind_another() -> None:
    book = own_book(TWO.replace("INSTEAD", 'behind = ["own/one"]'))
    both: Columns = {"1.3.1": {"1": 10}, "1.3.2": {"1": 20}}
    assert list(samples(lay_out(both, book=book), both).values()) == [10]
    two: Columns = {"1.3.2": {"1": 20}}
    assert list(samples(lay_out(two, book=book), two).values()) == [20]


def test_a_table_that_another_replaces_still_replaces_a_third() -> None:
    three = TWO.replace("INSTEAD", 'instead_of = ["own/one"]') + TWO.split("[[table]]")[2].join(
        ["[[table]]", ""]
    ).replace('"two"', '"three"').replace("INSTEAD", 'instead_of = ["own/two"]').replace("1.3.2", "1.3.3")
    columns: Columns = {"1.3.1": {"1": 10}, "1.3.2": {"1": 20}, "1.3.3": {"1": 30}}
    assert list(samples(lay_out(columns, book=own_book(three)), columns).values()) == [30]


TEXTS = """
texts.version = {of = "b", find = ['V(\\d+)x', 'Version (\\S+)']}
texts.kind = {of = "version", words = {2 = "two", "*" = "more"}}
row_name = ["{kind} {version}", "none"]
"""


@pytest.mark.parametrize(
    ("told", "name"), [("a V2x b", "two 2"), ("Version 3.1, of today", "more 3.1,"), ("nothing", "none"), ("", "none")]
)
def test_texts_are_made_of_texts(told: str, name: str) -> None:
    book = own_book(FILE.format(table=TEXTS, metric="snmp_temperature_celsius", value="a", series=""))
    columns = row(a=1, b=told)
    assert list(samples(lay_out(columns, book=book), columns)) == [f"snmp_temperature_celsius{{index=5,name={name}}}"]


@pytest.mark.parametrize(
    ("test", "is_told"),
    [
        ("when = {kind = ['two']}", True), ("unless = {kind = ['two']}", False),
        ("when = {version = {min = 3}}", False), ("when = {version = '^2$'}", True),
        ("when = {part = [5]}", True), ("when = {part = {max = 4}}", False),
    ],
)  # fmt: skip
def test_texts_and_parts_of_the_index_can_be_tested(test: str, is_told: bool) -> None:
    table = TEXTS + "index = ['part']"
    book = own_book(FILE.format(table=table, metric="snmp_temperature_celsius", value="a", series=test))
    columns = row(a=1, b="V2x")
    assert bool(samples(lay_out(columns, book=book), columns)) == is_told


@pytest.mark.parametrize(
    "texts",
    ["{t = {of = 'z', find = 'x'}}", "{t = {of = 'b'}}", "{a = {of = 'b', find = 'x'}}", "{t = {of = 't', find = 'x'}}",
     "{t = {of = 'b', find = '('}}", "{t = {of = 'b', find = 'x', word = {}}}", "{t = 'b'}"],
)  # fmt: skip
def test_texts_of_nothing_are_refused(texts: str) -> None:
    with pytest.raises(CatalogueError):
        own_book(own(table=f"row_name = 'n'\ntexts = {texts}"))


def test_the_same_readings_give_the_same_order() -> None:
    columns: Columns = {"1.3.1": {"10": 1, "9": 2, "2": 3}}
    turned: Columns = {"1.3.1": dict(reversed(columns["1.3.1"].items()))}
    assert list(made(columns)) == list(made(turned))
    assert [key.split("index=")[1][0] for key in made(columns)] == ["2", "9", "1"]


def own(
    table: str = 'row_name = "n"', metric: str = "snmp_temperature_celsius", value: str = "a", series: str = ""
) -> str:
    return FILE.format(table=table, metric=metric, value=value, series=series)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("titel = 1\n" + own(), "nearest: title"),
        (own(metric="snmp_temperature_celsiu"), "nearest: snmp_temperature_celsius"),
        (own(table="fixd = []"), "nearest: fixed"),
        (own(table="fixed = 'a'"), "fixed is not right"),
        (own(table='fixed = ["d"]'), "no column d"),
        (own(value="a +"), "ends too early"),
        (own(value="a b"), "one too many"),
        (own(value="(a"), "missing"),
        (own(value="a $ b"), "cannot be read"),
        (own(value="__import__(a)"), "no function"),
        (own(value="bit(1, a)"), "takes a column"),
        (own(value="abs(a, b)"), "takes 1 to 1"),
        (own(value="d"), "no column d"),
        (own(value="1"), "without a column"),
        (own(table=""), "name: -"),
        (own(table='row_name = "{d}"'), "no column d"),
        (own(table='index = ["a"]'), "have the same"),
        (own(table='index = ["x:long"]'), "no index long"),
        (own(series="range = [9, 1]"), "range"),
        (own(series="scale = 0"), "scale"),
        (own(series="text = '('"), "unterminated"),
        (own(series="group = 'g'"), "no group g"),
        (own(series="labels = {kind = 'fan'}"), "no label kind"),
        (own(series="when = {a = []}"), "test"),
        (own(series="when = {a = {least = 1}}"), "no key least"),
        (own(metric="snmp_component_state", series=STATES.replace("[3]", "[1]")), "stands in two lists"),
        (own(metric="snmp_component_state", series=STATES.replace("ok", "okay")), "no key okay"),
        (own(table='lookups = {far = {oid = "1.3.9"}}'), "one of them"),
        (own(table='row_name = "n"\nshow = {a = "hex"}'), "no show hex"),
        (own().replace("1.3.2", "1.3.x"), "1.3.x"),
        (own() + own(), "two tables"),
        ("[", "TOML"),
    ],
)
def test_what_is_not_part_of_the_format_is_refused(text: str, word: str) -> None:
    with pytest.raises(CatalogueError) as caught:
        own_book(text)
    said = str(caught.value)
    assert "own.toml" in said
    assert word in said


def test_a_depth_or_length_without_end_is_refused() -> None:
    for value in ("(" * 200 + "a" + ")" * 200, "a + " * 150 + "a", "-" * 300 + "a", "a ^ " * 90 + "a"):
        with pytest.raises(CatalogueError):
            own_book(own(value=value))


def test_every_file_that_comes_with_the_agent_is_right() -> None:
    assert len(loader.book().files) >= 10
    assert loader.book().families


def test_a_book_goes_through_marshal_to_another_process() -> None:
    book = loader.book()
    again = Book(marshal.loads(marshal.dumps(book.packed)))
    assert again.anchors() == book.anchors()
    assert again.needs(book.anchors()) == book.needs(book.anchors())
    assert again.ways() == book.ways()
    assert again.family(again.families[0]).anchors() == book.family(book.families[0]).anchors()


@pytest.mark.parametrize(
    ("octets", "text"),
    [
        (b"\x07\xea\x0b\x1a\x15\x13\x02\x00", "2026-11-26T21:19:02"),
        (b"\x07\xea\x0b\x1a\x15\x13\x02\x00+\x01\x00", "2026-11-26T21:19:02+01:00"),
        (bytes(8), ""),
        (b"x", ""),
    ],
)
def test_dates(octets: bytes, text: str) -> None:
    assert date_and_time(octets) == text


@pytest.mark.parametrize(
    ("octets", "text"), [(b"\x02\x00\x0a", "02:00:0A"), (b"", ""), (b"02:00:00:00:00:0a", "02:00:00:00:00:0A")]
)
def test_addresses(octets: bytes, text: str) -> None:
    assert mac(octets) == text


@pytest.mark.parametrize(
    ("text", "cleaned"), [(" a  b\r\nc\x00", "a b c"), ("\x1b[31mred", "[31mred"), ("één\ufffd", "één"), ("", "")]
)  # fmt: skip
def test_text_is_cleaned(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


def test_plain_values() -> None:
    assert plain(Value(tags.COUNTER64, WRAP + 3)) == 3
    assert plain(Value(tags.COUNTER32, 3)) == 3
    assert plain(Value(tags.OCTETS, b"x")) == b"x"
    assert plain(Value(tags.OPAQUE, b"junk")) == b"junk"


FORMAT = Path(loader.__file__).parents[1].joinpath("tables/FORMAT.md").read_text(encoding="utf-8")


def test_the_example_of_the_format_is_one() -> None:
    example = FORMAT.split("```toml\n")[1].split("```")[0]
    file = loader.read("power_ethernet", example, loader.metrics())
    assert [table.name for table in file.tables] == ["power_ethernet/supplies"]


@pytest.mark.parametrize(
    "key",
    [
        *checks.FILE, *checks.TABLE, *checks.LOOKUP, *checks.SERIES, *checks.TEXT, *checks.STATES, *checks.SHOWS,
        *FUNCTIONS, *families.FILE, *families.WAY, *families.IDENTITY,
    ],
)  # fmt: skip
def test_the_format_says_what_each_key_means(key: str) -> None:
    assert re.search(rf"`{key}[`(]|{{?{key} = ", FORMAT)
