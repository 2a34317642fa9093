"""An audit as one HTML file that needs nothing else: read on a screen, mailed, or printed on A4."""

from __future__ import annotations

import time
from importlib import resources
from typing import TYPE_CHECKING

from jinja2 import Environment, StrictUndefined

from regiowacht_audit.judge.rule import SEVERITIES, rules
from regiowacht_audit.report.score import score
from regiowacht_contract.texts import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from regiowacht_audit.judge.finding import Finding
    from regiowacht_audit.outcome import Outcome
    from regiowacht_contract.texts import Lang

ROWS_SHOWN = 6
NAMES_MAX_CHARS = 300


def run_as_html(name: str, outcomes: Sequence[Outcome], now_s: float, lang: Lang) -> str:
    """Return the report.

    Args:
        name: the region's name.
        outcomes: the devices, in the order in which they are shown.
        now_s: when the audit ended, in seconds since 1970.
        lang: the language of all of it.
    """
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    page = (resources.files("regiowacht_audit") / "report" / "report.html.jinja").read_text(encoding="utf-8")
    baselines = sorted({f"{one.judged.baseline.name} {one.judged.baseline.version}" for one in outcomes if one.judged})
    return environment.from_string(page).render(
        lang=lang,
        title=say("audit-run.report-title", lang, regio=name),
        made=say(
            "audit-run.report-made",
            lang,
            at=time.strftime("%d-%m-%Y %H:%M", time.localtime(now_s)),
            baselines=", ".join(baselines) or "-",
        ),
        devices=[_device(one, lang) for one in outcomes],
        say=lambda key: say(f"audit-run.report-{key}", lang),
    )


def _device(outcome: Outcome, lang: Lang) -> dict[str, object]:
    value = score(outcome.judged.findings) if outcome.judged else None
    failed = [one for one in outcome.judged.findings if one.status == "fail"] if outcome.judged else []
    failed.sort(key=lambda one: (SEVERITIES.index(one.severity), one.rule))
    rows = outcome.text.split("\n")
    return {
        "name": outcome.name,
        "anchor": outcome.name.replace("/", "-"),
        "platform": outcome.platform.title,
        "is_read": outcome.judged is not None,
        "error": outcome.error.message(lang) if outcome.error else "",
        "score": "-" if value is None else round(100 * value),
        "width": 0 if value is None else round(100 * value),
        "counts": [
            (severity, say(f"audit.severity-{severity}", lang), sum(one.severity == severity for one in failed))
            for severity in SEVERITIES
        ],
        "findings": [_finding(one, rows, lang) for one in failed],
    }


def _finding(finding: Finding, rows: Sequence[str], lang: Lang) -> dict[str, object]:
    rule = next(one for one in rules() if one.id == finding.rule)
    shown = [(line, rows[line - 1].rstrip("\r")) for line in finding.lines if line <= len(rows)]
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "severity_name": say(f"audit.severity-{finding.severity}", lang),
        "title": getattr(rule.title, lang),
        "reason": getattr(rule.reason, lang),
        "remedy": getattr(rule.remedy, lang),
        "rows": shown[:ROWS_SHOWN],
        "names": ", ".join(dict.fromkeys(filter(None, finding.names)))[:NAMES_MAX_CHARS],
        "more": max(0, len(shown) - ROWS_SHOWN),
    }
