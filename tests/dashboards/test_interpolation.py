"""Variables are filled in as Grafana's Prometheus data source fills them in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from regiowacht_contract.errors import DashboardsInvalid
from regiowacht_dashboards.interpolation import expressions
from tests.dashboards.built import dashboard

if TYPE_CHECKING:
    from collections.abc import Sequence

SINGLE: dict[str, Any] = {"name": "v", "type": "query"}
MANY: dict[str, Any] = {**SINGLE, "multi": True, "includeAll": True, "allValue": ".+"}


def one(expr: str, variable: dict[str, Any], **values: str | Sequence[str]) -> str:
    board = {"panels": [{"title": "t", "targets": [{"expr": expr}]}], "templating": {"list": [variable]}}
    [(_, resolved)] = expressions(board, values)
    return resolved


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (["a"], "a"),
        (["a", "b"], "(a|b)"),
        (["srv.1", "x+y"], r"(srv\\.1|x\\+y)"),
        ("$__all", ".+"),
        (["$__all"], ".+"),
        (['q"uote'], r"q\"uote"),
    ],
)
def test_several_values_become_a_pattern(value: str | list[str], written: str) -> None:
    assert one('up{a=~"$v"}', MANY, v=value) == f'up{{a=~"{written}"}}'


def test_a_single_value_is_no_pattern_but_is_quoted() -> None:
    assert one('up{a="$v"}', SINGLE, v='a.b\\"') == 'up{a="a.b\\\\\\""}'


@pytest.mark.parametrize("form", ["$v", "${v}", "${v:regex}", "[[v]]"])
def test_every_way_of_writing_a_variable(form: str) -> None:
    assert one(f'up{{a=~"{form}"}}', MANY, v=["a", "b"]) == 'up{a=~"(a|b)"}'


def test_what_is_not_given_is_the_dashboards_own_choice() -> None:
    assert one("$v", {**MANY, "current": {"text": "b", "value": "b"}}) == "b"
    assert one("$v", MANY) == ".+"


def test_a_variable_without_a_value_is_an_error() -> None:
    with pytest.raises(DashboardsInvalid, match=r"\$v has no value"):
        one("$v", SINGLE)
    with pytest.raises(DashboardsInvalid, match=r"\$other"):
        one("$other", SINGLE)


def test_grafanas_own_variables_have_values() -> None:
    assert one("rate(a[$__rate_interval]) + b[$__range]", SINGLE) == "rate(a[4m]) + b[3h]"
    assert one("rate(a[$__rate_interval])", SINGLE, __rate_interval="20s") == "rate(a[20s])"


def test_a_longer_name_is_not_a_shorter_one_with_more() -> None:
    assert one("$v_x $v", SINGLE, v="1", v_x="2") == "2 1"


def test_panels_inside_collapsed_rows_are_asked_too() -> None:
    inner = {"title": "inner", "targets": [{"expr": "up"}]}
    board = {"panels": [{"title": "row", "type": "row", "panels": [inner]}]}
    assert expressions(board, {}) == [("inner", "up")]


def test_every_expression_of_a_built_dashboard_comes_out_whole() -> None:
    found = expressions(dashboard("rw-server"), {"gemeente": "zandbeke", "instance": "srv-files"})
    assert len(found) > 30
    assert not [expr for _, expr in found if "$" in expr]
    assert all('gemeente=~"zandbeke"' in expr for _, expr in found)
