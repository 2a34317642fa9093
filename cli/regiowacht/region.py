"""Opens the region a command works on, and speaks its language from then on."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from regiowacht_contract.errors import RegionInvalid
from regiowacht_contract.texts import choose_lang
from regiowacht_inventory import load, peek_language

if TYPE_CHECKING:
    from regiowacht.console import Console
    from regiowacht_inventory import Region


def open_region(folder: str | Path | None, console: Console) -> tuple[Region, Console]:
    """Return the region in ``folder`` (the current folder when None) and a console in its language.

    Raises:
        RegionInvalid: every problem has been told on standard error by then.
        UsageError: there is no such folder.
    """
    path = Path(folder or ".")
    try:
        region = load(path)
    except RegionInvalid as error:
        lang = speak_for(path, console).lang
        for problem in error.problems:
            console.talk(f"{problem.place()}: {problem.message(lang)}")
        raise
    return region, speaking(console, region.language)


def speak_for(folder: Path, console: Console) -> Console:
    """Return a console in the language of a region that may hold mistakes."""
    return speaking(console, peek_language(folder))


def speaking(console: Console, language: str | None) -> Console:
    """Return a console that speaks what ``--lang`` says, else ``language``, else the locale's."""
    return replace(console, lang=choose_lang(console.flag, language, os.environ))
