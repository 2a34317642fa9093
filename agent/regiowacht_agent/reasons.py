"""Tells a person in their own language why something was not measured.

The agent's code says so in English, which is what its log and its JSON hold; a reason is recognised by that English
text (``texts/reasons.toml``). What is in no text is shown as it is.
"""

from __future__ import annotations

import functools
import re
import string
from typing import TYPE_CHECKING

from regiowacht_contract.texts import keys, say, template

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_contract.texts import Lang

FILE = "reasons."
OF_THE_SYSTEM = re.compile(r"(?:\w+: )?\[Errno -?\d+\] (.+?)(?:: '(.*)')?")
"""How Python writes an OSError, with the path where it knows one."""

OF_PYTHON = re.compile(r"[A-Z]\w*(?:Error|Exception): ?(.*)", re.DOTALL)


def in_words(reason: str, lang: Lang) -> str:
    """Return what a reason means, in ``lang``."""
    if system := OF_THE_SYSTEM.fullmatch(reason):
        words, path = system.groups()
        told = known(words, lang) or words
        return f"{path}: {told}" if path else told
    if python := OF_PYTHON.fullmatch(reason):
        return known(python[1], lang) or say("reasons.not-as-expected", lang, error=reason)
    return known(reason, lang) or reason


def word(reason: str, lang: Lang) -> str:
    """Return what the one word means that a poll failed at; of an agent that knows more words, the word."""
    key = f"reasons.why-{reason}"
    return say(key, lang) if key in keys() else reason


def known(reason: str, lang: Lang) -> str:
    """Return the text of a reason that there is one for, else ""."""
    for key, pattern in _patterns():
        if found := pattern.fullmatch(reason):
            values = found.groupdict()
            if "why" in values:
                values["why"] = in_words(values["why"], lang)
            return say(key, lang, **values)
    return ""


@functools.cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Return the key of every reason with what its English text looks like, those that say most first."""
    texts = {key: list(_parts(key)) for key in keys() if key.startswith(FILE)}
    says_most = sorted(texts, key=lambda key: -sum(len(words) for words, _ in texts[key]))
    return tuple((key, re.compile("".join(_pattern(*part) for part in texts[key]), re.DOTALL)) for key in says_most)


def _parts(key: str) -> Iterator[tuple[str, str]]:
    """Yield the words of an English text, each time with the placeholder after them."""
    for words, name, _, _ in string.Formatter().parse(template(key, "en")):
        yield words, name or ""


def _pattern(words: str, name: str) -> str:
    if not name:
        return re.escape(words)
    return f"{re.escape(words)}(?P<{name}>{'/' if name == 'path' else ''}.+?)"
