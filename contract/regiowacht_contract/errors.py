"""The one tree of errors, each with the exit code it leads to.

::

    RegiowachtError
    ├── Found            1   it looked and found something wrong
    │   ├── RegionInvalid        the region folder, with every problem in it
    │   ├── ConfigInvalid        an agent's configuration file
    │   └── DashboardsInvalid    dashboards that Grafana would trip over
    ├── UsageError       2   the command was used in a wrong way
    ├── Unavailable      3   something it needs could not be reached or started
    │   ├── PartMissing          a program or package that is not installed
    │   ├── PortTaken            another process listens there
    │   ├── ProcessDied          a process it watches over ended by itself
    │   └── Unreachable          no answer over the network
    └── CatalogueError   1   code asked the catalogue for what it does not hold: never a user's mistake

An error carries a text key and values; the command line turns it into one sentence in the reader's language.
"""

from __future__ import annotations

from regiowacht_contract.light import dataclass, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import ClassVar

    from regiowacht_contract.texts import Lang

EXIT_FINE = 0
EXIT_FOUND = 1
EXIT_USAGE = 2
EXIT_UNAVAILABLE = 3


class RegiowachtError(Exception):
    """Anything Regiowacht itself can tell a person about.

    Args:
        key: the text's key (``contract/texts``).
        values: what fills the text's placeholders; never a secret.
    """

    exit_code: ClassVar[int] = EXIT_FOUND

    def __init__(self, key: str, /, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values: Mapping[str, object] = values

    def message(self, lang: Lang) -> str:
        """Return what happened, where, and what to do about it, as one text in ``lang``."""
        return _say(self.key, lang, self.values)

    def __str__(self) -> str:
        return self.message("en")


class Found(RegiowachtError):
    """It looked and found something wrong."""


class ConfigInvalid(Found):
    """A configuration file of a process that cannot be used."""


class DashboardsInvalid(Found):
    """Dashboards that Grafana, or a reader, would trip over."""


class UsageError(RegiowachtError):
    """The command was used in a wrong way."""

    exit_code = EXIT_USAGE


class Unavailable(RegiowachtError):
    """Something it needs could not be reached or started."""

    exit_code = EXIT_UNAVAILABLE


class PartMissing(Unavailable):
    """A program or package that is not installed; the text says how to get it."""


class PortTaken(Unavailable):
    """Another process listens on that port."""


class ProcessDied(Unavailable):
    """A process it watches over ended by itself."""


class Unreachable(Unavailable):
    """No answer over the network."""


class CatalogueError(RegiowachtError):
    """Code asked the catalogue for what it does not hold, or for ``rate()`` of a gauge."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake in a file that a person wrote.

    Attributes:
        file: path of the file, as the reader may type it.
        line: line, from 1; 0 where the file as a whole is meant.
        key: the text's key.
        values: what fills the text's placeholders; never a secret.
    """

    file: str
    line: int
    key: str
    values: Mapping[str, object] = field(default_factory=dict, compare=False)

    def message(self, lang: Lang) -> str:
        """Return what is wrong and what would be right, without the place."""
        return _say(self.key, lang, self.values)

    def place(self) -> str:
        """Return ``file:line``, or the file alone where no line is meant."""
        return f"{self.file}:{self.line}" if self.line else self.file

    def as_json(self, lang: Lang) -> dict[str, object]:
        """Return the shape that ``--json`` prints: file, line, problem (the key), message."""
        return {"file": self.file, "line": self.line, "problem": self.key, "message": self.message(lang)}


class RegionInvalid(Found):
    """The region folder holds mistakes; ``problems`` has every one, sorted by place."""

    def __init__(self, region: str, problems: Sequence[Problem]) -> None:
        super().__init__("errors.region-invalid", region=region, count=len(problems))
        self.problems = tuple(sorted(problems))


def _say(key: str, lang: Lang, values: Mapping[str, object]) -> str:
    # 2 MB that an agent without mistakes does not need.
    from regiowacht_contract.system_words import with_words  # noqa: PLC0415
    from regiowacht_contract.texts import say  # noqa: PLC0415

    return say(key, lang, **with_words(values, lang))
