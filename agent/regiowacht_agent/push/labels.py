"""Encodes the labels of a series as remote write has them, with those of the asset that it is about."""

from __future__ import annotations

import re

from regiowacht_agent.push.names import laag_of
from regiowacht_contract.labels import TARGET_LABELS, scope
from regiowacht_contract.wire.encode import head

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from regiowacht_agent.block import Series
    from regiowacht_agent.polls.asset import Polled

LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"(?:,|(?=\}$))')
ESCAPED = re.compile(r"\\(.)")
UNESCAPED = {"n": "\n"}
OURS = frozenset(TARGET_LABELS)
EXPORTED = "exported_"
"""Stands before a label of a page that hides one of the asset's, as Prometheus has it (``honor_labels: false``)."""

BY_NAME = frozenset({"textfile"})
"""Families whose metrics may have any name."""


class Labels:
    """Encodes the labels of series about one asset.

    Args:
        about: the asset; None: series carry all their labels themselves.
    """

    __slots__ = ("_about", "_of")

    def __init__(self, about: Polled | None) -> None:
        self._about = about
        self._of: dict[str, tuple[tuple[str, str], ...]] = {}

    def of_series(self, series: Series) -> bytes | None:
        """Return the head of a series of a block; None: it is not a target's to say."""
        metric, values = series
        laag = laag_of(metric.name) if metric.family in BY_NAME else metric.laag
        return self._head(metric.name, zip(metric.labels, values, strict=True), laag)

    def of_text(self, series: str) -> bytes | None:
        """Return the head of a series as the text format has it, ``name{label="value",...}``; None as above.

        Raises:
            ValueError: it is no series.
        """
        name, brace, rest = series.partition("{")
        pairs = list(_pairs(rest)) if brace else []
        if self._about is None:
            return head((("__name__", name), *((label, value) for label, value in pairs if value)))
        return self._head(name, pairs, laag_of(name))

    def _head(self, name: str, pairs: Iterable[tuple[str, str]], laag: str | None) -> bytes | None:
        if laag is None or self._about is None:
            return None
        target = self._of.get(laag) or self._of.setdefault(laag, _target(self._about, laag))
        own = {label: value for label, value in pairs if value}
        if not OURS.isdisjoint(own):
            own = _apart(own)
        return head((("__name__", name), *target, *own.items()))


def _target(about: Polled, laag: str) -> tuple[tuple[str, str], ...]:
    of = scope(about.gemeente, about.laag if laag == "asset" else laag)
    values = (about.gemeente, of, about.site, about.instance, about.job)
    return tuple((name, value) for name, value in zip(TARGET_LABELS, values, strict=True) if value)


def _apart(own: dict[str, str]) -> dict[str, str]:
    """Return a page's labels, those that an asset's would hide under another name."""
    found = {label: value for label, value in own.items() if label not in OURS}
    for label in sorted(OURS.intersection(own)):
        name = EXPORTED + label
        while name in found:
            name = EXPORTED + name
        found[name] = own[label]
    return found


def _pairs(text: str) -> Iterable[tuple[str, str]]:
    at = 0
    while not text.startswith("}", at):
        found = LABEL.match(text, at)
        if found is None:
            raise ValueError(f"{text[at:]!r} is no label of a series")
        name, value = found.groups()
        yield name, ESCAPED.sub(_unescaped, value) if "\\" in value else value
        at = found.end()
    if at != len(text) - 1:
        raise ValueError(f"{text[at:]!r} stands behind a series")


def _unescaped(found: re.Match[str]) -> str:
    told = found.group(1)
    return UNESCAPED.get(told, told)
