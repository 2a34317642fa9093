"""How many of each part a made-up gemeente has (``mix.toml``)."""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass
from importlib import resources

MOST_BEFORE = 2
"""The most of one part that a gemeente has before the rest is shared out."""


@dataclass(frozen=True, slots=True)
class Part:
    """One sort of thing that a gemeente has.

    Attributes:
        what: ``server`` (with an agent), ``relay`` (a server without), ``link``, ``service``, or a kind of device.
        prefix: of the names.
        share: of everything in the gemeente, in thousandths.
        least: how many there are before anything is shared out.
        platforms: what such a device may run; empty where nobody logs in.
        leverancier: who manages it, or "".
    """

    what: str
    prefix: str
    share: int
    least: int = 1
    platforms: tuple[str, ...] = ()
    leverancier: str = ""


@functools.cache
def parts() -> tuple[Part, ...]:
    """Return all parts, most important first."""
    text = (resources.files(__package__) / "mix.toml").read_text(encoding="utf-8")
    return tuple(
        Part(**{**entry, "platforms": tuple(entry.get("platforms", ()))}) for entry in tomllib.loads(text)["part"]
    )


def counts(total: int, least: int) -> dict[str, int]:
    """Return how many of each part a gemeente of ``total`` assets has; ``least`` (1 or 2) of each come first."""
    found = dict.fromkeys((part.what for part in parts()), 0)
    left = total
    for turn in range(MOST_BEFORE):
        for part in parts():
            if left and turn < max(least, part.least):
                found[part.what] += 1
                left -= 1
    # What is left goes one by one to whoever has the least of its share: exact, and the same at every run.
    ideal = {part.what: part.share for part in parts()}
    whole = sum(ideal.values())
    missing = {what: share * total / whole - found[what] for what, share in ideal.items()}
    for what in found:
        more = min(left, max(0, int(missing[what])))
        found[what] += more
        missing[what] -= more
        left -= more
    for what in sorted(found, key=lambda what: -missing[what]):
        if left:
            found[what] += 1
            left -= 1
    found["access_point"] += left
    return found
