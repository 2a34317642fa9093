"""What an answer to a write means: it is there, it never will be, or it should be tried again.

Source: Prometheus Remote-Write 1.0 specification ("Retries & Backoff"): 5xx is tried again, 4xx is not, 429 may be. Two
things are otherwise. A credential that nobody knows, or an address that is not the collector's, says nothing of what
was sent: it waits until that is mended. And Prometheus before 2.43 answers 500 for a sample that is too old, which will
never be younger.
"""

from __future__ import annotations

import re

from regiowacht_agent.push.http_date import date_of, retry_after_s
from regiowacht_contract.light import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Literal

    from regiowacht_agent.polls.http_get import Reply

    Kind = Literal["taken", "refused", "later"]

NEVER = {
    b"too old": "old",
    b"too-old": "old",
    b"out of bounds": "old",
    b"out of order": "order",
    b"out-of-order": "order",
    b"duplicate sample": "duplicate",
    b"too far in the future": "future",
}
"""What is said of samples by their time (Prometheus ``storage``: ErrTooOldSample, ErrOutOfBounds, ErrOutOfOrderSample,
ErrDuplicateSampleForTimestamp; Mimir names its errors with hyphens), and the word that we count it under."""

OF_TIMES = frozenset(NEVER.values())

REFUSED = frozenset({400, 413, 422})
CREDENTIAL = frozenset({401, 403})
BUSY = frozenset({408, 425, 429, 503})
WORD = re.compile(rb"([a-z][a-z0-9-]{1,40}): ")
"""How our gateway begins what it says."""

HTML = "text/html"
"""What a firewall that breaks TLS open, or a log-in page, answers 200 with: nothing is stored there."""

WRITTEN = "x-prometheus-remote-write-samples-written"

NOTHING_LEFT = "nothing-left"
"""The word of our gateway for a write of which it looked at every sample, and none is left."""

REFUSED_FIELD = "x-regiowacht-refused"
"""Where our gateway says what of a write that it took it let go: ``REASON=SAMPLES``, parted by commas."""

COUNT = re.compile(r"([a-z][a-z0-9-]{1,40})=(\d{1,12})", re.ASCII)


class Verdict(NamedTuple):
    """What became of a write.

    Attributes:
        kind: whether it is there, will never be, or should be tried again.
        reason: why not, in a word; "" where it is there.
        detail: the same for a person, as the other side put it.
        wait_s: how long the other side asks to wait; None: it does not say.
        let_go: samples of the write that are refused for good, by why, where the other side looked at each; then there
            is nothing to be gained by sending parts of it.
    """

    kind: Kind
    reason: str = ""
    detail: str = ""
    wait_s: float | None = None
    let_go: Mapping[str, int] | None = None


def verdict(reply: Reply) -> Verdict:
    """Return what an answer means."""
    if 200 <= reply.code < 300:
        if HTML in reply.fields.get("content-type", "").lower():
            return Verdict("later", "protocol", f"{reply.code} with a page for people, which no collector sends")
        if reply.fields.get(WRITTEN) == "0":
            return Verdict("refused", "vanished", "it was accepted, and nothing of it was stored")
        return Verdict("taken", let_go=_counts(reply.fields.get(REFUSED_FIELD, "")))
    detail = f"{reply.code} {_shown(reply.body)}".rstrip()
    of_times = next((word for said, word in NEVER.items() if said in reply.body), "")
    if reply.code in REFUSED or (reply.code >= 500 and of_times and reply.code != 503):
        word = _word(reply)
        if word == NOTHING_LEFT:
            return Verdict("refused", word, detail, let_go=_counts(reply.body.decode("utf-8", "replace")))
        return Verdict("refused", of_times or word, detail)
    return Verdict("later", _later(reply.code), detail, _wait_s(reply))


def _word(reply: Reply) -> str:
    found = WORD.match(reply.body)
    if found is not None:
        return found[1].decode()
    return "size" if reply.code == 413 else "refused"


def _counts(told: str) -> dict[str, int]:
    return {word: int(count) for word, count in COUNT.findall(told)}


def _later(code: int) -> str:
    if code in CREDENTIAL:
        return "credential"
    if code in BUSY:
        return "busy"
    return "server" if code >= 500 else "address"


def _wait_s(reply: Reply) -> float | None:
    return retry_after_s(reply.fields.get("retry-after", "").strip(), date_of(reply.fields.get("date", "")))


def _shown(body: bytes) -> str:
    """Return the first line of what was said, without what steers a terminal."""
    text = body[:200].partition(b"\n")[0].decode("utf-8", "replace").strip()
    return "".join(one if one.isprintable() else "\ufffd" for one in text)
