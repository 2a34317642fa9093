"""Writes values as TOML does."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def text_of(value: object) -> str:
    """Return a string, a number or a list of them as TOML; its escapes of strings are JSON's."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, tuple | list):
        return "[" + ", ".join(map(text_of, value)) + "]"
    return str(value).lower() if isinstance(value, bool) else str(value)


def item(name: str, values: Mapping[str, object]) -> list[str]:
    """Return the lines of one ``[[NAME]]`` with the values that there are, and an empty one after them."""
    told = [f"{key} = {text_of(value)}" for key, value in values.items() if value not in (None, "", ())]
    return [f"[[{name}]]", *told, ""]
