"""The last look before anything leaves memory: a second pair of eyes that shares nothing with the grammar.

It knows what the run itself logged in with and what was taken out, and it knows what hashes, keys and encrypted values
look like wherever they stand. What it finds is refused, not mended: then the grammar lacks a form.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from typing import TYPE_CHECKING

from regiowacht_audit.scrub.disguises import disguises, loose_disguises
from regiowacht_audit.scrub.occurrences import Occurrences
from regiowacht_audit.scrub.words import PUBLIC, behind_keyword, is_telling
from regiowacht_contract.errors import Found
from regiowacht_contract.texts import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from regiowacht_contract.texts import Lang

SHAPES = {
    "hash": re.compile(r"\$(?:1|2[abxy]?|5|6|7|8|9|14|y|sha1|pbkdf2[\w-]*)\$(?!<secret)[^\s\"';,<]{6,}"),
    "encrypted": re.compile(
        r"\bENC (?!<secret)[A-Za-z0-9+/=]{12,}|-AQ==(?!<secret)[A-Za-z0-9+/=]{8,}|%\^%#(?!<secret).{8,}%\^%#"
    ),
    "key": re.compile(r"BEGIN [A-Z0-9 ]*PRIVATE KEY[^\n]*-\r?\n\s*(?!<secret)[A-Za-z0-9+/=]{16,}"),
    "url": re.compile(r"://[^/\s:@\"<]{0,200}:(?!<secret|\d{1,5}/)[^\s@\"<*]{3,200}@"),
    "type-7": re.compile(r"\b(?:password|key|secret|key-string) 7 (?!<secret)[0-9A-Fa-f]{6,}\b"),
}
WHYS = {
    "hash": "scrub.why-hash",
    "encrypted": "scrub.why-encrypted",
    "key": "scrub.why-key",
    "url": "scrub.why-url",
    "type-7": "scrub.why-type-7",
    "credential": "scrub.why-credential",
    "random": "scrub.why-random",
}
WORD = re.compile(r"(?<![A-Za-z0-9+/=_.-])(?:[a-z][a-z-]*=)?+([A-Za-z0-9+/=_.-]{20,})")
"""A long word, without the name of the setting that it is the value of."""
PORT = re.compile(r"[A-Z][A-Za-z-]+\d+(?:/\d+)+")
ADDRESS = re.compile(r"://[^\s\"'\\]+")
"""A URL, whose parts are words of their own."""

AS_A_WORD = r"(?<![\w.-]){}(?![\w.-])"
MIXED_MIN = 8
"""Characters of a credential with digits or signs in it that no name is taken for."""

ENTROPY_MIN = 3.6
"""Bits a character; hexadecimal digests have up to 4, base64 up to 6, names and commands with hyphens about 3.3."""


class Leak(Found):
    """Something that looks like a secret would have left memory.

    Args:
        what: what was about to be written.
        row: where, from 1.
        why: a name of ``WHYS``.
    """

    def __init__(self, what: str, row: int, why: str) -> None:
        super().__init__("scrub.leak", what=what, row=row)
        self.why = why

    def message(self, lang: Lang) -> str:
        """Return where it stands and what it looks like, never what it is."""
        return say(self.key, lang, **self.values, why=say(WHYS[self.why], lang))


class Scanner:
    """Refuses texts with secrets.

    Args:
        credentials: passwords and keys that this run uses; any of them is refused wherever it stands.
        taken: what was taken out of the configurations of this run; refused where it betrays itself.
    """

    def __init__(self, credentials: Iterable[str] = (), taken: Iterable[str] = ()) -> None:
        own = {secret for secret in credentials if secret}
        whole = {form.lower() for secret in own for form in disguises(secret)}
        whole.update(secret.lower() for secret in own if is_telling(secret))
        self._own = Occurrences(whole)
        self._loose = _any_of([form for secret in own for form in loose_disguises(secret)], "{}")
        self._mixed = _any_of([re.escape(one) for one in own if len(one) >= MIXED_MIN and not one.isalpha()], AS_A_WORD)
        self._weak = _any_of(map(re.escape, own), AS_A_WORD)
        self._taken = Occurrences(filter(is_telling, taken))

    def check(self, text: str, what: str) -> str:
        """Return the text as it is.

        Args:
            text: what is about to be written, shown or sent.
            what: what it is, for the error: a device's name, ``report``.

        Raises:
            Leak: it holds a secret; says in which row and why, and never which.
        """
        for row, why in self.find(text):
            raise Leak(what, row, why)
        return text

    def find(self, text: str) -> Iterator[tuple[int, str]]:
        """Yield row (from 1) and reason of everything that looks like a secret."""
        low = text.lower()
        for begin, _end in self._own.find(low):
            yield low.count("\n", 0, begin) + 1, "credential"
        for begin, why in self._told(text):
            yield text.count("\n", 0, begin) + 1, why
        for number, row in enumerate(text.split("\n"), 1):
            if behind_keyword(row) is None:
                continue
            if self._weak and self._weak.search(row):
                yield number, "credential"
            words = ADDRESS.sub(lambda found: found.group().replace("/", " "), row)
            if not PUBLIC.search(row) and any(_is_random(found.group(1)) for found in WORD.finditer(words)):
                yield number, "random"

    def _told(self, text: str) -> Iterator[tuple[int, str]]:
        for begin, _end in self._taken.find(text):
            yield begin, "credential"
        for pattern in filter(None, (self._loose, self._mixed)):
            yield from ((found.start(), "credential") for found in pattern.finditer(text))
        for why, shape in SHAPES.items():
            yield from ((found.start(), why) for found in shape.finditer(text))


def _any_of(forms: Iterable[str], around: str) -> re.Pattern[str] | None:
    ordered = sorted(forms, key=len, reverse=True)
    if not ordered:
        return None
    return re.compile(around.replace("{}", f"(?:{'|'.join(ordered)})"), re.IGNORECASE)


def _is_random(word: str) -> bool:
    if PORT.match(word) or not any(map(str.isdigit, word)):
        return False
    if word.count("-") + word.count("_") + word.count(".") > len(word) // 8:
        return False
    counts = Counter(word)
    return -sum(n / len(word) * math.log2(n / len(word)) for n in counts.values()) >= ENTROPY_MIN
