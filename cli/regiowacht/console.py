"""What a command says: data on standard output, talk on standard error."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TextIO

from regiowacht_contract.texts import say

if TYPE_CHECKING:
    from regiowacht_contract.errors import RegiowachtError
    from regiowacht_contract.texts import Lang


@dataclass(frozen=True, slots=True)
class Console:
    """Where a command writes, and in which language.

    Attributes:
        lang: the language people read.
        flag: what ``--lang`` said, or None; a command that reads a region chooses again with the region's language.
        stdout: data, fit for a pipe.
        stderr: progress, errors and hints.
    """

    lang: Lang
    flag: str | None = None
    stdout: TextIO = field(default_factory=lambda: sys.stdout)
    stderr: TextIO = field(default_factory=lambda: sys.stderr)

    def out(self, line: str) -> None:
        """Write one line of data."""
        print(line, file=self.stdout, flush=True)

    def json(self, answer: object) -> None:
        """Write one JSON document of data."""
        json.dump(answer, self.stdout, indent=2, ensure_ascii=False)
        print(file=self.stdout, flush=True)

    def tell(self, key: str, /, **values: object) -> None:
        """Say the text behind ``key`` to the person, beside the data."""
        print(say(key, self.lang, **values), file=self.stderr, flush=True)

    def error(self, error: RegiowachtError) -> None:
        """Say what went wrong, as ``regiowacht: MESSAGE``."""
        print(f"regiowacht: {error.message(self.lang)}", file=self.stderr, flush=True)
