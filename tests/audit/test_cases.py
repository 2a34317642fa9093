"""Every case says what every rule must say of a configuration, and by which lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from regiowacht_audit.judge.baseline import find_baseline
from regiowacht_audit.judge.check import Judged, check_text
from regiowacht_audit.platform import find_platform
from tests.audit.case_files import FINE, Case, cases

if TYPE_CHECKING:
    from regiowacht_audit.judge.finding import Finding

CASES = cases()


def judged(case: Case) -> Judged:
    return check_text(case.config, find_platform(case.platform), find_baseline(case.baseline), FINE)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_case(case: Case) -> None:
    answer = judged(case)
    by_rule = {finding.rule: finding for finding in answer.findings}
    wrong = [
        *(said for rule, lines in case.passes.items() if (said := _differs(case, by_rule[rule], "pass", lines))),
        *(said for rule, lines in case.fails.items() if (said := _differs(case, by_rule[rule], "fail", lines))),
        *(f"{rule}: {_said(by_rule[rule])}" for rule, why in case.undecided.items() if by_rule[rule].why != why),
    ]
    assert answer.is_whole is not case.excerpt
    assert "\n".join(wrong) == ""
    for fact, values in case.facts.items():
        assert [one.name for one in answer.sheet.get(fact).items] == values, fact


@pytest.mark.parametrize("case", [case for case in CASES if not case.excerpt], ids=str)
def test_a_part_of_it_is_no_better_than_the_whole(case: Case) -> None:
    """A configuration cut off half-way is told from a whole one, and passes nothing that rests on an absence."""
    rows = case.config.splitlines()
    part = check_text("\n".join(rows[: len(rows) // 2]), find_platform(case.platform), find_baseline(case.baseline))
    assert not part.is_whole
    rests_on_nothing = [one.rule for one in part.findings if one.status == "pass" and not one.lines]
    assert rests_on_nothing == []


def _differs(case: Case, finding: Finding, status: str, lines: list[str] | bool) -> str:
    rows = case.config.splitlines()
    texts = {rows[number - 1].strip() for number in finding.lines}
    is_right = finding.status == status and (isinstance(lines, bool) or texts == set(lines))
    return "" if is_right else f"{finding.rule}: expected {status} by {lines}, got {_said(finding)} by {sorted(texts)}"


def _said(finding: Finding) -> str:
    return f"{finding.status} {finding.why} {finding.names}".strip()
