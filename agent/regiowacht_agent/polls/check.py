"""Tells a person what asking each asset once came to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_agent.reasons import in_words, word
from regiowacht_contract.texts import say, say_count

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from regiowacht_agent.polls.outcome import Taken
    from regiowacht_agent.polls.poll import Poll
    from regiowacht_contract.texts import Lang


def lines(asked: Sequence[tuple[Poll, Taken]], lang: Lang) -> Iterator[str]:
    """Yield one line for each asset, and one before them that counts them; nothing when there are none."""
    if not asked:
        return
    yield say("agent.check-assets", lang, count=len(asked))
    width = max(len(poll.asset.instance) for poll, _ in asked)
    for poll, taken in asked:
        name = f"{poll.asset.instance:<{width}}"
        yield say("agent.check-asset", lang, asset=name, kind=poll.kind, target=poll.target, told=_told(taken, lang))


def as_json(asked: Sequence[tuple[Poll, Taken]]) -> list[dict[str, object]]:
    """Return what ``--json`` prints."""
    return [
        {
            "instance": poll.asset.instance,
            "site": poll.asset.site,
            "job": poll.asset.job,
            "kind": poll.kind,
            "target": poll.target,
            "up": taken.outcome.up,
            "reason": taken.outcome.reason,
            "detail": taken.outcome.detail,
            "samples": taken.outcome.samples,
            "refused_lines": taken.outcome.refused,
            "duration_seconds": round(taken.duration_s, 6),
        }
        for poll, taken in asked
    ]


def _told(taken: Taken, lang: Lang) -> str:
    outcome = taken.outcome
    if not outcome.up:
        why, detail = word(outcome.reason, lang), in_words(outcome.detail, lang)
        return say("agent.poll-failed", lang, reason=why, detail=detail)
    duration = round(taken.duration_s * 1000, 1)
    values = say_count("agent.values-", lang, outcome.samples)
    if refused := sum(outcome.refused.values()):
        return say_count("agent.poll-refused-", lang, refused, values=values, duration=duration)
    return say("agent.poll-ok", lang, values=values, duration=duration)
