"""A finding: what one rule says about one configuration, with the lines that decide it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from regiowacht_audit.judge.statement import weigh
from regiowacht_audit.judge.verdict import Verdict, all_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from regiowacht_audit.facts.sheet import Sheet
    from regiowacht_audit.judge.baseline import Baseline
    from regiowacht_audit.judge.schema import Check, RuleFile, Severity

Status = Literal["pass", "fail", "n/a"]
Why = Literal["", "not-applicable", "unknown", "excerpt"]
LINES_MAX = 12
"""More lines than these are no evidence that a person reads."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one rule says.

    Attributes:
        rule: its id.
        severity: how much it matters.
        status: ``pass``, ``fail``, or ``n/a``.
        lines: the deciding lines, at most 12, 1-based; empty where the finding rests on an absence.
        names: what breaks the rule, by name; never a secret.
        why: why it is ``n/a``: the rule is not about this device, it cannot be told, or it cannot be told from an
            excerpt.
    """

    rule: str
    severity: Severity
    status: Status
    lines: tuple[int, ...]
    names: tuple[str, ...]
    why: Why = ""


def judge(sheet: Sheet, rules: Sequence[RuleFile], baseline: Baseline) -> Iterator[Finding]:
    """Yield the finding of every rule that the baseline judges, by rule id."""
    for rule in rules:
        params = baseline.params.get(rule.id)
        if params is not None:
            yield _judge_one(sheet, rule, params)


def _judge_one(sheet: Sheet, rule: RuleFile, params: Mapping[str, Any]) -> Finding:
    applies = _weigh_all(rule.when, sheet, params)
    if applies.holds is not True:
        return _undecided(sheet, rule, applies, "not-applicable" if applies.holds is False else "unknown")
    verdict = _weigh_all(rule.holds, sheet, params)
    if verdict.holds is None:
        return _undecided(sheet, rule, verdict, "unknown")
    status: Status = "pass" if verdict.holds else "fail"
    return Finding(rule.id, rule.severity, status, verdict.lines[:LINES_MAX], verdict.names)


def _undecided(sheet: Sheet, rule: RuleFile, verdict: Verdict, why: Why) -> Finding:
    reason: Why = "excerpt" if why == "unknown" and not sheet.is_whole else why
    return Finding(rule.id, rule.severity, "n/a", (), verdict.names, reason)


def _weigh_all(checks: Sequence[Check], sheet: Sheet, params: Mapping[str, Any]) -> Verdict:
    found = [weigh(check, sheet, params) for check in checks]
    return all_of(verdict for verdict in found if verdict is not None)
