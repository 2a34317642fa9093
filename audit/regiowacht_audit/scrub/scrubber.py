"""Takes the secrets out of a configuration, row by row: no row is added or dropped, and nothing else changes."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from regiowacht_audit.scrub.continued import hide_continued
from regiowacht_audit.scrub.enclosing import enclosing
from regiowacht_audit.scrub.grammar_file import KIND, grammar, ordinary
from regiowacht_audit.scrub.hints import may_hold
from regiowacht_audit.scrub.keys import hide_keys
from regiowacht_audit.scrub.leaves import VALUE_MAX, leaves
from regiowacht_audit.scrub.notes import noted
from regiowacht_audit.scrub.occurrences import Occurrences
from regiowacht_audit.scrub.statement import JOINED, Statement, statements
from regiowacht_audit.scrub.token import TOKEN, Fingerprint
from regiowacht_audit.scrub.value import is_secret, unquoted
from regiowacht_audit.scrub.words import is_telling, made_up

if TYPE_CHECKING:
    from regiowacht_audit.scrub.grammar_file import Form, Grammar

CHANGES = "<changes>"
MAY_CHANGE = re.compile(r"^\s*(?:[!#;:]|ntp clock|Current conf|Cryptochecksum|set )")
TEXT_ALONE = re.compile(
    r"^\s*(?:set (?=.*? description[ \t]+\")[^\"]*? (?=description\b)|(?:un)?set "
    r"|(?:neighbor|peer) \S+ |action \S+ syslog )?"
    r"(?:name|description|remark|comment|comments|alias|msg)\b",
    re.IGNORECASE,
)
"""Rows whose words are a person's: no keyword there makes the next word a secret."""

IN_LIST = re.compile(r"\s\[\s[^\]\"]*$")
"""Where a list of words stands open: none of them is the value of the one before."""

KNOWN_BEHIND = re.compile(rf'"?\s+(?:key-string\s+|[\w-]+-phrase\s+|cak\s+)?{KIND}\S{{0,12}}<secret')
"""What tells that a guess is wrong: the secret stands behind, and the word itself says what or how."""

ASSIGNED = re.compile(r"""\w\s*[=:]\s*["']?$""")
"""What stands in front of a value that somebody noted on purpose: ``wachtwoord: zomer``."""

HOW = re.compile(
    r"""["']?(?:hex|ascii|plaintext|ciphertext|3?des(?:56)?|aes[\d-]*\S*|md5|sha-?\d*|hmac-\S+|auth-data|auth-type"""
    r"""|simple-text(?:-auth)?|key-string)["']?(?=\s+[^\s;{}\])])""",
    re.IGNORECASE,
)
"""What tells how a value is written that follows: no value itself, unless nothing follows."""

SPEAKING = re.compile(
    r"(?i)(?:.*[-_])?(?:passw(?:or)?ds?|passphrases?|passcode|pwd|secrets?|psks?|tokens?|communit(?:y|ies)|credentials?"
    r"|(?:api|auth|private|shared|access|encryption|license)[-_]keys?|key-string|pin|puk|wachtwoord(?:en)?)"
)
"""The name of a value in JSON or XML that is a secret."""
SPEAKING_OF_MANY = re.compile(r"(?i)(?:.*[-_])?(?:passwords|passphrases|secrets|psks|tokens|communities|credentials)")
NUMBER = re.compile(r"\d{1,5}")
TEXTS = frozenset(
    {"description", "message", "announcement", "comment", "comments", "login-banner", "banner", "contact"}
)

STRUCTURE = re.compile(r'[\[{]{1,4}(?:"\w|$)')
"""How a list or an object of JSON begins, whose values are looked at one by one."""

BANNER = re.compile(r"\s*(?:banner|header) [a-z-]+ (?:information )?(?P<sign>[^\w\s\"])", re.IGNORECASE)

IN_A_WORD = re.compile(r"[\w<:>]")
ROW_MAX = 20_000
"""Characters of a row that is looked into. What is longer is noise or a script of megabytes, and goes whole: forms take
the square of its length."""
CLEAN_MAX = 20_000
"""Rows that are remembered to hold nothing: of a hundred characters some 2 MB."""

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
    hidden, found = hide_keys(text.split("\n"), made)
    known = grammar(syntax)
    secrets = set(found)
    hidden = _hide_leaves("\n".join(hidden), syntax, made, secrets).split("\n")
    parts = statements(hidden, syntax)
    clean = _clean_rows(syntax)
    for part, around in zip(parts, enclosing([part.text for part in parts], syntax), strict=True):
        row = part.text
        if len(row) > ROW_MAX:
            part.replace(part.begin, len(row), made.token(row))
            continue
        if row not in clean and may_hold(row) and not _hide(part, around, known, made, secrets) and not known.by_path:
            clean.add(row)
        if MAY_CHANGE.match(part.text):
            for pattern in known.volatile:
                _change(part, pattern)
    if len(clean) > CLEAN_MAX:
        clean.clear()
    rows = [row for part in parts for row in part.rows()]
    hide_continued(rows, made, secrets, backslashes=syntax not in JOINED)
    return Scrubbed(_hide_again("\n".join(rows), made, secrets), frozenset(secrets))


def _hide_leaves(text: str, syntax: str, made: Fingerprint, secrets: set[str]) -> str:
    """Return a document in JSON or XML without the secrets among its values; any other text as it is."""
    known = grammar("statements")
    pieces: list[str] = []
    behind = 0
    for path, begin, end in leaves(text, syntax):
        value = text[begin:end]
        if len(value) > VALUE_MAX or TOKEN.search(value):
            continue
        new = _hide_leaf(path, value, known, made, secrets)
        if new != value:
            pieces += text[behind:begin], new
            behind = end
    return "".join([*pieces, text[behind:]])


def _hide_leaf(path: tuple[str, ...], value: str, known: Grammar, made: Fingerprint, secrets: set[str]) -> str:
    rows = value.split("\n")
    flat = " ".join(row.strip() for row in rows)
    is_text = bool(path) and path[-1] in TEXTS
    part = Statement(f'{path[-1]} "{flat}"' if is_text else f'"{flat}"')
    around = " ".join(path)
    if (path and SPEAKING.fullmatch(path[-1])) or (len(path) > 1 and SPEAKING_OF_MANY.fullmatch(path[-2])):
        if is_secret(flat, any_value=False) and flat not in {"true", "false", "null"}:
            secrets.add(flat)
            part.text = f'"{made.hide(flat)}"'
    elif may_hold(f"{around} {flat}") and not NUMBER.fullmatch(flat):
        _hide(part, "" if is_text else around, known, made, secrets)
    new = part.text[1:-1] if not is_text else part.text[len(path[-1]) + 2 : -1]
    if new == flat or len(rows) == 1:
        return value if new == flat else new
    first, *others = (row.replace(row.strip(), made.token(row.strip())) if row.strip() else row for row in rows)
    return "\n".join([first, *others])


@functools.cache
def _clean_rows(syntax: str) -> set[str]:
    """Return rows in which no form of a syntax family found anything: devices have most of their rows in common."""
    return set()


def _hide(part: Statement, around: str, known: Grammar, made: Fingerprint, secrets: set[str]) -> bool:
    """Hide what a statement holds; return whether any form found anything, a secret or not."""
    is_text = TEXT_ALONE.match(part.text) is not None
    if known.by_path and around:
        part.enclose(around)
    found = [_hide_form(part, form, around, made, secrets, is_text=is_text) for form in known.secrets]
    part.enclose("")
    guessed = [] if is_text else made_up(part.text)
    for word in guessed:
        secrets.add(word)
        while (begin := part.text.find(word)) >= 0:
            part.replace(begin, begin + len(word), made.hide(word))
    notes = _hide_notes(part, made, secrets)
    found += [_hide_form(part, form, around, made, secrets, is_text=is_text) for form in known.guesses]
    return any(found) or bool(guessed) or notes


def _hide_notes(part: Statement, made: Fingerprint, secrets: set[str]) -> bool:
    spans = [(begin, end) for begin, end in noted(part.text) if begin >= part.begin]
    for begin, end in reversed(spans):
        secrets.add(part.text[begin:end])
        part.replace(begin, end, made.hide(part.text[begin:end]))
    return bool(spans)


def _hide_form(
    part: Statement, form: Form, around: str, made: Fingerprint, secrets: set[str], *, is_text: bool
) -> bool:
    """Hide what one form finds; return whether it fits the row, wherever that stands."""
    found = form.search(part.text, 0)
    if found is None:
        return False
    if form.inside is not None and not form.inside.search(around):
        return True
    while found is not None:
        at = max(min((begin for begin, end in found.regs[1:] if begin < end), default=0), found.start() + 1)
        is_known_behind = form.is_guess and KNOWN_BEHIND.match(part.text, found.end()) is not None
        for begin, end in sorted(
            (found.span(name) for name, value in found.groupdict().items() if value), reverse=True
        ):
            value = part.text[begin:end]
            is_told = (
                value.startswith(TELLING_ALONE)
                or _is_login(part.text, begin, end)
                or ASSIGNED.search(part.text, 0, begin) is not None
            )
            if (
                begin < part.begin
                or (is_text and not is_told and form.inside is None)
                or is_known_behind
                or HOW.match(part.text, begin)
                or STRUCTURE.match(value)
                or (form.is_guess and value.lower() in ordinary() and part.text[end:].strip())
                or (form.spares_lists and IN_LIST.search(part.text, 0, begin))
            ):
                at = max(at, end)
                continue
            before, inner, after = unquoted(value)
            closing = _closing(part.text, end, inner)
            inner, after = inner.removesuffix(closing), closing + after
            if is_secret(inner, any_value=form.any_value):
                secrets.add(inner)
                at = part.replace(begin + len(before), end - len(after), made.hide(inner)) + len(after)
        found = form.search(part.text, at)
    return True


def _closing(row: str, end: int, value: str) -> str:
    """Return the sign that ends a banner right behind a value: without it all that follows would be banner."""
    if value.endswith(("^C", "\x03")):
        return "^C" if value[-1] == "C" else "\x03"
    banner = BANNER.match(row) if not row[end:].strip() else None
    return banner["sign"] if banner and value.endswith(banner["sign"]) else ""


def _is_login(row: str, begin: int, end: int) -> bool:
    """Return whether a value is the password of a URL, which is a secret also in a person's words."""
    return row[end : end + 1] == "@" and "://" in row[:begin]


def _change(part: Statement, pattern: re.Pattern[str]) -> None:
    found = pattern.search(part.text)
    if found is not None and not TOKEN.search(part.text):
        part.replace(*found.span("v"), CHANGES)


def _hide_again(text: str, made: Fingerprint, secrets: set[str]) -> str:
    """Return the text without the secrets that stand a second time in a comment, a banner or a name."""
    pieces: list[str] = []
    behind = 0
    for begin, end in Occurrences(filter(is_telling, secrets)).find(text):
        if not IN_A_WORD.match(text[begin - 1 : begin]) and not IN_A_WORD.match(text[end : end + 1]):
            pieces += text[behind:begin], made.hide(text[begin:end])
            behind = end
    return "".join([*pieces, text[behind:]])
