"""Shows what came of judging a configuration: for programs and for people. No line of the configuration is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_audit.judge.check import SHOWN
from regiowacht_audit.judge.rule import SEVERITIES, rules
from regiowacht_contract.texts import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_audit.judge.check import Judged
    from regiowacht_audit.judge.finding import Finding
    from regiowacht_audit.judge.schema import RuleFile
    from regiowacht_contract.texts import Lang

NAMES_MAX = 6


def as_json(judged: Judged, lang: Lang) -> dict[str, object]:
    """Return what ``audit check --json`` prints: findings by rule, and the lists that people compare."""
    by_id = {rule.id: rule for rule in rules()}
    return {
        "platform": judged.platform.name,
        "baseline": {"name": judged.baseline.name, "version": judged.baseline.version},
        "complete": judged.is_whole,
        "findings": [_finding(one, by_id[one.rule], lang) for one in judged.findings],
        "facts": [{"fact": shown, "values": _values(judged, name)} for shown, name in SHOWN.items()],
    }


def as_text(judged: Judged, lang: Lang) -> Iterator[str]:
    """Yield the lines that a person reads: what fails first, the gravest on top, with its remedy; then the totals."""
    by_id = {rule.id: rule for rule in rules()}
    failed = [one for one in judged.findings if one.status == "fail"]
    for one in sorted(failed, key=lambda finding: (SEVERITIES.index(finding.severity), finding.rule)):
        yield from _lines(one, by_id[one.rule], lang)
    count = {status: sum(one.status == status for one in judged.findings) for status in ("pass", "fail", "n/a")}
    key = "audit.totals" if judged.is_whole else "audit.totals-excerpt"
    yield say(key, lang, passed=count["pass"], failed=count["fail"], undecided=count["n/a"])


def _lines(finding: Finding, rule: RuleFile, lang: Lang) -> Iterator[str]:
    severity = say(f"audit.severity-{finding.severity}", lang)
    yield f"{finding.rule}  {severity}  {getattr(rule.title, lang)}"
    where = [say("audit.at-lines", lang, lines=", ".join(map(str, finding.lines)))] if finding.lines else []
    names = [name for name in finding.names if name]
    if names:
        more = len(names) - NAMES_MAX
        where.append(", ".join(names[:NAMES_MAX]) + (f" (+{more})" if more > 0 else ""))
    yield f"    {' · '.join(where) or say('audit.absent', lang)}"
    yield f"    → {getattr(rule.remedy, lang)}"


def _finding(finding: Finding, rule: RuleFile, lang: Lang) -> dict[str, object]:
    why = {"why": finding.why, "message": say(f"audit.why-{finding.why}", lang)} if finding.why else {}
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "status": finding.status,
        "title": getattr(rule.title, lang),
        "lines": list(finding.lines),
        "names": list(finding.names),
        **why,
    }


def _values(judged: Judged, name: str) -> list[str]:
    return list(dict.fromkeys(one.name for one in judged.sheet.get(name).items if one.lines))
