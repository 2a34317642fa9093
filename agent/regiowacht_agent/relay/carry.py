"""Gives the series of a page the labels of an asset, and leaves out the lines that cannot be carried."""

from __future__ import annotations

import math
import re
from collections import Counter

from regiowacht_agent.exposition import clean
from regiowacht_agent.polls.outcome import Failed, Outcome, Told
from regiowacht_agent.relay.heads import Heads
from regiowacht_agent.relay.known import names
from regiowacht_agent.relay.reserved import is_reserved
from regiowacht_contract.defaults import LABEL_NAME_MAX, LABEL_VALUE_MAX_BYTES
from regiowacht_contract.labels import OVERIG, TARGET_LABELS
from regiowacht_contract.light import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from regiowacht_agent.polls.asset import Polled

SAMPLE = re.compile(
    r"([a-zA-Z_:][a-zA-Z0-9_:]*)(?:[ \t]*\{((?:[^\"{}]|\"(?:[^\"\\]|\\.)*\")*)\}[ \t]*|[ \t]+)(\S+)(?:[ \t]+(\S.*))?"
)
LABEL = re.compile(r"[ \t]*([a-zA-Z_][a-zA-Z0-9_]*)[ \t]*=[ \t]*\"((?:[^\"\\]|\\[\\\"n])*)\"[ \t]*(?:,|$)")
NUMBER = re.compile(
    r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[+-]?inf(?:inity)?|nan", re.IGNORECASE | re.ASCII
)
NOT_FINITE = {"nan": "NaN", "inf": "+Inf", "infinity": "+Inf"}
NOT_UTF8 = "not-utf8"
LABELS_MAX = 30
LINE_MAX = 65_536
DIGITS_MAX = 300
"""Digits that certainly make a number that a float can hold."""

LINES_A_SERIES, LINES_FREE = 4, 1_000
"""A series has a line, and at most as many comments and empty ones."""

OURS = frozenset(TARGET_LABELS)
Labels = tuple[tuple[str, str], ...]


class _Place(NamedTuple):
    """Where a series belongs: its family, and the series with all its labels."""

    family: str
    series: str


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
        self._comments: list[str] = []
        self._heads = Heads(is_openmetrics=False)
        self._kept: dict[str, _Place] = {}

    def carry(self, page: str, is_openmetrics: bool = False) -> Outcome:
        """Return the series of a page; a line that is wrong, or is there a second time, costs only itself.

        A time stamp or an exemplar at the end of a line is let go: the value is that of now. What stands before the
        value is taken apart once, and known again on the next page.

        A line with bytes that are no UTF-8, such as the degree sign of a card that writes latin-1, is left out too.
        Prometheus would refuse the whole page; to guess what was meant would store a series for years under labels
        that nobody wrote (the same byte is another letter in each code page), and under others once that is mended.

        Args:
            page: its text, with bytes that are no UTF-8 as ``surrogateescape`` decodes them.
            is_openmetrics: it is written as OpenMetrics says.

        Raises:
            Failed: there is no series at all, or there are too many.
        """
        if page.count("\n") > LINES_A_SERIES * self._series_max + LINES_FREE:
            raise Failed("series", f"the page has more lines than {self._series_max} series need")
        is_utf8 = _is_utf8(page)
        rows = page.split("\n")
        self._read_comments([row for row in rows if row[:1] == "#"], is_openmetrics)
        refused: Counter[str] = Counter()
        lines: dict[str, list[str]] = {}
        told: dict[str, _Place] = {}
        seen: set[str] = set()
        for row in rows:
            text = row.strip(" \t\r")
            if not text or text[0] == "#":
                continue
            if not is_utf8 and not _is_utf8(text):
                refused[NOT_UTF8] += 1
                continue
            try:
                before, place, value = self._read(text)
            except _Refused as why:
                refused[str(why)] += 1
                continue
            if place.series in seen:
                refused["duplicate"] += 1
                continue
            seen.add(place.series)
            if before is not None:
                told[before] = place
            if len(seen) > self._series_max:
                raise Failed("series", f"the page has more than {self._series_max} series")
            lines.setdefault(place.family, []).append(f"{place.series} {value}\n")
        if not lines:
            raise Failed("format", _nothing(page, refused))
        self._kept = told
        families = tuple(Told(family, self._heads.text(family), "".join(rows)) for family, rows in lines.items())
        return Outcome(up=True, told=families, samples=len(seen), refused=dict(refused))

    def _read_comments(self, comments: list[str], is_openmetrics: bool) -> None:
        """Take in types and help, and forget what is known of series when they are other ones."""
        if comments == self._comments and self._heads.is_openmetrics == is_openmetrics:
            return
        self._comments, self._kept = comments, {}
        self._heads = Heads(is_openmetrics)
        for comment in comments:
            self._heads.read(clean(comment.strip(" \t\r")))

    def _read(self, text: str) -> tuple[str | None, _Place, str]:
        """Return what stands before the value, where that belongs, and the value.

        A line that ends otherwise than in one blank and its value is taken apart each time: what stands before the
        last blank can be the whole of it, and what stands after can hold a value, a tab and a time stamp.
        """
        before, _, value = text.rpartition(" ")
        place = self._kept.get(before) if "\t" not in value else None
        if place is not None:
            is_plain = value.isdigit() and value.isascii() and len(value) <= DIGITS_MAX
            return before, place, value if is_plain else _number(value)
        name, labels, value, rest = self._parse(text)
        place = _Place(self._heads.family(name), f"{name}{{{self._target(name)}{_own(labels)}}}")
        return (before if rest is None and text.endswith(f" {value}") else None), place, value

    def _parse(self, text: str) -> tuple[str, Labels, str, str | None]:
        """Return name, labels sorted by name, and value of a line, and what stands after it.

        Raises:
            _Refused: it is no sample, or one that only the agent, the collector or a rule may say.
        """
        match = SAMPLE.fullmatch(text) if len(text) <= LINE_MAX else None
        if match is None:
            raise _Refused("syntax")
        name, inside, value, rest = match.groups()
        value = _number(value)
        if len(name) > LABEL_VALUE_MAX_BYTES or is_reserved(name) or is_reserved(self._heads.family(name)):
            raise _Refused("name")
        return name, _labels(inside) if inside else (), value, rest

    def _target(self, name: str) -> str:
        """Return the asset's labels under the scope of the metric: what the catalogue lacks is shared with nobody."""
        known = names().get(name)
        laag = known[1] if known is not None else OVERIG
        if laag not in self._labels:
            self._labels[laag] = self._asset.labels(laag)
        return self._labels[laag]


def _nothing(page: str, refused: Counter[str]) -> str:
    """Return why there is nothing to carry; what the page says is not repeated, as it may echo its login."""
    if refused.keys() == {NOT_UTF8}:
        return "the page is not UTF-8"
    if refused.keys() - {"syntax", "value"}:
        return f"no line of it can be carried ({', '.join(f'{why}: {refused[why]}' for why in sorted(refused))})"
    return "no line of it is a metric" if page.strip() else "the page is empty"


def _is_utf8(text: str) -> bool:
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


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
    if not all(_is_fit(*pair) for pair in found.items()):
        raise _Refused("label")
    return tuple(sorted(found.items()))


def _is_fit(name: str, value: str) -> bool:
    return len(name) <= LABEL_NAME_MAX and len(value.encode()) <= LABEL_VALUE_MAX_BYTES and "\n" not in value


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
    if math.isinf(float(value)):  # the collector takes no number that it cannot hold
        raise _Refused("value")
    return value
