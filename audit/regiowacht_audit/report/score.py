"""One number for a device or a region: how much of what was judged is in order, by weight."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from regiowacht_audit.judge.finding import Finding

WEIGHTS = {"critical": 10, "high": 5, "medium": 2, "low": 1}
"""What a rule counts for; published, so that everybody can compute a score again."""


def score(findings: Iterable[Finding]) -> float | None:
    """Return the weight of passes over the weight of passes and failures, 0 to 1; None where nothing was judged."""
    judged = [(WEIGHTS[one.severity], one.status == "pass") for one in findings if one.status != "n/a"]
    whole = sum(weight for weight, _passed in judged)
    return sum(weight for weight, passed in judged if passed) / whole if whole else None
