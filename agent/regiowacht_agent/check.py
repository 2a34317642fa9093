"""Says what the agent would measure here, and where there is nothing to measure, why."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from regiowacht_agent.check_declared import Declared, declared
from regiowacht_agent.log import LOGGER, visible
from regiowacht_agent.push.look import PushLook
from regiowacht_agent.push.look import look as look_at_push
from regiowacht_agent.reader import entries, in_force, open_reader, why_not
from regiowacht_agent.reading import Outcome, Readings
from regiowacht_agent.reasons import in_words
from regiowacht_agent.service import open_tls
from regiowacht_contract.texts import say, say_count

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from regiowacht_agent.block import Block
    from regiowacht_agent.config import Config
    from regiowacht_contract.texts import Lang

SAID_HERE = ("event=family-failed ", "event=reader-replaced ", "event=textfile-refused ")
"""Events that the lines of a check tell in the reader's language."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """What was refused first of a script's file or folder; line 0 is the whole of it, ``reason`` a word."""

    file: str
    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Look:
    """What one reading came to.

    Attributes:
        outcomes: how each family that is on fared.
        problems: what of the files of scripts was refused.
        declared: certificates and backups that cannot be looked at.
        push: where the agent sends, and what is in the way of that; None: it waits to be asked.
    """

    outcomes: tuple[Outcome, ...]
    problems: tuple[Problem, ...]
    declared: tuple[Declared, ...] = ()
    push: PushLook | None = None

    @property
    def is_fine(self) -> bool:
        """Whether nothing failed or was refused, what was declared is there, and nothing is in the way of sending."""
        is_measured = not self.declared and all(outcome.state != "failed" for outcome in self.outcomes)
        return is_measured and not self.problems and not (self.push and self.push.problems)


def look(config: Config) -> Look:
    """Return what one reading comes to.

    Raises:
        RegiowachtError: the certificate cannot be used.
    """
    open_tls(config)
    with _told_once():
        readings = Readings(open_reader(config))
        blocks = readings.take()
    push = look_at_push(config, sum(len(block.values) for block in blocks))
    return Look(readings.outcomes, tuple(sorted(_problems(blocks))), tuple(sorted(declared(blocks))), push)


def families_off(config: Config) -> tuple[str, ...]:
    """Return the families that are not read."""
    return tuple(entry.name for entry in entries(in_force(config)) if not config.is_on(entry.name, entry.default))


def lines(config: Config, seen: Look, lang: Lang) -> Iterator[str]:
    """Yield what a person reads: the configuration, then one line for each family and each file with a problem."""
    return map(visible, _lines(config, seen, lang))


def _lines(config: Config, seen: Look, lang: Lang) -> Iterator[str]:
    used = in_force(config)
    yield say("agent.check-header", lang, hash=config.hash, reader=used, listen=config.listen)
    if why := why_not(config):
        reason = in_words(why, lang)
        yield say("agent.check-reader-replaced", lang, wanted=config.reader, reason=reason, used=used)
    if seen.push is not None:
        yield from seen.push.lines(lang)
    told = {outcome.family: _told(outcome, lang) for outcome in seen.outcomes}
    told |= {name: say("agent.check-off", lang, family=name) for name in families_off(config)}
    width = max(map(len, told), default=0)
    for name in sorted(told):
        yield f"  {name:<{width}}  {told[name]}"
        yield from (f"  {'':<{width}}  {one.line(lang)}" for one in seen.declared if one.family == name)
        if name == "textfile":
            yield from (f"  {'':<{width}}  {_refused(problem, lang)}" for problem in seen.problems)


def as_json(config: Config, seen: Look) -> dict[str, object]:
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
            for outcome in seen.outcomes
        ],
        "textfile_problems": [
            {"file": problem.file, "line": problem.line, "reason": problem.reason} for problem in seen.problems
        ],
        "declared_problems": [one.as_json() for one in seen.declared],
        "off": list(families_off(config)),
        "push": seen.push and seen.push.as_json(),
    }


def _told(outcome: Outcome, lang: Lang) -> str:
    if outcome.state == "ok" and not outcome.samples:
        return say("agent.check-empty", lang)
    if outcome.state == "ok":
        return say_count("agent.values-", lang, outcome.samples)
    return say(f"agent.check-{outcome.state}", lang, reason=in_words(outcome.reason, lang))


def _refused(problem: Problem, lang: Lang) -> str:
    from regiowacht_agent.extra.textfile.family import REASONS  # noqa: PLC0415 - only who has a problem needs them

    place = f"{problem.file}:{problem.line}" if problem.line else problem.file
    return say("agent.check-textfile-problem", lang, place=place, reason=in_words(REASONS[problem.reason], lang))


def _problems(blocks: Sequence[Block]) -> Iterator[Problem]:
    for block in blocks:
        for metric, labels in block.layout.series:
            if metric.name == "regiowacht_textfile_problem_info":
                yield Problem(labels[0], int(labels[1]), labels[2])


@contextlib.contextmanager
def _told_once() -> Iterator[None]:
    """Keep what a person is told anyway out of the log for as long."""
    tell = LOGGER.tell
    LOGGER.tell = lambda level, event: None if event.startswith(SAID_HERE) else tell(level, event)
    try:
        yield
    finally:
        LOGGER.tell = tell
