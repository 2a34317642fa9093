"""Passwords that people note where they write: in descriptions, comments, banners and names, in their language.

No command line is that free: a keyword, perhaps some words, perhaps a sign or a verb that assigns, and the password,
which may be any word. What is left are the words that follow a keyword in ordinary sentences, ``grammar/ordinary.txt``.
"""

from __future__ import annotations

import functools
import re
import tomllib
from importlib import resources
from typing import TYPE_CHECKING, NamedTuple

from regiowacht_audit.scrub.grammar_file import PLACEHOLDER, ordinary, settings
from regiowacht_audit.scrub.token import TOKEN
from regiowacht_audit.scrub.words import is_telling

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Final

COMMENT: Final = re.compile(r"\s*(?:[!#;:*]|/\*|<!--|//)")
ASSIGNED: Final = re.compile(
    r"""["')\]]{0,2}[ \t]{0,8}(?:(?::=|[:=|]|[-=]>|→)[ \t]{0,8}"""
    r"|[ \t](?:(?:is|was|wordt|werd|blijft|est|était|ist|war)[ \t]{1,8}"
    r"(?:(?:nu|now|still|nog|weer|maintenant|jetzt)[ \t]{1,8})?))"
)
"""What stands between a keyword and the password where somebody says which it is."""
BESIDE: Final = re.compile(r"""["')\]]{0,2}[ \t_/\\-]{1,8}""")
BETWEEN: Final = re.compile(r"[ \t]{1,8}[^\s\":=|;,.!?<>()]{1,24}")
BETWEEN_MAX: Final = 3
"""Words between a keyword and what assigns: `wachtwoord van de wifi is`."""
VALUE: Final = re.compile(r"""(?P<quotes>(?:\\{0,3}["'(\[«“`]){0,2})(?P<value>(?!\^C|\x03)[^\s"<>«»“”`]+)""")
CLOSING: Final = re.compile(r"(?:\^C|\x03|[#@%~^&|](?=$)|\*/|-->|[.,;:)\]}'\\])+$")
"""What ends a sentence, a text in quotes or a banner, and is no part of the password."""
LOGIN: Final = re.compile(
    r"""(?<![^\W_])(?:log-?in|inlog\w{0,12}|aanmeld\w{0,6})(?:[ \t](?:met|with|as|als|is|avec))?[ \t]{0,4}[:=]?"""
    r"""[ \t]{0,4}[\w.@-]{2,32}[ \t]?/[ \t]?(?P<value>[^\s"<>/]{3,64})(?=["\s]|$)"""
)
"""A name and a password with a stroke between them."""
WORD_MAX: Final = 200
PORT: Final = re.compile(
    r"(?:gi|te|fa|eth|ge|xe|et|hu|twe|tw|fo|po|vl|lo|tu|se|mg|me|bundle|lag|trk|port|sfp|ether|wlan|tcp|udp)[a-z-]*[\d/.:]+"
)
"""An interface or a port."""


class Words(NamedTuple):
    """The vocabulary of ``grammar/notes.toml``, and the pattern of its keywords and of what texts begin with."""

    anywhere: frozenset[str]
    in_texts: frozenset[str]
    perhaps: frozenset[str]
    keyword: re.Pattern[str]
    text: re.Pattern[str]
    letters: tuple[str, ...]


def noted(row: str) -> Iterator[tuple[int, int]]:
    """Yield where in a row passwords stand that a person noted; none within another."""
    low = row.lower()
    words = _words()
    if len(low) != len(row) or not any(letters in low for letters in words.letters):
        return
    texts = list(_texts(low))
    is_comment = texts == [(0, len(low))]
    behind = 0
    for found in words.keyword.finditer(low):
        end = _end_of_text(found.start(), texts)
        if found.start() < behind or (end is None and _word(found) not in words.anywhere):
            continue
        span = _value_behind(row, low, found, is_comment=is_comment)
        if span is not None and (end is None or span[0] < end):
            behind = span[1]
            yield span
    if low.lstrip().startswith(("log", "inlog")):
        texts = texts or [(0, len(low))]
    for begin, end in texts:
        login = LOGIN.search(low, begin, end)
        if login and login.start() >= behind and _is_noted(row[slice(*login.span("value"))]):
            yield login.span("value")


def _word(keyword: re.Match[str]) -> str:
    return " ".join(re.split(r"[ \t_-]+", keyword.group()))


def _end_of_text(place: int, texts: list[tuple[int, int]]) -> int | None:
    return next((end for begin, end in texts if begin <= place < end), None)


def _texts(low: str) -> Iterator[tuple[int, int]]:
    """Yield where a person's words are: a comment, a text in quotes, a word behind `=`, the rest of a row."""
    if COMMENT.match(low):
        yield 0, len(low)
        return
    at = 0
    while found := _words().text.search(low, at):
        begin = found.end()
        if found["opens"].endswith(('"', "'")):
            end = low.find(found["opens"][-1], begin)
        elif "=" in found["opens"]:
            end = low.find(" ", begin)
        else:
            end = -1
        at = len(low) if end < 0 else end
        yield begin, at


def _value_behind(row: str, low: str, keyword: re.Match[str], *, is_comment: bool) -> tuple[int, int] | None:
    words = _words()
    word = _word(keyword)
    is_sure = word in words.anywhere or word in words.in_texts
    assigned = ASSIGNED.match(low, keyword.end())
    if assigned is not None:
        span = _value(row, assigned.end())
        return span if span and _is_noted(row[slice(*span)]) else _second(row, span)
    beside = BESIDE.match(low, keyword.end())
    if beside is None:
        return None
    span = _value(row, beside.end())
    if span is None:
        return None
    value = row[slice(*span)]
    ends = not row[span[1] :].strip(" \t\"'.;,)]}#^C\x03*/")
    is_likely = is_sure or ((word in words.perhaps or is_comment) and ends and beside.group().isspace())
    if is_telling(value) or (is_likely and _is_noted(value)):
        return span
    return _said_later(row, low, keyword.end()) if is_sure else None


def _said_later(row: str, low: str, at: int) -> tuple[int, int] | None:
    """Return the value where words stand between a keyword and what assigns."""
    for _word in range(BETWEEN_MAX):
        between = BETWEEN.match(low, at)
        if between is None:
            return None
        at = between.end()
        assigned = ASSIGNED.match(low, at)
        if assigned is not None:
            span = _value(row, assigned.end())
            return span if span and _is_noted(row[slice(*span)]) else None
    return None


def _second(row: str, span: tuple[int, int] | None) -> tuple[int, int] | None:
    """Return the word behind one that says how: `password is now Zomer2024`, where it tells by itself."""
    if span is None:
        return None
    beside = BESIDE.match(row, span[1])
    second = _value(row, beside.end()) if beside else None
    return second if second and is_telling(row[slice(*second)]) else None


def _value(row: str, at: int) -> tuple[int, int] | None:
    found = VALUE.match(row, at)
    if found is None:
        return None
    begin, end = found.span("value")
    closing = CLOSING.search(row, begin, min(end, begin + WORD_MAX)) if end - begin <= WORD_MAX else None
    return (begin, closing.start()) if closing and closing.start() > begin else (begin, end)


def _is_noted(value: str) -> bool:
    low = value.lower()
    return not (
        low in ordinary()
        or low in settings()
        or TOKEN.search(value)
        or PLACEHOLDER.fullmatch(value)
        or PORT.fullmatch(low)
        or not any(map(str.isalnum, value))
        or low in _words().anywhere
        or low in _words().in_texts
    )


@functools.cache
def _words() -> Words:
    file = resources.files("regiowacht_audit.scrub") / "grammar" / "notes.toml"
    table = tomllib.loads(file.read_text(encoding="utf-8"))
    sure = [*table["anywhere"], *table["in_texts"]]
    loose = [*table["perhaps"], *table["hardly"]]
    return Words(
        frozenset(table["anywhere"]),
        frozenset(table["in_texts"]),
        frozenset(table["perhaps"]),
        re.compile(
            rf"(?:(?<![^\W_])|(?<=\^c))(?<!<)(?:{_any_of(sure)})(?![^\W_])|(?<![\w<-])(?:{_any_of(loose)})(?![\w-])"
        ),
        re.compile(rf"(?<![\w.-])(?:{_any_of(table['texts'])})(?P<opens>[\s=:]{{1,8}}\\{{0,3}}[\"']?)"),
        tuple({word.split()[0] for word in (*sure, *loose)}),
    )


def _any_of(words: list[str]) -> str:
    ordered = sorted(words, key=len, reverse=True)
    return "|".join(re.escape(word).replace(r"\ ", r"[ \t_-]{1,8}") for word in ordered)
