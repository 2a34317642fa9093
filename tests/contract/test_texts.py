"""Every text is there in Dutch and in English, says the same with the same placeholders, and is used."""

from __future__ import annotations

import ast
import functools
import re
import string
from pathlib import Path

import pytest

from regiowacht_contract import texts
from regiowacht_contract.texts import LANGS, choose_lang, keys, say, template

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("contract", "inventory", "agent", "collector", "audit", "dashboards", "cli", "docs")
KEY = re.compile(r"^[a-z][a-z-]*\.[a-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$")


@functools.cache
def literals() -> set[str]:
    """Every string constant of the source, prefixes of f-strings like ``states.`` among them."""
    found: set[str] = set()
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    found.add(node.value)
    return found


@pytest.mark.parametrize("key", keys())
def test_text_is_whole_in_both_languages(key: str) -> None:
    said = {lang: template(key, lang) for lang in LANGS}
    fields = {lang: {name for _, name, _, _ in string.Formatter().parse(said[lang]) if name} for lang in LANGS}
    assert KEY.match(key), "keys are file.name, with hyphens between words"
    assert all(text.strip() for text in said.values())
    assert fields["nl"] == fields["en"]


def test_every_key_in_the_source_exists() -> None:
    files = {key.partition(".")[0] for key in keys()}
    shaped = {text for text in literals() if KEY.match(text) and text.partition(".")[0] in files}
    known_files = {
        f"{file}.{suffix}" for file in files for suffix in ("toml", "py", "md", "js", "json", "log", "lock", "sh")
    }
    assert shaped - set(keys()) - known_files == set()


def test_every_text_is_used() -> None:
    prefixes = tuple(text for text in literals() if re.match(r"^[a-z][a-z-]*\.([A-Za-z0-9-]*-)?$", text))
    unused = [key for key in keys() if key not in literals() and not key.startswith(prefixes)]
    assert unused == []


def test_values_with_braces_are_not_read_as_placeholders() -> None:
    assert "{x}" in say("cli.no-room", "nl", room="{x}", nearest="check")


def test_unknown_key_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        say("nothing.here", "nl")
    with pytest.raises(KeyError):
        say("cli.nothing-here", "nl")


@pytest.mark.parametrize(
    ("flag", "region", "environ", "expected"),
    [
        ("en", "nl", {"LANG": "nl_BE.UTF-8"}, "en"),
        (None, "en", {"LANG": "nl_BE.UTF-8"}, "en"),
        (None, None, {"LANG": "nl_BE.UTF-8"}, "nl"),
        (None, None, {"LANG": "en_GB.UTF-8"}, "en"),
        (None, None, {"LANG": "en_GB.UTF-8", "LC_ALL": "nl_NL.UTF-8"}, "nl"),
        (None, None, {"LANG": "C.UTF-8"}, "nl"),
        (None, None, {"LANG": "POSIX"}, "nl"),
        (None, None, {"LANG": "fr_BE.UTF-8"}, "en"),
        (None, None, {}, "nl"),
    ],
)
def test_choice_of_language(flag: str | None, region: str | None, environ: dict[str, str], expected: str) -> None:
    assert choose_lang(flag, region, environ) == expected


def test_languages_are_dutch_first() -> None:
    assert texts.LANGS == ("nl", "en")
