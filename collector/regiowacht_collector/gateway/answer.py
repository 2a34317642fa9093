"""What an engine's answer to a write means: stored, never to be stored, or not now."""

from __future__ import annotations

from enum import Enum

REFUSED_TEXTS = (
    ("duplicate sample", "duplicate"),
    ("duplicate-timestamp", "duplicate"),
    ("out of order", "out-of-order"),
    ("out-of-order", "out-of-order"),
    ("out of bounds", "too-old"),
    ("too old", "too-old"),
    ("too-old", "too-old"),
    ("too far in the future", "too-far-ahead"),
    ("too-far-in-future", "too-far-ahead"),
)
"""What Prometheus and Mimir say of a sample they will never take, against our word. Prometheus 2.x answers 500 to a
sample that is too old, and a sender would try it for ever."""

WRITTEN = "X-Prometheus-Remote-Write-Samples-Written"
"""How many samples were stored; Prometheus 3 says so to some writes."""


class Verdict(Enum):
    """What an engine made of a body."""

    STORED = "stored"
    REFUSED = "refused"
    """It holds something that will never be stored; the rest of it may be."""

    LATER = "later"


def judge(status: int, said: str) -> tuple[Verdict, str]:
    """Return what an answer means, with the reason in a word where the engine refuses.

    400 and 413 are the body's fault; 500 is where the engine speaks of samples. All else, a 404 or 401 of a wrong
    address among it, will be mended there: nothing is lost by waiting.
    """
    if 200 <= status < 300:
        return Verdict.STORED, ""
    text = said.lower()
    reason = next((word for words, word in REFUSED_TEXTS if words in text), "")
    if status in {400, 413, 422} or (status == 500 and reason):
        return Verdict.REFUSED, reason or "engine"
    return Verdict.LATER, ""
