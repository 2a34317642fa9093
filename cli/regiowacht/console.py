"""What a command says: data on standard output, talk on standard error."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TextIO

from regiowacht_contract.errors import Unavailable
from regiowacht_contract.texts import say

if TYPE_CHECKING:
    from regiowacht_contract.errors import RegiowachtError
    from regiowacht_contract.texts import Lang

CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
"""What would steer a terminal or turn its text around: ECMA-48 controls but tab and newline, bidirectional marks."""


@dataclass(frozen=True, slots=True)
class Console:
    """Where a command writes, and in which language.

    Attributes:
        lang: the language people read.
        flag: what ``--lang`` said, or None; a command that reads a region chooses again with the region's language.
        stdout: data, fit for a pipe; None where the caller closed it.
        stderr: progress, errors and hints; None where the caller closed it.
    """

    lang: Lang
    flag: str | None = None
    stdout: TextIO | None = field(default_factory=lambda: sys.stdout)
    stderr: TextIO | None = field(default_factory=lambda: sys.stderr)

    def write(self, data: str) -> None:
        """Write data as it is.

        Raises:
            Unavailable: the data cannot be written (a full disk, a closed standard output).
            BrokenPipeError: the reader of a pipe went away.
        """
        if self.stdout is None:
            raise Unavailable("cli.cannot-write", reason="closed")
        try:
            self.stdout.write(data)
            self.stdout.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise Unavailable("cli.cannot-write", reason=error.strerror) from None

    def out(self, line: str) -> None:
        """Write one line of data, with what would steer a terminal made visible."""
        self.write(visible(line) + "\n")

    def json(self, answer: object) -> None:
        """Write one JSON document of data."""
        self.write(json.dumps(answer, indent=2, ensure_ascii=False) + "\n")

    def tell(self, key: str, /, **values: object) -> None:
        """Say the text behind ``key`` to the person, beside the data."""
        self.talk(say(key, self.lang, **values))

    def error(self, error: RegiowachtError) -> None:
        """Say what went wrong, as ``regiowacht: MESSAGE``."""
        self.talk(f"regiowacht: {error.message(self.lang)}")

    def talk(self, text: str) -> None:
        """Write to standard error; where nobody can be told, the work goes on all the same."""
        if self.stderr is None:
            return
        try:
            self.stderr.write(visible(text) + "\n")
            self.stderr.flush()
        except OSError:
            return


def visible(text: str) -> str:
    r"""Return text with control and bidirectional characters written as ``\x1b``, so that nothing steers a terminal."""
    return CONTROLS.sub(lambda found: found[0].encode("unicode_escape").decode(), text)
