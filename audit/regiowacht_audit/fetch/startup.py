"""How a device would start: whether what runs is what it has saved, asked in the way of its platform."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from regiowacht_audit.document import is_whole
from regiowacht_audit.judge.beside import Startup

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from regiowacht_audit.platform import Platform

HEADING = re.compile(
    r"^\s*$|^(?:Building configuration|Current [Cc]onfiguration|Running configuration|Startup configuration"
    r"|Using \d+ out of|Startup-config|config-file-header)\b|^ntp clock-period |^: (?:Saved|Written by|end)"
    r"|^Cryptochecksum|^(?:frr version|(?:no )?service integrated-vtysh-config)\b"
)
"""Rows around a configuration that say when or how it was written, or that the device tunes by itself."""

MASKED = re.compile(r"\*{3,}")
CERTIFICATE = re.compile(r"^ certificate .* nvram:|^ {2,}(?:[0-9A-F]{2,8} ?)+\s*$|^\s+quit\s*$|^ certificate ")
"""Certificates: the saved configuration names a file where the running one holds the bytes."""


@dataclass(frozen=True, slots=True)
class Saved:
    """The ``[fetch.startup]`` table of a platform's file.

    Attributes:
        read: command that prints the configuration of the next start; "" where another way tells.
        prompt: pattern of a prompt that marks changes which are not saved; "" for none.
        at_once: a change is saved by being made (or committed): there is no other configuration.
        unless: pattern of a row with which that no longer holds.
        nothing: pattern of what a device says that has none saved.
        may_add: the saved one is written by people and may say more than what runs shows.
    """

    read: str = ""
    prompt: str = ""
    at_once: bool = False
    unless: str = ""
    nothing: str = ""
    may_add: bool = False


def saved_of(table: Mapping[str, Any]) -> Saved:
    """Return the way that a platform's file gives."""
    return Saved(**table)


def by_itself(saved: Saved, running: str) -> Startup | None:
    """Return the answer of a platform on which a change is saved at once; None where it may not be."""
    if not saved.at_once or (saved.unless and re.search(saved.unless, running, re.MULTILINE)):
        return None
    return Startup(differs=False)


def by_prompt(saved: Saved, prompt: str) -> Startup:
    """Return what the prompt marks."""
    return Startup(differs=re.match(saved.prompt, prompt) is not None)


def compare(running: str, startup: str, platform: Platform, saved: Saved) -> Startup | None:
    """Compare both configurations row by row.

    Returns:
        How they compare; None where what was read is no whole configuration, and no word that there is none.
    """
    if saved.nothing and re.search(saved.nothing, startup[:2000], re.MULTILINE):
        return Startup(differs=True)
    if not saved.may_add and not is_whole(startup.split("\n"), platform):
        return None
    if saved.may_add and len(startup.split("\n")) < 3:
        return None
    now, then = list(_rows(running, platform)), list(_rows(startup, platform))
    if saved.may_add:
        kept = {text.strip() for _number, text in then}
        lines = tuple(number for number, text in now if text.strip() not in kept)
        return Startup(bool(lines), lines)
    return _compared(now, [text for _number, text in then])


def _compared(now: list[tuple[int, str]], then: list[str]) -> Startup:
    texts = [text for _number, text in now]
    if texts == then:
        return Startup(differs=False)
    left = Counter(then)
    lines: list[int] = []
    for number, text in now:
        if left[text]:
            left[text] -= 1
        else:
            lines.append(number)
    return Startup(differs=True, lines=tuple(lines))


def _rows(text: str, platform: Platform) -> Iterator[tuple[int, str]]:
    """Yield the rows that configure something, with their places; where one of two masks a secret, both do."""
    for number, row in enumerate(text.split("\n"), 1):
        if row.startswith(("==> ", "head: ")):
            return  # a host's files: what they hold is what it starts with
        bare = row.rstrip()
        is_comment = bool(platform.comments) and bare.lstrip().startswith(platform.comments)
        if not (is_comment or HEADING.search(bare) or CERTIFICATE.search(bare) or bare in {"end", "exit", "return"}):
            yield number, MASKED.sub("***", bare)
