"""One setting of the agent: what it may be, its default, and the switch that overrides it.

Settings are fields of the frozen classes in ``config.py``; the parser (``config_file.py``), the command line and the
reference page all read them there, so that a setting is one field and one text.
"""

from __future__ import annotations

import re
from dataclasses import MISSING, Field, dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from regiowacht_agent.address import Invalid as Invalid  # noqa: PLC0414 - a part of what settings are
from regiowacht_agent.address import split_address as split_address  # noqa: PLC0414 - likewise
from regiowacht_agent.regex_cost import is_slow
from regiowacht_agent.toml_text import text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

META = "setting"
REGEX_LENGTH_MAX = 2000


class Kind(Protocol):
    """What a setting may be."""

    @property
    def name(self) -> str:
        """One word for the reference page."""

    def check(self, value: object) -> Any:
        """Return the value as the agent uses it.

        Raises:
            Invalid: it is of another type or out of range.
        """

    def read(self, word: str) -> object:
        """Return what a word on the command line means, before ``check``."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text without control characters, not empty unless ``may_be_empty``."""

    name: str = "text"
    may_be_empty: bool = False

    def check(self, value: object) -> str:
        """Return the text."""
        if not isinstance(value, str):
            raise Invalid("agent.wanted-text", value=text_of(value))
        if not value.isprintable() or (not value and not self.may_be_empty):
            raise Invalid("agent.bad-text", value=repr(value))
        return value

    def read(self, word: str) -> object:
        """Return the word itself."""
        return word


@dataclass(frozen=True, slots=True)
class Regex(Text):
    """A regular expression; empty means that it matches nothing.

    At most ``REGEX_LENGTH_MAX`` characters, and none that could take for ever on a long name (``regex_cost``): a
    repeated group holds no repetition and no choice itself, and at most five repetitions stand in a row.
    """

    name: str = "regex"
    may_be_empty: bool = True

    def check(self, value: object) -> str:
        """Return the expression."""
        text = Text.check(self, value)
        if len(text) > REGEX_LENGTH_MAX:
            raise Invalid("agent.long-regex", size=len(text), limit=REGEX_LENGTH_MAX)
        try:
            re.compile(text)
        except (re.error, OverflowError, RecursionError) as error:
            raise Invalid("agent.bad-regex", value=text, reason=error) from None
        if is_slow(text):
            raise Invalid("agent.slow-regex", value=text)
        return text


@dataclass(frozen=True, slots=True)
class Directory(Text):
    """An absolute path of a folder; whether it is there shows when it is read."""

    name: str = "directory"

    def check(self, value: object) -> str:
        """Return the path."""
        text = Text.check(self, value)
        if not text.startswith("/"):
            raise Invalid("agent.bad-path", value=text)
        return text

    def read(self, word: str) -> object:
        """Return the path, on the command line from the folder that one stands in; in a file nobody stands anywhere."""
        return str(Path.cwd() / word) if word else word


@dataclass(frozen=True, slots=True)
class FilePath(Directory):
    """An absolute path of a file, or empty for none; whether it is there shows when it is read."""

    name: str = "file"
    may_be_empty: bool = True

    def check(self, value: object) -> str:
        """Return the path."""
        return Directory.check(self, value) if value else Text.check(self, value)


@dataclass(frozen=True, slots=True)
class Places(Text):
    """Folders, or the shell's patterns (``*``, ``?``, ``[...]``) of folders: one text, or a list of them.

    The switch may be given several times. A relative one is taken from where the agent was started.
    """

    name: str = "list of directories"

    def check(self, value: object) -> tuple[str, ...]:  # type: ignore[override] # the other kinds give one text
        """Return the places, in their order."""
        if not isinstance(value, (str, list, tuple)):
            raise Invalid("agent.wanted-texts", value=text_of(value))
        return tuple(Text.check(self, one) for one in ([value] if isinstance(value, str) else value))


@dataclass(frozen=True, slots=True)
class Choice(Text):
    """One word of a few."""

    name: str = "choice"
    words: tuple[str, ...] = ()

    def check(self, value: object) -> str:
        """Return the word."""
        text = Text.check(self, value)
        if text not in self.words:
            raise Invalid("agent.bad-choice", value=text, choices=", ".join(self.words))
        return text


@dataclass(frozen=True, slots=True)
class Address(Text):
    """``HOST:PORT``, where an IPv6 address stands in brackets; the host is an address or a name of this machine."""

    name: str = "host:port"

    def check(self, value: object) -> str:
        """Return the address as it was written."""
        text = Text.check(self, value)
        split_address(text)
        return text


@dataclass(frozen=True, slots=True)
class Number:
    """A number between two bounds, both allowed; a whole one unless ``name`` is ``seconds``."""

    minimum: float
    maximum: float
    name: str = "number"

    def check(self, value: object) -> float:
        """Return the number."""
        wanted = (int, float) if self.name == "seconds" else (int,)
        if isinstance(value, bool) or not isinstance(value, wanted):
            word = "seconds" if self.name == "seconds" else "number"
            raise Invalid(f"agent.wanted-{word}", value=text_of(value))
        if not self.minimum <= value <= self.maximum:
            raise Invalid("agent.bad-range", value=value, minimum=self.minimum, maximum=self.maximum)
        return value

    def read(self, word: str) -> object:
        """Return the number that the word spells, or the word itself for ``check`` to refuse."""
        try:
            return float(word.removesuffix("s")) if self.name == "seconds" else int(word)
        except ValueError:
            return word


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""

    name: str = "true or false"

    def check(self, value: object) -> bool:
        """Return it."""
        if not isinstance(value, bool):
            raise Invalid("agent.wanted-flag", value=text_of(value))
        return value

    def read(self, word: str) -> object:
        """Return what ``true`` or ``false`` mean."""
        return {"true": True, "false": False}.get(word, word)


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting, as the parser, the command line and the documentation see it.

    Attributes:
        key: where it stands in the file, ``TABLE.NAME`` or ``NAME``.
        kind: what it may be.
        default: what it is when nobody says anything.
        switch: command line switch that overrides it, or "".
    """

    key: str
    kind: Kind
    default: Any
    switch: str

    @property
    def text(self) -> str:
        """Key of its meaning in the texts."""
        return f"agent.set-{self.key.replace('.', '-').replace('_', '-')}"


def setting(default: Any, kind: Kind, switch: str = "") -> Any:
    """Declare a setting as a field of a frozen dataclass."""
    return field(default=default, metadata={META: (kind, switch)})


def settings_of(owner: type[Any], table: str = "") -> Iterator[Setting]:
    """Yield the settings that a class declares, those of its tables included."""
    for declared in fields(owner):
        if META in declared.metadata:
            kind, switch = declared.metadata[META]
            yield Setting(f"{table}.{declared.name}" if table else declared.name, kind, declared.default, switch)
        elif not table and _is_table(declared):
            yield from settings_of(declared.default_factory, declared.name)  # type: ignore[arg-type]


def _is_table(declared: Field[Any]) -> bool:
    return declared.default_factory is not MISSING and hasattr(declared.default_factory, "__dataclass_fields__")
