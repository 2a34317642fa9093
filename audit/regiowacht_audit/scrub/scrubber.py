"""Takes the secrets out of a configuration, row by row: no row is added or dropped, and nothing else changes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from regiowacht_audit.scrub.continued import hide_continued
from regiowacht_audit.scrub.enclosing import enclosing
from regiowacht_audit.scrub.grammar_file import KIND, grammar
from regiowacht_audit.scrub.keys import hide_keys
from regiowacht_audit.scrub.statement import Statement, statements
from regiowacht_audit.scrub.token import TOKEN, Fingerprint
from regiowacht_audit.scrub.value import is_secret, unquoted
from regiowacht_audit.scrub.words import is_telling, made_up

if TYPE_CHECKING:
    from collections.abc import Sequence

    from regiowacht_audit.scrub.grammar_file import Form, Grammar

CHANGES = "<changes>"
MAY_HOLD = re.compile(
    r"pass|pwd|secret|psk|key|communit|phash|auth|priv|idtoken|token|md5|sha|\$|ENC |%[\^@$]%|@%@%|-AQ==|://|snmp|encrypt"
    r"|enable|account|mgmt-user|weptx|ipsec|pin\b|SECRET|\bname\b|\bcak\b|pmk|\bseed\b|activation|challenge|value|sink"
    r"|bearer|webhook|hooks?\.|cookie|cred|bindpw|rootpw|stats|echo|ldap|mysql|\{(?:S?SHA|S?MD5|CRYPT)|gh[pousr]_|glpat-|xox|AKIA"
    r"|smbclient|curl|useradd|usermod|:\s+(?:EAP|XAUTH|NTLM|RSA|ECDSA)\b|^\s*\d+\s+M\s"
    r"|AIza|hvs\.|eyJ|puk=|unlock|identity=|contents=|:(?:local|global|set) "
    r"|[-_]pw\b|-code|syscon|mab req|traps?\b|mail|smtp|unlock|licen[sc]e|3des|pkcs12|\bpem\b|manager add|pppoe"
    r"|usmuser|cipher|\bspi\b"
    r"|chat-script|simple|plain|otp\b|puk\b|hash|script|content|community|\bmd5|hidden-par|capwap|sxp|blob|\buser|login"
    r"|com2sec|createuser|netlogin|aaa-server|trap-group|vlink|bind-user|\bsa (?:str|enc|hex)|hmac",
    re.IGNORECASE,
)
MAY_CHANGE = re.compile(r"^\s*(?:[!#;:]|ntp clock|Current conf|Cryptochecksum|set )")
TEXT_ALONE = re.compile(
    r"^\s*(?:(?:un)?set |(?:neighbor|peer) \S+ |action \S+ syslog )?"
    r"(?:name|description|remark|comment|comments|alias|msg|no)\b",
    re.IGNORECASE,
)
"""Rows whose words are a person's: no keyword there makes the next word a secret."""

KNOWN_BEHIND = re.compile(rf'"?\s+(?:key-string\s+|[\w-]+-phrase\s+|cak\s+)?{KIND}\S{{0,12}}<secret')
"""What tells that a guess is wrong: the secret stands behind, and the word itself says what or how."""

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
    parts = statements(hidden, syntax)
    for part, around in zip(parts, enclosing([part.text for part in parts], syntax), strict=True):
        if MAY_HOLD.search(part.text):
            _hide(part, around, known, made, secrets)
        if MAY_CHANGE.match(part.text):
            for pattern in known.volatile:
                _change(part, pattern)
    rows = [row for part in parts for row in part.rows()]
    hide_continued(rows, made, secrets)
    return Scrubbed("\n".join(_hide_again(rows, made, secrets)), frozenset(secrets))


def _hide(part: Statement, around: str, known: Grammar, made: Fingerprint, secrets: set[str]) -> None:
    is_text = TEXT_ALONE.match(part.text) is not None
    if known.by_path and around:
        part.enclose(around)
    for form in known.secrets:
        if form.inside is None or form.inside.search(around):
            _hide_form(part, form, made, secrets, is_text=is_text)
    part.enclose("")
    for word in () if is_text else made_up(part.text):
        secrets.add(word)
        while (begin := part.text.find(word)) >= 0:
            part.replace(begin, begin + len(word), made.hide(word))
    for form in known.guesses:
        if form.inside is None or form.inside.search(around):
            _hide_form(part, form, made, secrets, is_text=is_text)


def _hide_form(part: Statement, form: Form, made: Fingerprint, secrets: set[str], *, is_text: bool) -> None:
    at = 0
    while (found := form.find.search(part.text, at)) is not None:
        at = max(found.end(), at + 1)
        for begin, end in sorted(
            (found.span(name) for name, value in found.groupdict().items() if value), reverse=True
        ):
            value = part.text[begin:end]
            is_told = value.startswith(TELLING_ALONE) or _is_login(part.text, begin, end)
            if (
                begin < part.begin
                or (is_text and not is_told and form.inside is None)
                or (form.is_guess and KNOWN_BEHIND.match(part.text, end))
            ):
                continue
            before, inner, after = unquoted(value)
            if is_secret(inner, any_value=form.any_value):
                secrets.add(inner)
                at = part.replace(begin + len(before), end - len(after), made.hide(inner)) + len(after)


def _is_login(row: str, begin: int, end: int) -> bool:
    """Return whether a value is the password of a URL, which is a secret also in a person's words."""
    return row[end : end + 1] == "@" and "://" in row[:begin]


def _change(part: Statement, pattern: re.Pattern[str]) -> None:
    found = pattern.search(part.text)
    if found is not None and not TOKEN.search(part.text):
        part.replace(*found.span("v"), CHANGES)


def _hide_again(rows: Sequence[str], made: Fingerprint, secrets: set[str]) -> list[str]:
    """Return the rows without the secrets that stand a second time in a comment, a banner or a name."""
    telling = sorted(filter(is_telling, secrets), key=len, reverse=True)
    if not telling:
        return list(rows)
    again = re.compile(r"(?<![\w<:])(?:" + "|".join(map(re.escape, telling)) + r")(?![\w>])")
    return [again.sub(lambda found: made.hide(found.group()), row) for row in rows]
