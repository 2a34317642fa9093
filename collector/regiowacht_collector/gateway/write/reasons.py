"""Why samples go nowhere: a word each, for a metric's label, with a sentence for people behind it (``texts/write``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_contract.texts import say

if TYPE_CHECKING:
    from regiowacht_contract.texts import Lang

FOREIGN_GEMEENTE = "foreign-gemeente"
FOREIGN_SCOPE = "foreign-scope"
COLLECTORS_NAME = "collectors-name"
RESERVED_LABEL = "reserved-label"
LABEL_TWICE = "label-twice"
EMPTY_NAME = "empty-name"
EMPTY_VALUE = "empty-value"
BAD_NAME = "bad-name"
NO_METRIC_NAME = "no-metric-name"
BAD_METRIC_NAME = "bad-metric-name"
NOT_UTF8 = "not-utf8"
LONG_NAME = "long-name"
LONG_VALUE = "long-value"
MANY_LABELS = "many-labels"
TOO_FAR_AHEAD = "too-far-ahead"
TOO_OLD = "too-old"
TIME_TWICE = "time-twice"
HISTOGRAMS_OFF = "histograms-off"
BAD_HISTOGRAM = "bad-histogram"
BAD_EXEMPLAR = "bad-exemplar"
BAD_METADATA = "bad-metadata"

REASONS = (
    FOREIGN_GEMEENTE, FOREIGN_SCOPE, COLLECTORS_NAME, RESERVED_LABEL, LABEL_TWICE, EMPTY_NAME, EMPTY_VALUE, BAD_NAME,
    NO_METRIC_NAME, BAD_METRIC_NAME, NOT_UTF8, LONG_NAME, LONG_VALUE, MANY_LABELS, TOO_FAR_AHEAD, TOO_OLD, TIME_TWICE,
    HISTOGRAMS_OFF, BAD_HISTOGRAM, BAD_EXEMPLAR, BAD_METADATA,
)  # fmt: skip
"""All of them."""


def sentence(reason: str, lang: Lang) -> str:
    """Return what a reason means, and what to do about it."""
    return say(f"write.{reason}", lang)
