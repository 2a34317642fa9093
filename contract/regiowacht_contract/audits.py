"""What audits found, said once, also long after: alerts and dashboards ask these expressions.

``audit run --push`` tells its figures once, at the end of an audit, and a plain query finds a sample for five minutes.
So what was pushed is asked by its last value. What an agent reads from a textfile is told at each reading, and is asked
as it is: the last value of months of readings would cost an engine too much.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_contract.promql import gauge

if TYPE_CHECKING:
    from regiowacht_contract.promql import Match

SCORE = "regiowacht_audit_score_ratio"
FINDINGS = "regiowacht_audit_findings"
LAST = "regiowacht_audit_last_success_timestamp_seconds"

PUSHED = "audit"
"""The job of what an audit pushes by itself."""

KEPT = "92d"
"""So long after an audit its figures count as what is known of the device; longer than the latest one may be old."""

WEEK = "7d"


def latest(name: str, offset: str = "", /, **matches: str | Match) -> str:
    """Return what the latest audits said, or those of ``offset`` ago.

    Args:
        name: of the metric.
        offset: in PromQL's notation; empty for now.
        matches: as ``gauge`` takes them.
    """
    pushed, told = gauge(name, job=PUSHED, **matches), gauge(name, **matches)
    ago = f" offset {offset}" if offset else ""
    return f"last_over_time({pushed}[{KEPT}]{ago}) or {told}{ago}"


def score() -> str:
    """Return the score of each audited device."""
    return latest(SCORE)


def score_a_week_ago() -> str:
    """Return the score that each device had a week ago."""
    return latest(SCORE, WEEK)


def last_success() -> str:
    """Return when each device was last audited, in seconds since 1970."""
    return latest(LAST)
