"""What people read, in Dutch and in English, looked up by key.

A text lives in ``texts/FILE.toml`` as ``[NAME]`` with ``nl`` and ``en``; its key is ``FILE.NAME``. Placeholders are
``str.format`` fields. One language is shown at a time.
"""

from __future__ import annotations

import functools
import tomllib
from importlib import resources
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from collections.abc import Mapping

Lang = Literal["nl", "en"]
LANGS: tuple[Lang, ...] = get_args(Lang)


def say(key: str, lang: Lang, /, **values: object) -> str:
    """Return the text behind ``key`` in ``lang`` with its placeholders filled in.

    Raises:
        KeyError: the key, or a placeholder of its text, is not known. That is a mistake in the code, never a user's.
    """
    file, _, name = key.partition(".")
    text: str = _table(file)[name][lang]
    return text.format_map(values)


def say_count(prefix: str, lang: Lang, count: int, /, **values: object) -> str:
    """Return the text behind ``prefix`` + ``one`` or ``many``, whichever goes with ``count``, which it may hold."""
    return say(f"{prefix}{'one' if count == 1 else 'many'}", lang, count=count, **values)


def keys() -> list[str]:
    """Return every key there is, sorted."""
    folder = resources.files(__package__) / "texts"
    files = sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml"))
    return [f"{file}.{name}" for file in files for name in sorted(_table(file))]


def template(key: str, lang: Lang) -> str:
    """Return the text behind ``key`` in ``lang`` with its placeholders as they stand."""
    file, _, name = key.partition(".")
    text: str = _table(file)[name][lang]
    return text


def choose_lang(flag: str | None, region_language: str | None, environ: Mapping[str, str]) -> Lang:
    """Return the language to speak: ``--lang``, else the region's, else LC_ALL, LC_MESSAGES or LANG, else Dutch.

    A locale other than Dutch or the neutral ``C`` and ``POSIX`` means English.
    """
    for lang in LANGS:
        if lang == (flag or region_language):
            return lang
    locale = next((environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environ.get(name)), "")
    if not locale or locale.split(".")[0] in {"C", "POSIX"} or locale.startswith("nl"):
        return "nl"
    return "en"


@functools.cache
def _table(file: str) -> dict[str, dict[str, str]]:
    path = resources.files(__package__) / "texts" / f"{file}.toml"
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise KeyError(file) from None
