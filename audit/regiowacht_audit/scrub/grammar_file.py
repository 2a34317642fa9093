"""The grammar: patterns of secrets and of what changes by itself, compiled from ``grammar/``."""

from __future__ import annotations

import functools
import re
import tomllib
from dataclasses import dataclass
from importlib import resources
from typing import Any

ESCAPED = r"""\\"(?:[^"\\]|\\{3}.|\\\\[^\\]|\\[^"\\])*\\"|\\{3}"(?:(?!\\{3}").)*\\{3}\""""
"""A text in quotes within a text in quotes, or within one of those: a script in a setting."""

VALUE = (
    rf"""(?P<s%d>(?:ENC|SH2) \S+|{ESCAPED}|"(?:[^"\\]|\\.)*(?:"|\\?$)|'[^']*'(?![^\s;,)\]}}"])"""
    r"""|(?:[^\s";]|;(?=\S))\S*?(?=[;,)\]}]{0,8}(?:\s|$|\\*"(?:[\s;,)\]}\\&.|/]|$))))"""
)
"""A word, or a text in quotes; what ends a list or a statement is no part of it where nothing but a blank follows."""

IN_SCRIPT = VALUE.replace(r"\S*?", r"(?:(?!\\[rn])\S)*?").replace(r"(?:\s|$|", r"(?:\s|$|\\[rn]|")
"""The same where a text in quotes holds a script, with ``\\r\\n`` at the end of its rows."""

KIND = (
    r"(?i:(?:\d|encrypted|auth-encrypted|privacy-encrypted|cipher|ciphertext|plaintext|simple|plain|hash|irreversible-cipher"
    r"|md5|sha1|sha-?256|sha-?384|sha-?512|pbkdf2|scrypt|bcrypt-sha512|ascii|ascii-text|ascii-key|hex|hexadecimal"
    r"|hexadecimal-key|hex-key|localized-key|local-key|text|clear-text|cleartext|clear|string|is|key"
    r"|level \d+|user-name \S+)\s+)*+"
)
NAME = r"""(?:"[^"]*"|\S+)"""
UNNAMED = (
    r"(?<!-map\s)(?<!-group\s)(?<!-list\s)(?<!-policy\s)(?<!neighbor\s)(?<!location\s)(?<!contact\s)(?<!static\s)"
    r"(?<!interface\s)(?<!vlan\s)(?<!ip\shost\s)(?<!\bpool\s)(?<!\bvrf\s)(?<!\bclass\s)(?<!\bname\s)(?<!\bmap\s)"
    r"(?<!\bobject\s)"
)
"""Not behind what a name stands behind: a route map may be named ``key``."""

CHANGES = r"(?P<v>\S.*?)"


PLACEHOLDER = re.compile(
    r"""["']?(?:\*+|<[^<>]*>|x+|\.+|!|[=:|,]+|[-=]>|\{|\}|\[|\]|\||>|(?:BLOCK|V\d)?-+|\\|"")["']?;?""", re.IGNORECASE
)
"""Masked already, or punctuation."""


@dataclass(frozen=True, slots=True)
class Form:
    """One way in which a secret is written.

    Attributes:
        find: a row with a secret; its groups ``s0``, ``s1``... are secrets.
        inside: what the enclosing lines must match; None for anything.
        any_value: also words of ``settings.txt`` are secrets here.
        is_anchored: begins where the row does.
        spares_lists: words of a list in brackets are no values of each other.
        is_guess: looked for at last, and not where a known secret stands right behind.
    """

    find: re.Pattern[str]
    inside: re.Pattern[str] | None
    any_value: bool
    spares_lists: bool
    is_guess: bool
    is_anchored: bool

    def search(self, text: str, at: int) -> re.Match[str] | None:
        """Return the form's first place from a position on."""
        if not self.is_anchored:
            return self.find.search(text, at)
        return self.find.match(text) if at == 0 else None


@dataclass(frozen=True, slots=True)
class Grammar:
    """What is known of a syntax family, with what is known of all.

    Attributes:
        secrets: what is known to be one.
        guesses: what seems to be one, where nothing known stands behind it.
        volatile: what changes by itself.
        by_path: forms are looked for behind the enclosing lines: what stands in braces reads as a `set` line does.
    """

    secrets: tuple[Form, ...]
    guesses: tuple[Form, ...]
    volatile: tuple[re.Pattern[str], ...]
    by_path: bool


@functools.cache
def settings() -> frozenset[str]:
    """Return what follows a keyword where it sets something else than a secret, in lower case."""
    file = resources.files("regiowacht_audit.scrub") / "grammar" / "settings.txt"
    return frozenset(file.read_text(encoding="utf-8").split())


@functools.cache
def ordinary() -> frozenset[str]:
    """Return the words that follow a keyword in ordinary sentences, in lower case."""
    file = resources.files("regiowacht_audit.scrub") / "grammar" / "ordinary.txt"
    return frozenset(file.read_text(encoding="utf-8").split())


@functools.cache
def grammar(syntax: str) -> Grammar:
    """Return the grammar of a syntax family: its own forms first, then those of all, then what it guesses by."""
    own = _table(syntax)
    shared = ("programs", "hashes") if own.get("holds_scripts") else ("programs", "everywhere", "hashes")
    tables = [own, *map(_table, (*shared, *own.get("last_resort", ())))]
    by_path = bool(own.get("by_path", False))
    blanks = BLANKS_OR_BRACE if by_path else BLANKS
    value = IN_SCRIPT if own.get("holds_scripts") else VALUE
    forms = [_form(entry, blanks, value) for table in tables for entry in table.get("secret", ())]
    return Grammar(
        tuple(form for form in forms if not form.is_guess),
        tuple(form for form in forms if form.is_guess),
        tuple(
            re.compile(_to_the_end(entry["find"]).replace("{v}", CHANGES))
            for table in tables
            for entry in table.get("volatile", ())
        ),
        by_path=by_path,
    )


def _table(name: str) -> dict[str, Any]:
    file = resources.files("regiowacht_audit.scrub") / "grammar" / f"{name}.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))


def _to_the_end(find: str) -> str:
    return find + r"\s*$" if find.endswith("{v}") else find


BLANKS, BLANKS_OR_BRACE = r"(?:[ \t]+)", r"(?:[ \t]+(?:\{[ \t]+)?)"
BLANK = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]])*\]| ", re.DOTALL)


def _loose(find: str, blanks: str) -> str:
    """Return a pattern in which a blank stands for any number of them, and for tabs."""
    return BLANK.sub(lambda found: blanks if found.group() == " " else found.group(), find)


TURNED = r"(?:[!#;:]+[ \t]*)?+(?:(?:no|undo|default|unset)[ \t]+)?+"
"""What takes a statement out: a sign that makes it a comment, a word that turns it round. Its secret stays one."""

ANCHORS = (r"^\s*", r"^\s+")


def _turned(find: str) -> str:
    """Return a pattern that finds a statement that was taken out as well."""
    flags = "(?i)" if find.startswith("(?i)") else ""
    bare = find.removeprefix(flags)
    anchor = next((anchor for anchor in ANCHORS if bare.startswith(anchor)), None)
    return find if anchor is None else f"{flags}{anchor}{TURNED}{bare.removeprefix(anchor)}"


def _form(entry: dict[str, Any], blanks: str, value: str) -> Form:
    find = (
        _loose(_turned(entry["find"]), blanks)
        .replace("{kind}", KIND)
        .replace("{name}", NAME)
        .replace("{unnamed}", UNNAMED)
        .replace("(?P<s>", "(?P<s9>")
    )
    parts = find.split("{s}")
    numbered = parts[0] + "".join(value % number + part for number, part in enumerate(parts[1:]))
    inside = _loose(entry["inside"], blanks) if "inside" in entry else None
    return Form(
        re.compile(numbered),
        re.compile(_loose(inside, BLANKS)) if inside else None,
        entry.get("any_value", False),
        blanks == BLANKS_OR_BRACE,
        entry.get("guess", False),
        entry["find"].removeprefix("(?i)").startswith("^") and "|^" not in entry["find"],
    )
