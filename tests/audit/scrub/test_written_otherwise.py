"""The same rows written otherwise: line ends, tabs, blanks, capitals; and a run's own credentials in other clothes."""

from __future__ import annotations

import base64
import json
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from regiowacht_audit.scrub import Fingerprint, scrub
from regiowacht_audit.scrub.occurrences import Occurrences
from regiowacht_audit.scrub.scanner import Scanner

if TYPE_CHECKING:
    from collections.abc import Callable

KEY = b"a key that is obviously of a test"
MARKED = re.compile("«(.+?)»")
CASES = {
    file.stem: tomllib.loads(file.read_text(encoding="utf-8"))
    for file in sorted((Path(__file__).parent / "cases").glob("*.toml"))
}
LINES = [name for name, case in CASES.items() if case["syntax"] in {"indent", "fortios"}]


def shout(marked: str) -> str:
    """Return the text in capitals, but for its secrets."""
    return "".join(part.upper() if at % 2 == 0 else f"«{part}»" for at, part in enumerate(MARKED.split(marked)))


OTHERWISE: dict[str, Callable[[str], str]] = {
    "line ends": lambda text: text.replace("\n", "\r\n"),
    "tabs": lambda text: re.sub(r"(?<=\S) (?=[^«»\n]*(?:«|$))", "\t", text, flags=re.MULTILINE),
    "blanks behind": lambda text: re.sub(r"(?m)$", "   ", text),
    "blanks in front": lambda text: re.sub(r"(?m)^", "    ", text),
}


@pytest.mark.parametrize("how", OTHERWISE)
@pytest.mark.parametrize("name", LINES)
def test_no_secret_is_left_however_rows_are_written(name: str, how: str) -> None:
    case = CASES[name]
    marked = OTHERWISE[how](case["text"])
    plain = MARKED.sub(lambda found: found.group(1), marked)
    secrets = {secret for secret in MARKED.findall(case["text"]) if case["text"].count(secret) == 1}
    got = scrub(plain, case["syntax"], Fingerprint(KEY)).text
    assert sorted(secret for secret in secrets if secret in got) == []
    assert [row.endswith("\r") for row in got.split("\n")] == [row.endswith("\r") for row in plain.split("\n")]


def test_statements_in_capitals_hold_their_secrets_no_better() -> None:
    case = CASES["cisco"]
    got = scrub(MARKED.sub(lambda found: found.group(1), shout(case["text"])), "indent", Fingerprint(KEY)).text
    unique = {one for one in MARKED.findall(case["text"]) if case["text"].lower().count(one.lower()) == 1}
    assert sorted(one for one in unique if one in got) == []


TYPE_7_AT_15 = b"rkldJKDHSUBsgvca69834ncxv9873254k;fg87"

DISGUISES: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "capitals": str.upper,
    "quoted": lambda secret: f'"{secret}"',
    "base64": lambda secret: base64.b64encode(secret.encode()).decode(),
    "basic authentication": lambda secret: base64.b64encode(f"beheer:{secret}".encode()).decode(),
    "base64 of UTF-16": lambda secret: base64.b64encode(secret.encode("utf-16-le")).decode(),
    "URL": lambda secret: quote(secret, safe=""),
    "URL in small letters": lambda secret: quote(secret, safe="").lower(),
    "hexadecimal": lambda secret: secret.encode().hex().upper(),
    "hexadecimal with colons": lambda secret: secret.encode().hex(":"),
    "JSON": json.dumps,
    "bytes": lambda secret: repr(secret.encode()),
    "shell": lambda secret: re.sub(r"(\W)", r"\\\1", secret),
    "type 7": lambda secret: "15" + bytes(a ^ b for a, b in zip(secret.encode(), TYPE_7_AT_15, strict=False)).hex(),
}


@pytest.mark.parametrize("how", DISGUISES)
@pytest.mark.parametrize("secret", ["Zomer!2024a", "welkom01", "p&ss w<rd>1", "Wachtw%d/rd+=1", "kàstëel-9"])
def test_a_credential_of_the_run_is_refused_in_whatever_form(secret: str, how: str) -> None:
    text = f"hostname sw-zandbeke-1\n banner motd x {DISGUISES[how](secret)} y\ninterface Vlan1"
    assert (2, "credential") in set(Scanner(credentials=[secret]).find(text))
    assert list(Scanner(credentials=["Heel!Anders9"]).find(text)) == []


def test_rows_of_base64_speak_of_no_secret_whatever_letters_they_hold() -> None:
    text = (
        'set certificate "-----BEGIN CERTIFICATE-----\n'
        "MIIDpskzCCAnugAwIBAgIBADANBgkqhkiG9w0BAQsFADBrMQswCQYDVQQGEwJVUzE\n"
        "pAsswTCCAnugAwIBAgIBADANBgkqhkiG9w0BAQsFADBrMQswCQYDVQQGEwJVUzET\n"
        '-----END CERTIFICATE-----"'
    )
    assert scrub(text, "fortios", Fingerprint(KEY)).text == text
    assert list(Scanner().find(text)) == []


def test_many_words_are_found_at_once_and_the_longest_first() -> None:
    words = Occurrences(["zandbeke", "zandbeke-noord", "kort", "molenwiek"])
    text = "bij zandbeke-noord en zandbeke, kort: molenwiekmolenwiek"
    assert [text[begin:end] for begin, end in words.find(text)] == [
        "zandbeke-noord",
        "zandbeke",
        "molenwiek",
        "molenwiek",
    ]
    assert list(Occurrences([]).find(text)) == []


@pytest.mark.parametrize("syntax", ["indent", "fortios", "statements", "routeros"])
def test_a_row_that_no_command_line_is_as_long_as_goes_as_a_whole(syntax: str) -> None:
    got = scrub("hostname sw\nbanner " + "password is molenwiek " * 50_000 + "\nend", syntax, Fingerprint(KEY)).text
    assert re.fullmatch(r"hostname sw\n<secret:[0-9a-f]{8}> \nend", got)


@pytest.mark.parametrize("syntax", ["indent", "fortios", "statements", "routeros"])
@pytest.mark.parametrize(
    "unit", [" ", "\t", '"', '\\"', "{", "[", "=", "://a:", "-----BEGIN ", "<a ", "/*", "password "]
)
def test_a_row_of_a_megabyte_costs_no_more_than_its_length(unit: str, syntax: str) -> None:
    row = unit * (1_000_000 // len(unit))
    got = scrub(f"hostname sw\n{row}x\nhostname sx", syntax, Fingerprint(KEY)).text
    assert got.startswith("hostname sw\n")
    assert got.endswith("\nhostname sx")
    assert list(Scanner(["molen!Wiek9"]).find(got)) == []
