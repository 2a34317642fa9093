"""Writes values as YAML that every YAML reader reads alike."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9._/-]*(?: [A-Za-z0-9._/-]+)*|\d{1,3}(?:\.\d{1,3}){3}|\d+[kMGT]")
_NOT_TEXT = re.compile(r"y|n|yes|no|on|off|true|false|null", re.IGNORECASE)
_NUMBERS = frozenset({"id", "inhabitants"})


def value(key: str, text: str) -> str:
    """Return ``text`` as it stands after ``key:``: between quotes wherever YAML might take it for something else."""
    if key in _NUMBERS or (_PLAIN.fullmatch(text) and not _NOT_TEXT.fullmatch(text)):
        return text
    return json.dumps(text, ensure_ascii=False)


def flow(item: Mapping[str, str]) -> str:
    """Return an item on one line: ``{name: sw-1, site: stadhuis}``."""
    return "{" + ", ".join(f"{key}: {value(key, text)}" for key, text in item.items()) + "}"
