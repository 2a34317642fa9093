"""An audit as SARIF 2.1.0 (OASIS): what code scanners and their viewers read."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from regiowacht_audit.judge.rule import rules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from regiowacht_audit.judge.finding import Finding
    from regiowacht_audit.judge.schema import RuleFile
    from regiowacht_audit.outcome import Outcome
    from regiowacht_contract.texts import Lang

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
LEVELS = {"critical": "error", "high": "error", "medium": "warning", "low": "note"}
KINDS = {"pass": "pass", "fail": "fail", "n/a": "notApplicable"}


def run_as_sarif(outcomes: Sequence[Outcome], version: str, lang: Lang) -> dict[str, object]:
    """Return the log of one run. A finding's place is the device's kept configuration, row by row, scrubbed."""
    known = list(rules())
    at = {rule.id: number for number, rule in enumerate(known)}
    results = [
        _result(one, finding, at[finding.rule], known[at[finding.rule]], lang)
        for one in outcomes
        if one.judged
        for finding in one.judged.findings
    ]
    unread = [
        {"level": "error", "message": {"text": one.error.message(lang)}, "descriptor": {"id": one.error.key}}
        for one in outcomes
        if one.error is not None
    ]
    driver = {
        "name": "regiowacht",
        "version": version,
        "rules": [_rule(rule, lang) for rule in known],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "utf16CodeUnits",
        "invocations": [{"executionSuccessful": not unread, "toolExecutionNotifications": unread}],
        "results": results,
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(rule: RuleFile, lang: Lang) -> dict[str, object]:
    return {
        "id": rule.id,
        "shortDescription": {"text": getattr(rule.title, lang)},
        "fullDescription": {"text": getattr(rule.reason, lang)},
        "help": {"text": getattr(rule.remedy, lang)},
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
        "properties": {"severity": rule.severity, "references": rule.refs},
    }


def _result(outcome: Outcome, finding: Finding, at: int, rule: RuleFile, lang: Lang) -> dict[str, object]:
    artifact = {"uri": quote(f"{outcome.name}.cfg")}
    rows = outcome.text.split("\n")
    regions = [
        {"startLine": line, "snippet": {"text": rows[line - 1].rstrip("\r")}}
        for line in finding.lines
        if line <= len(rows)
    ]
    places = [{"physicalLocation": {"artifactLocation": artifact, "region": region}} for region in regions]
    failed = finding.status == "fail"
    names = ", ".join(dict.fromkeys(filter(None, finding.names))) if failed else ""
    text = f"{outcome.name}: {getattr(rule.title, lang)}{f' ({names})' if names else ''}"
    return {
        "ruleId": finding.rule,
        "ruleIndex": at,
        "kind": KINDS[finding.status],
        "level": LEVELS[finding.severity] if failed else "none",
        "message": {"text": f"{text}. {getattr(rule.remedy, lang)}" if failed else text},
        "locations": places or [{"physicalLocation": {"artifactLocation": artifact}}],
    }
