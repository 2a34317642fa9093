"""What people call columns, kinds and operating systems in a spreadsheet (``columns.toml``)."""

from __future__ import annotations

import functools
import re
import tomllib
import unicodedata
from importlib import resources


@functools.cache
def table(name: str) -> dict[str, list[str]]:
    """Return one table of ``columns.toml``."""
    text = (resources.files(__package__) / "columns.toml").read_text(encoding="utf-8")
    found: dict[str, list[str]] = tomllib.loads(text)[name]
    return found


def plain(text: str) -> str:
    """Return a text without case, accents, and with one space for everything that is no letter or digit."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9]+", " ", bare).strip()


def squashed(text: str) -> str:
    """Return a text without case, accents, spaces and signs: ``Wi-Fi punt`` and ``wifipunt`` are one word."""
    return plain(text).replace(" ", "")


def slug(text: str) -> str:
    """Return the slug for a name as people write it: ``Gemeentehuis Oost`` becomes ``gemeentehuis-oost``."""
    return plain(text).replace(" ", "-")[:63].strip("-")


def meaning(name: str, text: str) -> str | None:
    """Return the word of table ``name`` that ``text`` is a synonym of, or None."""
    return _synonyms(name).get(squashed(text))


@functools.cache
def _synonyms(name: str) -> dict[str, str]:
    return {squashed(word): key for key, words in table(name).items() for word in (key, *words)}


def operating_system(text: str) -> str | None:
    """Return linux, windows, macos or other for ``Windows Server 2022`` and the like, or None when it says none."""
    padded = f" {plain(text)} "
    for key, words in table("os").items():
        # A long word may run on, as in Windows2022; a short one may not: win is no beginning of winter.
        if any((f" {plain(word)}" if len(word) > 4 else f" {plain(word)} ") in padded for word in words):
            return key
    return None
