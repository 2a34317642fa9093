"""Canaries planted over classes of statements: by keyword, by sign between it and the value, by case and by syntax."""

from __future__ import annotations

import itertools
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from regiowacht_audit.scrub import Fingerprint, scrub

if TYPE_CHECKING:
    from collections.abc import Callable

KEY = b"a key that is obviously of a test"
CANARIES = (
    "zomerhuisklok",
    "Kq7aX0bZ9cY8",
    "p@$%w!#&abcd",
    "Zomer2013",
    "900123456789",
    "00c0ffee00c0ffee00c0ffee00c0ffee",
)
FILES = {
    file.stem: tomllib.loads(file.read_text(encoding="utf-8"))
    for file in sorted((Path(__file__).parent / "planted").glob("*.toml"))
}
ENDS = re.compile(r"\\\\|\\[nt]")


def planted(row: str, canary: str) -> tuple[str, list[str]]:
    """Return a text with a canary at every mark, each a little different, and the canaries."""
    parts = row.split("«»")
    canaries = [f"{canary[:-1]}{at}" for at in range(len(parts) - 1)]
    text = "".join(part + mark for part, mark in itertools.zip_longest(parts, canaries, fillvalue=""))
    return text, canaries


def unescaped(row: str) -> str:
    return ENDS.sub(lambda found: {"\\n": "\n", "\\t": "\t"}.get(found.group(), "\\"), row)


def left(row: str, syntax: str, kinds: tuple[str, ...] = ("zomerhuisklok", "Zomer2013")) -> list[str]:
    """Return the canaries that are left of any kind."""
    found: list[str] = []
    for canary in kinds:
        text, canaries = planted(unescaped(row), canary)
        got = scrub(text, syntax, Fingerprint(KEY)).text
        assert got.count("\n") == text.count("\n")
        found += [one for one in canaries if one in got]
    return found


@pytest.mark.parametrize("name", FILES)
def test_no_canary_is_left_in_any_row(name: str) -> None:
    rows = FILES[name]["rows"].strip("\n").split("\n")
    leaking = {row: found for row in rows if (found := left(row, FILES[name]["syntax"], CANARIES))}
    assert leaking == {}


KEYWORDS = (
    "password",
    "passwd",
    "secret",
    "passphrase",
    "psk",
    "pre-shared-key",
    "shared-key",
    "key-string",
    "api-key",
)
NOTED = ("wachtwoord", "Wachtwoord", "WACHTWOORD", "ww", "toegangscode", "mot de passe", "mdp", "Passwort", "Kennwort")
SIGNS = (" ", "  ", ": ", ":", "=", " = ", " is ")
CASES: dict[str, Callable[[str], str]] = {"lower": str.lower, "title": str.title, "upper": str.upper}
IN_ROWS = {
    "indent": (
        "{}",
        " {}",
        "username jan {}",
        " description {}",
        "! {}",
        "banner login ^C{}^C",
        "snmp-server contact {}",
    ),
    "fortios": ('  set comment "{}"', '  set description "{}"', "# {}", '  set buffer "{}"'),
    "statements": (
        'set interfaces ge-0/0/0 description "{}"',
        'set system login message "{}"',
        "/* {} */",
        "<description>{}</description>",
        "<!-- {} -->",
        'interfaces {{\n    ge-0/0/0 {{\n        description "{}";\n    }}\n}}',
    ),
    "routeros": ('/ip address\nadd address=10.1.1.1/24 comment="{}"', "# {}", '/system note\nset note="{}"'),
}


@pytest.mark.parametrize("syntax", IN_ROWS)
@pytest.mark.parametrize("case", CASES)
def test_what_people_note_goes_in_whatever_language(syntax: str, case: str) -> None:
    words = (*NOTED, "password", "passwd", "pwd", "pw")
    rows = [
        place.format(f"{CASES[case](word)}{sign}«»")
        for place, word, sign in itertools.product(IN_ROWS[syntax], words, SIGNS)
    ]
    assert {row: found for row in rows if (found := left(row, syntax))} == {}


@pytest.mark.parametrize("case", CASES)
def test_keywords_of_commands_go_by_any_sign(case: str) -> None:
    kinds = ("", "0 ", "7 ", "cipher ", "simple ", "encrypted ")
    blanks = [f" {CASES[case](word)} {kind}«»" for word, kind in itertools.product(KEYWORDS, kinds)]
    signs = [f" {CASES[case](word)}{sign}«»" for word, sign in itertools.product(KEYWORDS, (*SIGNS[2:6], ":=", " -> "))]
    assert {row: found for row in (*blanks, *signs) if (found := left(row, "indent"))} == {}


@pytest.mark.parametrize("turn", ["no ", "undo ", "default ", "!", "! ", "# "])
@pytest.mark.parametrize(
    "row",
    [
        "snmp-server community «» RO",
        "username jan password 0 «»",
        "enable secret «»",
        "radius-server host 10.1.1.1 key «»",
        "ntp authentication-key 1 md5 «»",
        "snmp-agent community read cipher «»",
        "local-user jan password cipher «»",
        "configure radius 1 shared-secret «»",
    ],
)
def test_the_secret_of_a_statement_that_was_taken_out_goes_too(row: str, turn: str) -> None:
    assert left(turn + row, "indent") == []


@pytest.mark.parametrize(
    ("row", "syntax"),
    [
        ("banner motd ^CHet wachtwoord is «»^C", "indent"),
        ("banner motd ^CPassword: «»^C", "indent"),
        ("banner login #wachtwoord «»#", "indent"),
        ('header login "Wachtwoord: «»"', "indent"),
    ],
)
def test_what_ends_a_banner_stays(row: str, syntax: str) -> None:
    got = scrub(row.replace("«»", "zomerhuisklok"), syntax).text
    assert got == row.replace("«»", "<secret>")


@pytest.mark.parametrize(
    "row",
    [
        " description psk gasten zaal",
        " description wachtwoord wijzigen",
        " description mot de passe à changer",
        " name password reset lab",
        "banner motd ^CUw wachtwoord niet delen.^C",
        " description sleutel bij de balie",
        " description code geel",
        " description community center",
        " description login server 1",
        " name wachtwoord-reset",
        "! passwords are changed every month",
        " description key switch Gi1/0/1",
    ],
)
def test_what_people_write_of_passwords_without_telling_one_stays(row: str) -> None:
    assert scrub(row, "indent").text == row
