"""Lines of a page: each good one is carried, each wrong one costs only itself."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from regiowacht_agent.polls.outcome import Failed
from regiowacht_agent.relay.carry import Carrier
from tests.agent.polls.asked import RELAYED, read

TARGET = 'gemeente="zandbeke",scope="zandbeke/overig",site="stadhuis",instance="srv-dc",job="relay"'


def _carry(page: str, is_openmetrics: bool = False) -> tuple[str, dict[str, int]]:
    outcome = Carrier(RELAYED, 1000).carry(page, is_openmetrics)
    return "".join(told.head + told.lines for told in outcome.told), outcome.refused


@pytest.mark.parametrize(
    ("line", "carried"),
    [
        ("a 1", f"a{{{TARGET}}} 1"),
        ("a{} 1", f"a{{{TARGET}}} 1"),
        ("a{x=\"y\",} 1.5e3", f'a{{{TARGET},x="y"}} 1.5e3'),
        ('a { x = "y" , b="c" }  +Inf', f'a{{{TARGET},b="c",x="y"}} +Inf'),
        ('a{x="}{,= "} -inf', f'a{{{TARGET},x="}}{{,= "}} -Inf'),
        (r'a{x="\\\"\n"} NaN', rf'a{{{TARGET},x="\\\"\n"}} NaN'),
        ('a{x="é"} 1 1700000000000', f'a{{{TARGET},x="é"}} 1'),
        ('a{x="y"} 1 # {trace_id="z"} 0.5', f'a{{{TARGET},x="y"}} 1'),
        ('a{x=""} 1\r', f"a{{{TARGET}}} 1"),
        ('a{job="theirs",instance="h:1",site="default"} 1',
         f'a{{{TARGET},exported_instance="h:1",exported_job="theirs",exported_site="default"}} 1'),
        ('a{job="x",exported_job="y"} 1', f'a{{{TARGET},exported_exported_job="x",exported_job="y"}} 1'),
        ("node_load1 1", f"node_load1{{{TARGET.replace('overig', 'infrastructuur')}}} 1"),
    ],
)  # fmt: skip
def test_a_good_line_keeps_its_own_labels_beside_the_assets(line: str, carried: str) -> None:
    text, refused = _carry(line)
    assert text.splitlines()[-1] == carried
    assert refused == {}
    assert list(text_string_to_metric_families(text))


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("a", "syntax"),
        ("1a 1", "syntax"),
        ("a-b 1", "syntax"),
        ('a{x="y" 1', "syntax"),
        ('a{x="y} 1', "syntax"),
        ("a{x=y} 1", "syntax"),
        ('a{x="y" z="w"} 1', "syntax"),
        (r'a{x="\q"} 1', "syntax"),
        ('{"a.b"} 1', "syntax"),
        ('a{x="y",x="z"} 1', "label"),
        ('a{__name__="b"} 1', "label"),
        ('a{x="' + "y" * 2001 + '"} 1', "label"),
        ('a{x="' + "€" * 667 + '"} 1', "label"),
        ("a{" + "x" * 201 + '="y"} 1', "label"),
        ('a{job="y",' + ",".join(f'{"exported_" * n}job="y"' for n in range(1, 25)) + "} 1", "label"),
        ("a" * 2001 + " 1", "name"),
        ("a{" + ",".join(f'x{n}="y"' for n in range(31)) + "} 1", "label"),
        ("a{" + "x" * 100_000 + "} 1", "syntax"),
        ("a one", "value"),
        ("a 1_000", "value"),
        ("a 0x10", "value"),
        ("a 1,5", "value"),
        ("a 1e999", "value"),
        ("a -1e309", "value"),
        ("a " + "9" * 310, "value"),
        ("a \u0131nf", "value"),
        ("up 1", "name"),
        ('a{unit="\udcb0C"} 1', "not-utf8"),
        ("a 1 # \udcb0C", "not-utf8"),
        ("good 2", "duplicate"),
    ],
)
def test_a_wrong_line_costs_only_itself(line: str, why: str) -> None:
    text, refused = _carry(f"good 1\n{line}\nlater 3\n")
    assert refused == {why: 1}
    assert read(text) == {("good",): 1, ("later",): 3}


@pytest.mark.parametrize(
    "name",
    [
        "up", "scrape_duration_seconds", "scrape_samples_scraped", "scrape_samples_post_metric_relabeling",
        "scrape_series_added", "scrape_timeout_seconds", "scrape_sample_limit", "scrape_body_size_bytes",
        "ALERTS", "ALERTS_FOR_STATE", "job:rate", "regiowacht:asset_state", "instance:node_cpu_usage:ratio_rate5m",
        "regiowacht_asset_info", "regiowacht_asset_remembered", "regiowacht_gemeente_info", "regiowacht_audit_findings",
        "regiowacht_agent_poll_failed", "regiowacht_agent_relay_refused_lines", "regiowacht_of_next_year",
        "snmp_poll_duration_seconds",
    ],
)  # fmt: skip
def test_what_others_tell_of_an_asset_is_not_taken_from_its_page(name: str) -> None:
    text, refused = _carry(f'# TYPE {name} gauge\ngood 1\n{name}{{alertname="x"}} 1\n')
    assert refused == {"name": 1}
    assert read(text) == {("good",): 1}
    assert name not in text


@pytest.mark.parametrize("family", ["up", "ALERTS", "regiowacht_asset_info"])
def test_nor_under_a_family_of_such_a_name(family: str) -> None:
    text, refused = _carry(f"# TYPE {family} histogram\ngood 1\n{family}_count 1\n")
    assert refused == {"name": 1}
    assert family not in text


@pytest.mark.parametrize(
    "name",
    ["UP", "upper", "scrape_collector_success", "node_scrape_collector_success", "probe_success",
     "snmp_scrape_walk_packets", "regiowacht_agent_info", "regiowacht_backup_files", "alerts"],
)  # fmt: skip
def test_what_a_page_may_say_of_itself_is_carried(name: str) -> None:
    text, refused = _carry(f"{name} 1\n")
    assert refused == {}
    assert read(text) == {(name,): 1}


def test_a_page_of_nothing_but_such_names_says_so() -> None:
    with pytest.raises(Failed, match=r"no line of it can be carried \(name: 2, value: 1\)"):
        _carry("up 1\nALERTS 1\na x\n")


def test_the_same_series_in_another_order_of_labels_is_a_duplicate() -> None:
    text, refused = _carry('a{x="1",y="2"} 1\na{y="2",x="1"} 2\n')
    assert refused == {"duplicate": 1}
    assert read(text) == {("a", "1", "2"): 1}


def test_a_page_of_nothing_but_lines_is_refused_before_it_is_read() -> None:
    for page in ("\n" * 100_000, "# TYPE a gauge\n" * 100_000):
        with pytest.raises(Failed, match="more lines"):
            _carry(page)


def test_types_are_kept_in_the_format_of_scrapers() -> None:
    page = (
        "# TYPE t_seconds histogram\n# HELP t_seconds Time \\ of \\n day.\n"
        't_seconds_bucket{le="+Inf"} 2\nt_seconds_sum 3\nt_seconds_count 2\n'
        "# TYPE s summary\ns{quantile=\"0.5\"} 1\ns_sum 2\ns_count 3\n"
        "# TYPE c_total counter\nc_total 4\n# TYPE g gauge\n# TYPE g counter\ng 5\nbare 6\n"
        "# TYPE odd strange\nodd 7\n# nothing\n#\n"
    )  # fmt: skip
    text, refused = _carry(page)
    assert refused == {}
    types = {family.name: family.type for family in text_string_to_metric_families(text)}
    assert types == {
        "t_seconds": "histogram", "s": "summary", "c": "counter", "g": "gauge", "bare": "unknown", "odd": "unknown",
    }  # fmt: skip
    assert "# HELP t_seconds Time \\\\ of \\n day.\n" in text


def test_openmetrics_is_told_as_the_text_format() -> None:
    page = (
        "# TYPE hits counter\n# HELP hits Hits.\nhits_total 4\nhits_created 1.7e9\n"
        "# TYPE build info\nbuild_info{version=\"1\"} 1\n# TYPE mode stateset\nmode{mode=\"a\"} 1\n"
        "# TYPE t histogram\nt_bucket{le=\"+Inf\"} 2 # {id=\"x\"} 1 1.7e9\nt_sum 3\nt_count 2\nt_created 1.7e9\n"
        "# TYPE u unknown\nu 1 1.7e9\n# EOF\n"
    )  # fmt: skip
    text, refused = _carry(page, is_openmetrics=True)
    assert refused == {}
    for line in ("# HELP hits_total Hits.", "# TYPE hits_total counter", "# TYPE build_info gauge", "# TYPE mode gauge",
                 "# TYPE t histogram", "# TYPE t_created gauge", "# TYPE u untyped"):  # fmt: skip
        assert line in text.splitlines()
    assert read(text)["t_bucket", "+Inf"] == 2


def test_the_next_page_is_read_as_freshly_as_the_first() -> None:
    carrier = Carrier(RELAYED, 1000)
    pages = [
        '# TYPE a gauge\na{x="1"} 1\na{x="2"} 2\n',
        '# TYPE a gauge\na{x="1"} 3\na{x="3"} 4 1700000000000\na{x="1"} 5\n',
        '# TYPE a counter\na{x="1"} 1e3\na{x="2"} no\n',
    ]
    told = [carrier.carry(page) for page in pages]
    for page, outcome in zip(pages, told, strict=True):
        fresh = Carrier(RELAYED, 1000).carry(page)
        assert outcome == fresh
    assert [outcome.refused for outcome in told] == [{}, {"duplicate": 1}, {"value": 1}]


@pytest.mark.parametrize("value", ["²", "\u0661", "9" * 310, "1e999", "\u0131nf", "1_0"])
def test_a_value_that_no_collector_takes_is_refused_for_a_known_series_too(value: str) -> None:
    carrier = Carrier(RELAYED, 1000)
    carrier.carry("a 1\nb 1\n")
    outcome = carrier.carry(f"a {value}\nb 2\n")
    assert outcome.refused == {"value": 1}
    assert read("".join(told.lines for told in outcome.told)) == {("b",): 2}


def test_a_time_stamp_is_never_taken_for_the_value() -> None:
    carrier = Carrier(RELAYED, 1000)
    carrier.carry("a 7 7\n")
    assert read("".join(told.lines for told in carrier.carry("a 7 9\n").told)) == {("a",): 7}


BLANKS = st.sampled_from([" ", "\t", "  ", "\t ", " \t", "\t\t"])
STAMPS = st.one_of(st.just(""), st.tuples(BLANKS, st.just("1700000000000")).map("".join))
LINES = st.tuples(
    st.sampled_from(["", " ", "\t"]), st.sampled_from(["a", 'a{x="1"}', 'a{x="1 2"}', 'a{ x = "1\t2" ,\t}', "b"]),
    BLANKS, st.sampled_from(["1", "2.5", "-3e2"]), STAMPS, st.sampled_from(["", " ", "\t"]),
).map("".join)  # fmt: skip


@given(st.lists(st.lists(LINES, min_size=1, max_size=5), min_size=2, max_size=3))
def test_blanks_and_tabs_part_the_words_of_a_line_on_every_page(pages: list[list[str]]) -> None:
    carrier = Carrier(RELAYED, 1000)
    for lines in pages:
        page = "\n".join(lines) + "\n"
        outcome = carrier.carry(page)
        assert outcome == Carrier(RELAYED, 1000).carry(page)
        assert set(outcome.refused) <= {"duplicate"}
        first: dict[tuple[str, str], float] = {}
        for family in text_string_to_metric_families(page):
            for sample in family.samples:
                first.setdefault((sample.name, sample.labels.get("x", "")), sample.value)
        told: dict[tuple[str, str], float] = {}
        for family in text_string_to_metric_families("".join(one.lines for one in outcome.told)):
            told |= {(sample.name, sample.labels.get("x", "")): sample.value for sample in family.samples}
        assert told == first


@given(st.text(alphabet='ab_{}="\\, \n#1.eN+-é\t\r', max_size=200))
def test_whatever_stands_on_a_page_what_is_carried_can_be_read(page: str) -> None:
    try:
        text, _ = _carry(page)
    except Failed as failed:
        assert failed.reason == "format"  # noqa: PT017 - a page of nothing is one of the answers
        return
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            assert sample.labels["gemeente"] == "zandbeke"
            assert math.isnan(sample.value) or isinstance(sample.value, float | int)


def test_words_about_a_metric_that_are_no_utf8_do_not_cost_it_its_type() -> None:
    text, refused = _carry("# HELP a Warmth in \udcb0C.\n# TYPE a gauge\n# \udcb0\na 1\n")
    assert text == f"# HELP a Warmth in \ufffdC.\n# TYPE a gauge\na{{{TARGET}}} 1\n"
    assert refused == {}


def test_what_a_page_says_that_is_no_metric_is_not_repeated() -> None:
    """A page may echo the login that it was asked with."""
    with pytest.raises(Failed) as failed:
        Carrier(RELAYED, 1000).carry("Authorization: Bearer not-a-real-secret\n")
    assert "secret" not in str(failed.value)
    assert "no line of it is a metric" in str(failed.value)
