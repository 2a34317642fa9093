"""Gives the series of a page the labels of an asset, and leaves out the lines that cannot be carried."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from regiowacht_agent.polls.outcome import Failed, Outcome, Told
from regiowacht_agent.relay.heads import Heads
from regiowacht_contract.catalogue import catalogue
from regiowacht_contract.labels import OVERIG, TARGET_LABELS

if TYPE_CHECKING:
    from regiowacht_agent.polls.asset import Polled

SAMPLE = re.compile(
    r"([a-zA-Z_:][a-zA-Z0-9_:]*)[ \t]*(?:\{((?:[^\"{}]|\"(?:[^\"\\]|\\.)*\")*)\})?[ \t]*(\S+)(?:[ \t]+(\S.*))?"
)
LABEL = re.compile(r"[ \t]*([a-zA-Z_][a-zA-Z0-9_]*)[ \t]*=[ \t]*\"((?:[^\"\\]|\\[\\\"n])*)\"[ \t]*(?:,|$)")
NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[+-]?inf(?:inity)?|nan", re.IGNORECASE)
NOT_FINITE = {"nan": "NaN", "inf": "+Inf", "infinity": "+Inf"}
LABEL_VALUE_MAX = 2_000
"""What the collector takes too."""

LABELS_MAX = 30
OURS = frozenset(TARGET_LABELS)
NOT_THEIRS = frozenset({"up", "scrape_duration_seconds", "scrape_samples_scraped"})
"""Names that the agent itself says of the asset."""

OWN_FAMILIES = frozenset({"region", "recorded", "polls"})
Labels = tuple[tuple[str, str], ...]


class _Refused(Exception):
    """A line that cannot be carried; the argument says why in a word."""


class Carrier:
    """Carries page after page of one asset.

    Args:
        asset: whom the pages are about.
        series_max: series that a page may have.
    """

    def __init__(self, asset: Polled, series_max: int) -> None:
        self._asset = asset
        self._series_max = series_max
        self._labels: dict[str, str] = {}

    def carry(self, page: str, is_openmetrics: bool = False) -> Outcome:
        """Return the series of a page; a line that is wrong, or is there a second time, costs only itself.

        A time stamp or an exemplar at the end of a line is let go: the value is that of now.

        Raises:
            Failed: there is no series at all, or there are too many.
        """
        heads = Heads(is_openmetrics)
        refused: Counter[str] = Counter()
        lines: dict[str, list[str]] = {}
        seen: set[tuple[str, Labels]] = set()
        for row in page.split("\n"):
            text = row.strip(" \t\r")
            if text[:1] == "#":
                heads.read(text)
                if is_openmetrics and text == "# EOF":
                    break
                continue
            if not text:
                continue
            try:
                name, labels, value = self._parse(text)
            except _Refused as why:
                refused[str(why)] += 1
                continue
            if (name, labels) in seen:
                refused["duplicate"] += 1
                continue
            seen.add((name, labels))
            if len(seen) > self._series_max:
                raise Failed("series", f"the page has more than {self._series_max} series")
            lines.setdefault(heads.family(name), []).append(f"{name}{{{self._target(name)}{_own(labels)}}} {value}\n")
        if not lines:
            first = page.strip().partition("\n")[0][:60]
            raise Failed("format", f"no page of metrics: {first!r}" if first else "the page is empty")
        told = tuple(Told(family, heads.text(family), "".join(rows)) for family, rows in lines.items())
        return Outcome(up=True, told=told, samples=len(seen), refused=dict(refused))

    def _parse(self, text: str) -> tuple[str, Labels, str]:
        """Return name, labels sorted by name, and value of a line.

        Raises:
            _Refused: it is no sample, or one that only the agent, the collector or a rule may say.
        """
        match = SAMPLE.fullmatch(text)
        if match is None:
            raise _Refused("syntax")
        name, inside, value, _ = match.groups()
        known = catalogue().get(name)
        if ":" in name or name in NOT_THEIRS or (known is not None and known.family in OWN_FAMILIES):
            raise _Refused("name")
        return name, _labels(inside) if inside else (), _number(value)

    def _target(self, name: str) -> str:
        """Return the asset's labels under the scope of the metric: what the catalogue lacks is shared with nobody."""
        known = catalogue().get(name)
        laag = known.laag if known is not None else OVERIG
        if laag not in self._labels:
            self._labels[laag] = self._asset.labels(laag)
        return self._labels[laag]


def _labels(inside: str) -> Labels:
    found: dict[str, str] = {}
    place = 0
    while place < len(inside):
        match = LABEL.match(inside, place)
        if match is None:
            if not inside[place:].strip():
                break
            raise _Refused("syntax")
        name, value = match.groups()
        if name in found or name.startswith("__"):
            raise _Refused("label")
        if len(value) > LABEL_VALUE_MAX or "\n" in value:
            raise _Refused("label")
        if value:  # an empty label is none
            found[name] = value
        place = match.end()
    if len(found) > LABELS_MAX:
        raise _Refused("label")
    for name in OURS & found.keys():
        free = f"exported_{name}"
        while free in found:
            free = f"exported_{free}"
        found[free] = found.pop(name)
    return tuple(sorted(found.items()))


def _own(labels: Labels) -> str:
    return "".join([f',{name}="{value}"' for name, value in labels])


def _number(value: str) -> str:
    """Return a number as Prometheus reads it; digits stay as they were written."""
    if not NUMBER.fullmatch(value):
        raise _Refused("value")
    bare = value.lstrip("+-").lower()
    if bare in NOT_FINITE:
        told = NOT_FINITE[bare]
        return told.replace("+", "-") if value[0] == "-" else told
    return value
