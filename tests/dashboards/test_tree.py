"""The tree shows every selector, wherever PromQL lets one hide."""

from __future__ import annotations

import pytest

from regiowacht_dashboards.tree import DEEPEST, RATE_INTERVAL, parse, selectors, walk


@pytest.mark.parametrize(
    ("expr", "names"),
    [
        ("a + b", ["a", "b"]),
        ("topk(scalar(count(hidden)), shown)", ["hidden", "shown"]),
        ("quantile by (x) (scalar(p), q)", ["p", "q"]),
        ("max_over_time(rate(inner[5m])[1h:1m])", ["inner"]),
        ("-(a) * on (x) group_left (y) label_replace(b, 'd', '$1', 's', '(.*)')", ["a", "b"]),
        ("rate(c[$__rate_interval] offset $step) and ignoring (x) d @ end()", ["c", "d"]),
        ('count_values("v", a) unless absent(b)', ["a", "b"]),
        ("histogram_quantile($q, sum by (le) (rate(h[${window}])))", ["h"]),
        ('x{a="$y } or z{"}', ["x"]),
    ],
)
def test_no_selector_is_missed(expr: str, names: list[str]) -> None:
    assert [selector.name for selector, _ in selectors(parse(expr))] == names


def test_variables_inside_strings_stay_as_they_are() -> None:
    selector, _ = next(selectors(parse('up{gemeente=~"$gemeente",site=~"${site}"}')))
    assert [m.value for m in selector.matchers.matchers] == ["$gemeente", "${site}"]


@pytest.mark.parametrize("expr", ["rate(a[$__rate_interval])", "rate(a[${__rate_interval}])"])
def test_the_rate_interval_can_be_told_from_any_other(expr: str) -> None:
    ranges = [visit.node.range for visit in walk(parse(expr)) if hasattr(visit.node, "range")]
    assert ranges == [RATE_INTERVAL]


@pytest.mark.parametrize("expr", ["sum(", "", "a b", "{", "rate(a[5x])", "1 " * DEEPEST])
def test_what_is_no_promql_is_refused(expr: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse(expr)


@pytest.mark.parametrize("expr", ["(" * 499 + "a" + ")" * 499, "-" * 499 + "a", "+".join(["a"] * 499)])
def test_deep_nesting_is_read(expr: str) -> None:
    assert {selector.name for selector, _ in selectors(parse(expr))} == {"a"}


@pytest.mark.parametrize(
    "expr",
    ["(" * 50_000 + "a" + ")" * 50_000, "-" * 50_000 + "a", "+".join(["a"] * 50_000), " or ".join(["a"] * 50_000)],
)
def test_deeper_nesting_is_refused_before_it_ends_the_process(expr: str) -> None:
    with pytest.raises(ValueError, match="more than 500"):
        parse(expr)
