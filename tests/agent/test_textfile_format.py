"""The text format line by line: what is right passes as it is, what is broken costs only itself."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from regiowacht_agent.extra.textfile.format import REFUSED_MAX, WHY, is_number, parse

if TYPE_CHECKING:
    from regiowacht_agent.extra.textfile.format import Parsed

Told = dict[tuple[str, tuple[tuple[str, str], ...]], str]


def told(parsed: Parsed) -> Told:
    return {
        (row.name, tuple(sorted(zip(row.labels, row.values, strict=True)))): row.number
        for group in parsed.groups
        for row in group.rows
    }


def refused(text: str | bytes) -> tuple[int, int, str]:
    found = parse(text if isinstance(text, bytes) else text.encode()).refused
    return found.count, found.line, found.reason


GOOD = """\
# A comment, and # TYPE in the midst of one
# HELP backup_age_seconds How \\\\ old\\nthe newest is.
# TYPE backup_age_seconds gauge
backup_age_seconds{path="/srv/a b",name="q\\"\\\\\\n",} 1.5e3
\tbackup_age_seconds { path = "é" , name="%s" }\t-Inf
plain 0
late +7
# HELP late told afterwards

# TYPE took_seconds histogram
took_seconds_bucket{le="0.5"} 1
took_seconds_bucket{le="+Inf"} 2
took_seconds_sum 0.7
took_seconds_count 2
# TYPE waited_seconds summary
waited_seconds{quantile="0.9"} NaN
waited_seconds_sum 3
waited_seconds_count 4
waited_seconds_bucket 5
"""


def test_what_is_right_is_read_as_the_official_parser_reads_it() -> None:
    parsed = parse(GOOD.encode())
    assert parsed.refused.count == 0
    families = list(text_string_to_metric_families(GOOD))
    wanted = {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value for one in families for sample in one.samples
    }
    found = {series: float(number) for series, number in told(parsed).items()}
    assert found.keys() == wanted.keys()
    for series, value in wanted.items():
        assert found[series] == value or (math.isnan(value) and math.isnan(found[series]))
    by_name = {group.name: group for group in parsed.groups}
    assert by_name["backup_age_seconds"].help == "How \\ old\nthe newest is."
    assert by_name["late"].help == "told afterwards"
    assert {name: group.kind for name, group in by_name.items()} == {
        "backup_age_seconds": "gauge",
        "plain": "",
        "late": "",
        "took_seconds": "histogram",
        "waited_seconds": "summary",
        "waited_seconds_bucket": "",
    }


BROKEN = [
    ("oops", "sample"),
    ("oops:", "sample"),
    ("1a 1", "sample"),
    ("a-b 1", "sample"),
    ('{"a.b"} 1', "sample"),
    ('a{b="c" 1', "sample"),
    ('a{b="c}" 1', "sample"),
    ("a 1 2 3", "sample"),
    ("a 1 now", "sample"),
    ('a 1 # {trace="x"} 1', "sample"),
    ("a{b=c} 1", "labels"),
    ('a{b="c",b="d"} 1', "labels"),
    ('a{__name__="x"} 1', "labels"),
    ('a{__tmp_in_catalogue="1"} 1', "labels"),
    ('a{b="\\t"} 1', "labels"),
    ('a{b="c"d="e"} 1', "labels"),
    ("a{,} 1", "labels"),
    ("a{" + ",".join(f'x{n}="y"' for n in range(31)) + "} 1", "labels"),
    ('a{b="' + "é" * 1001 + '"} 1', "labels"),
    ("a{" + "b" * 201 + '="c"} 1', "labels"),
    ("a" * 2001 + " 1", "sample"),
    ("a one", "number"),
    ("a 1,5", "number"),
    ("a 1_000", "number"),
    ("a 0x10", "number"),
    ("a 1e999", "number"),
    ("a \u0663", "number"),
    ("# HELP 9a text", "comment"),
    ("# TYPE", "comment"),
    ("# TYPE a", "type"),
    ("# TYPE a stateset", "type"),
    ("# TYPE before counter", "type-late"),
    ("# TYPE typed gauge", "type-late"),
    ("# HELP typed again", "help-twice"),
    ("h 1", "part"),
    ("h_bucket 1", "part"),
    ('h_bucket{le="x"} 1', "part"),
    ("s 1", "part"),
    ("zero\0 1", "not-utf8"),
]


@pytest.mark.parametrize(("line", "reason"), BROKEN)
def test_a_broken_line_costs_only_itself(line: str, reason: str) -> None:
    before = "before 1\n# HELP typed once\n# TYPE typed gauge\n# TYPE h histogram\n# TYPE s summary\n"
    text = f"{before}{line}\nafter 2\n"
    assert refused(text) == (1, 6, reason)
    assert told(parse(text.encode())) == {("before", ()): "1", ("after", ()): "2"}


def test_every_reason_has_its_sentence_and_no_sentence_is_without_a_case() -> None:
    assert {reason for _, reason in BROKEN} | {"timestamp", "unfinished", "garbage", "duplicate"} == set(WHY)


def test_one_time_stamp_refuses_the_whole_file() -> None:
    text = "a 1\nb 2 1700000000000\nbroken\n"
    assert refused(text) == (1, 2, "timestamp")
    assert told(parse(text.encode())) == {}


def test_a_last_line_without_end_may_be_half_a_line() -> None:
    assert refused("a 1\nb 12") == (1, 2, "unfinished")
    assert told(parse(b"a 1\nb 12")) == {("a", ()): "1"}
    assert refused("a 1\n  ") == (0, 0, "")


def test_what_windows_writes_is_read() -> None:
    parsed = parse(b"\xef\xbb\xbf# TYPE a gauge\r\na 1\r\n\r\nb 2\r\n")
    assert parsed.refused.count == 0
    assert told(parsed) == {("a", ()): "1", ("b", ()): "2"}


def test_bytes_that_are_no_utf8_cost_their_line() -> None:
    assert refused(b'a{b="\xff"} 1\nb{c="\xc3\xa9"} 2\n') == (1, 1, "not-utf8")


def test_a_file_of_something_else_is_given_up() -> None:
    assert refused("x\n" * (REFUSED_MAX + 5)) == (1, REFUSED_MAX + 1, "garbage")


@pytest.mark.parametrize(
    "evil",
    [
        b"a{" + b'x="' * 300_000,
        b"a{" + b'"\\' * 300_000,
        b"a" * 1_000_000,
        b"a{" + b'x="y",' * 150_000 + b"} 1",
        b"a " + b"1" * 1_000_000,
        b"# HELP " + b" " * 1_000_000,
        b"a{" + b" " * 1_000_000,
        b"# TYPE a " + b"gauge" * 200_000,
    ],
    ids=lambda evil: evil[:12].decode(),
)
def test_a_long_line_is_walked_through_once(evil: bytes) -> None:
    # The time-out of the test is what a line that is tried in every way would run into.
    assert refused(evil + b"\nb 1\n")[0] == 1


@given(st.binary(max_size=300))
def test_nothing_that_a_file_can_hold_stops_it(data: bytes) -> None:
    parsed = parse(data)
    assert parsed.refused.count <= data.count(b"\n") + 1


NAMES = st.from_regex(r"[a-z_:][a-z0-9_:]{0,8}", fullmatch=True)
LABELS = st.dictionaries(st.from_regex(r"[a-z][a-z0-9_]{0,5}", fullmatch=True), st.text(max_size=12), max_size=3)
NUMBERS = st.floats() | st.integers()


@given(st.lists(st.tuples(NAMES, LABELS, NUMBERS), max_size=8))
def test_whatever_is_written_by_the_rules_comes_back(samples: list[tuple[str, dict[str, str], float]]) -> None:
    def escaped(value: str) -> str:
        return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")

    wanted: Told = {}
    text = ""
    for name, labels, value in samples:
        if any("\0" in one for one in labels.values()):
            continue
        wanted[name, tuple(sorted(labels.items()))] = str(value)
        pairs = ",".join(f'{label}="{escaped(one)}"' for label, one in labels.items())
        text += f"{name}{{{pairs}}} {value}\n"
    parsed = parse(text.encode())
    assert parsed.refused.count == 0
    assert told(parsed) == wanted


@pytest.mark.parametrize("text", ["0", "-1.5", ".5", "5.", "1e5", "1E-05", "+Inf", "-inf", "Infinity", "NaN", "nan"])
def test_numbers(text: str) -> None:
    assert is_number(text)


@pytest.mark.parametrize("text", ["", ".", "e5", "1e", "--1", "1 ", "+nan", "in", "1" * 65, "½"])
def test_what_is_no_number(text: str) -> None:
    assert not is_number(text)
