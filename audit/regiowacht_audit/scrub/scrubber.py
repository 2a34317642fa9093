"""Takes the secrets out of a configuration, row by row: no row is added or dropped, and nothing else changes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from regiowacht_audit.scrub.enclosing import enclosing
from regiowacht_audit.scrub.grammar_file import PLACEHOLDER, grammar, settings
from regiowacht_audit.scrub.keys import BEGIN, hide_keys
from regiowacht_audit.scrub.token import TOKEN, Fingerprint
from regiowacht_audit.scrub.words import is_telling, made_up

if TYPE_CHECKING:
    from collections.abc import Sequence

    from regiowacht_audit.scrub.grammar_file import Form

CHANGES = "<changes>"
KNOWN_DEFAULTS = frozenset({"public", "private"})
"""Communities that everybody knows: no secrets, and what a rule looks for."""

MAY_HOLD = re.compile(
    r"pass|pwd|secret|psk|key|communit|phash|auth|priv|idtoken|token|md5|sha|\$|ENC |%[\^@$]%|@%@%|-AQ==|://|snmp|encrypt"
    r"|enable|account|mgmt-user|weptx|ipsec|pin\b|SECRET|\bname\b|\bcak\b|pmk|\bseed\b|activation|challenge|value|sink"
    r"|com2sec|createuser|netlogin|aaa-server|trap-group|vlink|bind-user|\bsa (?:str|enc|hex)|hmac",
    re.IGNORECASE,
)
MAY_CHANGE = re.compile(r"^\s*(?:[!#;:]|ntp clock|Current conf|Cryptochecksum|set )")
TEXT_ALONE = re.compile(r"^\s*(?:(?:un)?set )?(?:description|remark|comment|comments|alias|no)\b", re.IGNORECASE)
"""Rows whose words are a person's: no keyword there makes the next word a secret."""

TELLING_ALONE = ("$", "ENC ", "-AQ==", "%", "@%")
"""How values begin that are hashed or encrypted, also in a person's words."""


@dataclass(frozen=True, slots=True)
class Scrubbed:
    """A configuration without its secrets.

    Attributes:
        text: the configuration, as many rows as before.
        secrets: every value that was taken out, for the second scanner; never to be stored, shown or logged.
    """

    text: str
    secrets: frozenset[str]

    def __repr__(self) -> str:
        """Tell how many, and not which."""
        return f"Scrubbed({len(self.text)} characters, {len(self.secrets)} secrets)"


def scrub(text: str, syntax: str, fingerprint: Fingerprint | None = None) -> Scrubbed:
    """Return a configuration without its secrets, and with what changes by itself made the same.

    Args:
        text: the configuration; line ends stay as they are.
        syntax: the platform's syntax family.
        fingerprint: makes tokens; without one they show that there was a secret and nothing else.
    """
    made = fingerprint or Fingerprint()
    rows = text.split("\n")
    hidden, found = hide_keys(rows, made)
    known = grammar(syntax)
    secrets = set(found)
    for at, (row, around) in enumerate(zip(hidden, enclosing(rows, syntax), strict=True)):
        told = row
        if MAY_HOLD.search(row):
            told = _hide(row, around, known.secrets, made, secrets)
        if MAY_CHANGE.match(told):
            for pattern in known.volatile:
                told = _changes(told, pattern)
        hidden[at] = told
    _hide_continued(hidden, made, secrets)
    return Scrubbed("\n".join(_hide_again(hidden, made, secrets)), frozenset(secrets))


def _hide(row: str, around: str, forms: Sequence[Form], made: Fingerprint, secrets: set[str]) -> str:
    is_text = TEXT_ALONE.match(row) is not None
    told = row
    for form in forms:
        if form.inside is not None and not form.inside.search(around):
            continue
        at = 0
        while (found := form.find.search(told, at)) is not None:
            at = max(found.end(), at + 1)
            spans = sorted((found.span(name) for name, value in found.groupdict().items() if value), reverse=True)
            for begin, end in spans:
                value = told[begin:end]
                if is_text and not (value.startswith(TELLING_ALONE) or _is_login(told, begin, end)):
                    continue
                new = _hidden(value, made, secrets, any_value=form.any_value)
                if new != value:
                    told = told[:begin] + new + told[end:]
                    at = begin + len(new)
    for word in () if is_text else made_up(told):
        secrets.add(word)
        told = told.replace(word, made.hide(word))
    return told


def _is_login(row: str, begin: int, end: int) -> bool:
    """Return whether a value is the password of a URL, which is a secret also in a person's words."""
    return row[end : end + 1] == "@" and "://" in row[:begin]


def _hidden(value: str, made: Fingerprint, secrets: set[str], *, any_value: bool) -> str:
    """Return what stands in a value's place: itself where it is no secret."""
    if value.startswith('"') and (len(value) == 1 or not value.endswith('"') or value.endswith('\\"')):
        before, inner, after = '"', value[1:].removesuffix("\\"), value[len(value[1:].removesuffix("\\")) + 1 :]
    elif value[:1] in {'"', "'"} and value[-1:] == value[:1]:
        before, inner, after = value[0], value[1:-1], value[-1]
    else:
        before, inner, after = "", value, ""
    bare = inner.rstrip("\r")
    if not bare or TOKEN.search(bare) or PLACEHOLDER.fullmatch(bare) or bare in KNOWN_DEFAULTS or BEGIN.search(bare):
        return value
    if not any_value and bare.lower() in settings():
        return value
    secrets.add(bare)
    return before + made.hide(bare) + inner[len(bare) :] + after


def _changes(row: str, pattern: re.Pattern[str]) -> str:
    found = pattern.search(row)
    if found is None or TOKEN.search(row):
        return row
    begin, end = found.span("v")
    return row[:begin] + CHANGES + row[end:]


def _hide_continued(rows: list[str], made: Fingerprint, secrets: set[str]) -> None:
    r"""Hide the rest of a text in quotes that goes on in the next rows, and a value that begins there (``key=\``)."""
    for at in range(len(rows) - 1):
        row = rows[at].rstrip("\r")
        opened = re.search(r'"[^"\s]*<secret(?::\w+)?>\\?$', row)
        if opened:
            _hide_until_quote(rows, at + 1, secrets)
        elif row.endswith("=\\") and re.search(r"(?:pass\w*|secret|key|passphrase|community)=\\$", row):
            following = rows[at + 1]
            found = re.match(r'(\s*)("(?:[^"\\]|\\.)*"|\S+)', following)
            if found:
                new = _hidden(found.group(2), made, secrets, any_value=True)
                rows[at + 1] = found.group(1) + new + following[found.end() :]


def _hide_until_quote(rows: list[str], begin: int, secrets: set[str]) -> None:
    for at in range(begin, min(len(rows), begin + 50)):
        row = rows[at]
        bare = row.lstrip()
        indentation = row[: len(row) - len(bare)]
        end = re.search(r'(?<!\\)"', bare)
        piece = bare[: end.start()] if end else bare.rstrip("\\\r")
        if piece:
            secrets.add(piece)
        rows[at] = indentation + ("<secret>" if piece else "") + (bare[end.start() :] if end else bare[len(piece) :])
        if end:
            return


def _hide_again(rows: Sequence[str], made: Fingerprint, secrets: set[str]) -> list[str]:
    """Return the rows without the secrets that stand a second time in a comment, a banner or a name."""
    telling = sorted(filter(is_telling, secrets), key=len, reverse=True)
    if not telling:
        return list(rows)
    again = re.compile(r"(?<![\w<:])(?:" + "|".join(map(re.escape, telling)) + r")(?![\w>])")
    return [again.sub(lambda found: made.hide(found.group()), row) for row in rows]
