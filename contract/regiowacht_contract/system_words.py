"""Says in the reader's language what an operating system answers: "Permission denied" and the like (errno(3))."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from regiowacht_contract.texts import keys, say, template

if TYPE_CHECKING:
    from collections.abc import Mapping

    from regiowacht_contract.texts import Lang

PREFIX = "reasons.os-"
PLACES = ("reason", "why")
"""Placeholders of texts that such words stand in."""


def with_words(values: Mapping[str, object], lang: Lang) -> dict[str, object]:
    """Return what fills a text's placeholders, with the words of the system in ``lang`` where there is a text."""
    return {name: _in_words(value, lang) if name in PLACES else value for name, value in values.items()}


def _in_words(value: object, lang: Lang) -> object:
    key = _keys().get(value) if isinstance(value, str) else None
    return say(key, lang) if key else value


@functools.cache
def _keys() -> dict[str, str]:
    return {template(key, "en"): key for key in keys() if key.startswith(PREFIX)}
