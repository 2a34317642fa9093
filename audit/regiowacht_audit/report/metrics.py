"""An audit as metrics: what an agent's textfile folder takes, and the gateway by push."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from regiowacht_audit.judge.rule import SEVERITIES
from regiowacht_audit.report.score import score
from regiowacht_contract.catalogue import catalogue

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from regiowacht_audit.outcome import Outcome

FINDINGS = "regiowacht_audit_findings"
SCORE = "regiowacht_audit_score_ratio"
SUCCESS = "regiowacht_audit_last_success_timestamp_seconds"


def run_as_metrics(outcomes: Sequence[Outcome], now_s: float) -> str:
    """Return the exposition of an audit that ended at ``now_s``, sorted; a device that was not read is left out.

    So its last success grows old, which is what an alert looks at.
    """
    rows: dict[str, list[str]] = {FINDINGS: [], SCORE: [], SUCCESS: []}
    for one in outcomes:
        for name, labels, value in samples_of(one, now_s):
            of = ",".join(f'{label}="{_escaped(said)}"' for label, said in labels.items())
            rows[name].append(f"{name}{{{of}}} {f'{value:.4f}' if name == SCORE else f'{value:.0f}'}\n")
    known = catalogue()
    return "".join(
        f"# HELP {name} {known[name].help}\n# TYPE {name} {known[name].kind}\n" + "".join(sorted(lines))
        for name, lines in rows.items()
        if lines
    )


def samples_of(outcome: Outcome, now_s: float) -> Iterator[tuple[str, dict[str, str], float]]:
    """Yield name, labels and value of what an audit that ended at ``now_s`` tells of a device; nothing if unread."""
    if outcome.judged is None:
        return
    of = {"gemeente": outcome.gemeente, "instance": outcome.device, "job": "audit"}
    counts: Counter[str] = Counter(one.severity for one in outcome.judged.findings if one.status == "fail")
    for severity in SEVERITIES:
        yield FINDINGS, {**of, "severity": severity}, counts[severity]
    value = score(outcome.judged.findings)
    if value is not None:
        yield SCORE, of, value
    yield SUCCESS, of, now_s


def _escaped(value: str) -> str:
    """Return a label's value as the exposition format writes it."""
    return value.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")
