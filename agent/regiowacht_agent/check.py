"""Says what the agent would measure here, and where there is nothing to measure, why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_agent.reader import entries, in_force, open_reader
from regiowacht_agent.reading import Outcome, Readings
from regiowacht_agent.service import open_tls
from regiowacht_contract.texts import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_agent.config import Config
    from regiowacht_contract.texts import Lang


def look(config: Config) -> tuple[Outcome, ...]:
    """Return how every family that is on fares in one reading.

    Raises:
        RegiowachtError: the certificate cannot be used.
    """
    open_tls(config)
    readings = Readings(open_reader(config))
    readings.take()
    return readings.outcomes


def families_off(config: Config) -> tuple[str, ...]:
    """Return the families that are not read."""
    return tuple(entry.name for entry in entries(in_force(config)) if not config.is_on(entry.name, entry.default))


def lines(config: Config, outcomes: tuple[Outcome, ...], lang: Lang) -> Iterator[str]:
    """Yield what a person reads: the configuration, then one line for each family."""
    yield say("agent.check-header", lang, hash=config.hash, reader=in_force(config), listen=config.listen)
    told = {outcome.family: _told(outcome, lang) for outcome in outcomes}
    told |= {name: say("agent.check-off", lang, family=name) for name in families_off(config)}
    width = max(map(len, told), default=0)
    for name in sorted(told):
        yield f"  {name:<{width}}  {told[name]}"


def as_json(config: Config, outcomes: tuple[Outcome, ...]) -> dict[str, object]:
    """Return what ``--json`` prints."""
    return {
        "config_hash": config.hash,
        "reader": in_force(config),
        "listen": config.listen,
        "families": [
            {
                "family": outcome.family,
                "state": outcome.state,
                "reason": outcome.reason,
                "samples": outcome.samples,
                "duration_seconds": round(outcome.duration_s, 6),
            }
            for outcome in outcomes
        ],
        "off": list(families_off(config)),
    }


def _told(outcome: Outcome, lang: Lang) -> str:
    if outcome.state == "ok" and not outcome.samples:
        return say("agent.check-empty", lang)
    return say(f"agent.check-{outcome.state}", lang, samples=outcome.samples, reason=outcome.reason)
