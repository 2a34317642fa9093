"""An audit as lines for a person at a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_audit.judge.show import as_text
from regiowacht_audit.report.score import score
from regiowacht_contract.texts import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from regiowacht_audit.outcome import Outcome
    from regiowacht_contract.texts import Lang


def run_as_text(outcomes: Sequence[Outcome], lang: Lang) -> Iterator[str]:
    """Yield each device with what is not in order, then the totals."""
    for one in outcomes:
        yield f"── {one.name} ({one.platform.title})"
        if one.error is not None:
            yield f"    {one.error.message(lang)}"
        if one.judged is not None:
            yield from as_text(one.judged, lang)
        yield ""
    findings = [finding for one in outcomes if one.judged for finding in one.judged.findings]
    unread = sum(one.judged is None for one in outcomes)
    failing = sum(any(finding.status == "fail" for finding in one.judged.findings) for one in outcomes if one.judged)
    whole = score(findings)
    yield say(
        "audit-run.totals",
        lang,
        devices=len(outcomes),
        fine=len(outcomes) - failing - unread,
        failing=failing,
        unread=unread,
        score="-" if whole is None else round(100 * whole),
    )
