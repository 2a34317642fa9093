"""The last look at a report before it is written; where it would hold a secret, who brings that in, and where."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from regiowacht_audit.scrub.scanner import WHYS, Leak
from regiowacht_contract.errors import Unavailable
from regiowacht_contract.texts import say

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from regiowacht_audit.judge.finding import Finding
    from regiowacht_audit.outcome import Outcome
    from regiowacht_audit.scrub.scanner import Scanner
    from regiowacht_contract.texts import Lang

    Render = Callable[[Sequence[Outcome]], str]
    """Makes a report of some devices."""


class Withheld(Unavailable):
    """A report that is not written, since something in it looks like a secret.

    Args:
        what: the report: its file, or ``stdout``.
        leak: what the scanner said of it.
        device: whose findings bring it in; "" where it is none's.
        finding: the finding that does; None where it is none.
    """

    def __init__(self, what: str, leak: Leak, device: str = "", finding: Finding | None = None) -> None:
        rows = ", ".join(map(str, finding.lines)) if finding else ""
        key = "audit-run.withheld-row" if rows else "audit-run.withheld-device" if device else "audit-run.withheld"
        rule = finding.rule if finding else "-"
        super().__init__(key, what=what, device=device, rows=rows, rule=rule, row=leak.values["row"])
        self.why = leak.why

    def message(self, lang: Lang) -> str:
        """Return which device and row, what it looks like, and what to do; never what it is."""
        return say(self.key, lang, **self.values, why=say(WHYS[self.why], lang))


def looked_at(what: str, render: Render, outcomes: Sequence[Outcome], scanner: Scanner) -> str:
    """Return a report.

    Raises:
        Withheld: it would hold a secret.
    """
    text = render(outcomes)
    leak = _leak(text, scanner, what)
    if leak is None:
        return text
    if _leak(render([]), scanner, what) is None:
        for one in outcomes:
            if (own := _leak(render([one]), scanner, what)) is not None:
                raise Withheld(what, own, one.name, _finding(render, one, scanner, what))
    raise Withheld(what, leak)


def tellable(what: str, render: Render, outcomes: Sequence[Outcome], scanner: Scanner) -> list[Outcome]:
    """Return the devices, with an error in the place of the findings of one that would bring a secret in.

    Raises:
        Withheld: it is none of the devices that does.
    """
    told: list[Outcome] = []
    for one in outcomes:
        try:
            looked_at(what, render, [one], scanner)
            told.append(one)
        except Withheld as withheld:
            if not withheld.values["device"]:
                raise
            told.append(replace(one, judged=None, text="", error=withheld))
    looked_at(what, render, told, scanner)
    return told


def _finding(render: Render, outcome: Outcome, scanner: Scanner, what: str) -> Finding | None:
    """Return the finding that brings a secret in; None where the device does without any."""
    if outcome.judged is None or _leak(render([_with(outcome, ())]), scanner, what) is not None:
        return None
    for one in outcome.judged.findings:
        if _leak(render([_with(outcome, (one,))]), scanner, what) is not None:
            return one
    return None


def _with(outcome: Outcome, findings: tuple[Finding, ...]) -> Outcome:
    assert outcome.judged is not None  # noqa: S101 - who calls has seen to it
    return replace(outcome, judged=replace(outcome.judged, findings=findings))


def _leak(text: str, scanner: Scanner, what: str) -> Leak | None:
    try:
        scanner.check(text, what)
    except Leak as leak:
        return leak
    return None
