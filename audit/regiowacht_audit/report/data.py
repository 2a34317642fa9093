"""An audit as data for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_audit.judge.show import as_json
from regiowacht_audit.report.score import score

if TYPE_CHECKING:
    from collections.abc import Sequence

    from regiowacht_audit.outcome import Outcome
    from regiowacht_contract.texts import Lang


def run_as_json(regio: str, outcomes: Sequence[Outcome], lang: Lang) -> dict[str, object]:
    """Return every device with its findings, or the reason why there are none."""
    return {"regio": regio, "devices": [_device(one, lang) for one in outcomes]}


def _device(outcome: Outcome, lang: Lang) -> dict[str, object]:
    told: dict[str, object] = {
        "gemeente": outcome.gemeente,
        "device": outcome.device,
        "platform": outcome.platform.name,
    }
    if outcome.error is not None:
        told = {**told, "error": {"key": outcome.error.key, "message": outcome.error.message(lang)}}
    if outcome.judged is None:
        return told
    change = (
        {"id": outcome.change.id, "added": outcome.change.added, "removed": outcome.change.removed}
        if outcome.change
        else None
    )
    return {**told, "score": score(outcome.judged.findings), "change": change, **as_json(outcome.judged, lang)}
