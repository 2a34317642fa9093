"""How it stands with what a running agent sends, and with what it keeps until then."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from regiowacht_agent.push.look import said_duration
from regiowacht_contract.texts import keys, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from regiowacht_contract.texts import Lang

    Read = tuple[str, Mapping[str, str], float]

PUSH, SPOOL = "regiowacht_agent_push_", "regiowacht_agent_spool_"
CLOCK_S = 30


@dataclass(frozen=True, slots=True)
class PushStatus:
    """What an agent says of its push; times in seconds.

    Attributes:
        sent: samples that the collector took.
        last_s: how long ago it last took something; None: it never did since the agent started.
        failing: why nothing gets through now, in a word, or "".
        waiting: samples that are still to be sent.
        oldest_s: how old the oldest of those is; None: nothing waits.
        holds_s: how long the line may be down before anything is dropped; None: not known yet.
        refused: samples that the collector will never take, by why.
        gone: samples that are nowhere: dropped, thinned out, or lost.
        damaged: readings on disk that could not be read any more.
        has_trouble: whether the disk takes nothing now.
        clock_s: how far the collector's clock is ahead; None: not known.
    """

    sent: int
    last_s: float | None
    failing: str
    waiting: int
    oldest_s: float | None
    holds_s: float | None
    refused: Mapping[str, int]
    gone: int
    damaged: int
    has_trouble: bool
    clock_s: float | None

    @property
    def is_fine(self) -> bool:
        """Whether everything gets through and is kept."""
        return not self.failing and not self.has_trouble

    def as_json(self) -> dict[str, object]:
        """Return what ``--json`` prints."""
        return {
            "samples_sent": self.sent,
            "last_success_seconds_ago": _rounded(self.last_s),
            "failing": self.failing,
            "samples_waiting": self.waiting,
            "oldest_waiting_seconds": _rounded(self.oldest_s),
            "spool_holds_seconds": _rounded(self.holds_s),
            "samples_refused": dict(self.refused),
            "samples_gone": self.gone,
            "readings_damaged": self.damaged,
            "spool_in_trouble": self.has_trouble,
            "clock_offset_seconds": self.clock_s,
        }

    def lines(self, lang: Lang) -> Iterator[str]:
        """Yield what a person reads."""
        if self.last_s is None:
            yield say("sending.status-never", lang)
        else:
            yield say("sending.status-sent", lang, sent=self.sent, ago=round(self.last_s))
        if self.failing:
            yield say("sending.status-failing", lang, why=_why(self.failing, lang))
        if self.waiting and self.oldest_s is not None:
            yield say("sending.status-waiting", lang, waiting=self.waiting, oldest=said_duration(self.oldest_s, lang))
        if self.holds_s is not None:
            yield say("sending.status-holds", lang, holds=said_duration(self.holds_s, lang))
        if self.refused:
            by_reason = ", ".join(f"{reason}: {count}" for reason, count in sorted(self.refused.items()))
            yield say("sending.status-refused", lang, refused=by_reason)
        if self.gone or self.damaged:
            yield say("sending.status-gone", lang, gone=self.gone, damaged=self.damaged)
        if self.has_trouble:
            yield say("sending.status-trouble", lang)
        if self.clock_s is not None and abs(self.clock_s) > CLOCK_S:
            yield say("sending.status-clock", lang, ahead=round(self.clock_s))


def push_status(found: Iterable[Read]) -> PushStatus | None:
    """Return it from the samples of the agent's own page; None: it waits to be asked."""
    told = [(name, labels, value) for name, labels, value in found if name.startswith((PUSH, SPOOL))]
    if not told:
        return None
    number = {name: value for name, _, value in told}
    now, success = time.time(), number[f"{PUSH}last_success_timestamp_seconds"]
    oldest = number.get(f"{SPOOL}oldest_timestamp_seconds")
    dropped = _sum(told, f"{SPOOL}dropped_samples_total") + number[f"{SPOOL}thinned_samples_total"]
    return PushStatus(
        sent=_sum(told, f"{PUSH}samples_total"),
        last_s=max(0.0, now - success) if success else None,
        failing=next((labels["reason"] for name, labels, _ in told if name == f"{PUSH}failed"), ""),
        waiting=int(number[f"{SPOOL}waiting_samples"]),
        oldest_s=max(0.0, now - oldest) if oldest is not None else None,
        holds_s=number.get(f"{SPOOL}holds_seconds"),
        refused={
            labels["reason"]: int(value) for name, labels, value in told if name == f"{PUSH}refused_samples_total"
        },
        gone=int(dropped + number[f"{PUSH}lost_samples_total"]),
        damaged=int(number[f"{SPOOL}damaged_readings_total"]),
        has_trouble=number[f"{SPOOL}in_trouble"] == 1,
        clock_s=number.get(f"{PUSH}clock_offset_seconds"),
    )


def _sum(told: Iterable[Read], wanted: str) -> int:
    return int(sum(value for name, _, value in told if name == wanted))


def _why(reason: str, lang: Lang) -> str:
    """Return what a reason means; of an agent that knows more of them, the word."""
    key = f"sending.why-{reason}"
    return say(key, lang) if key in keys() else reason


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 1)
