"""The sheet an adapter fills: every fact about one configuration, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_audit.facts.fact import UNKNOWN, Fact, Item
from regiowacht_audit.facts.names import NAMES
from regiowacht_audit.tree.line import Line

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from regiowacht_audit.facts.fact import Origin, Value


class Sheet:
    """Facts by name; what nobody filled in is unknown.

    Args:
        is_whole: the configuration is a whole one. In an excerpt a default is unknown: the line that says otherwise may
            stand in the part that is not shown.
    """

    def __init__(self, *, is_whole: bool) -> None:
        self.is_whole = is_whole
        self._facts: dict[str, Fact] = {}

    def get(self, name: str) -> Fact:
        """Return the fact of that name, which may be unknown.

        Raises:
            KeyError: there is no fact of that name: a mistake in a rule.
        """
        return self._facts.get(name, UNKNOWN) if name in NAMES else self._facts[name]

    @property
    def rests_on_lines(self) -> bool:
        """Whether any fact was read from a line."""
        return any(fact.lines for fact in self._facts.values())

    def flag(self, name: str, on: Sequence[Line], off: Sequence[Line] = (), *, default: bool | None = None) -> None:
        """Say that a thing is on, because lines turn it on, or off; ``default`` is what the maker documents without."""
        if on:
            self.say(name, True, on)
        elif off:
            self.say(name, False, off)
        else:
            self.default(name, default)

    def say(self, name: str, value: Value, lines: Iterable[Line] = ()) -> None:
        """Say that lines give ``value``."""
        self._put(name, Fact(value, (), numbers(lines), "explicit"))

    def default(self, name: str, value: Value) -> None:
        """Say that ``value`` holds because no line says otherwise; None is unknown."""
        is_known = value is not None and self.is_whole
        self._put(name, Fact(value, (), (), "default") if is_known else UNKNOWN)

    def items(self, name: str, found: Iterable[Item], shown: Sequence[Line] = (), *, is_known: bool = True) -> None:
        """Say which there are.

        Args:
            name: the fact.
            found: the items, in the file's order.
            shown: lines by which an excerpt shows the subject, so that no item there means that there is none.
            is_known: where nothing is found, the maker documents that there is none then.
        """
        items = tuple(found)
        origin: Origin = "explicit" if items or shown else "default"
        if not items and not (is_known and (self.is_whole or shown)):
            self._put(name, UNKNOWN)
            return
        lines = tuple(number for item in items for number in item.lines) or numbers(shown)
        self._put(name, Fact(None, items, lines, origin))

    def told(self, name: str, found: tuple[Item, ...]) -> None:
        """Say which there are, by somebody who knows it from elsewhere than the configuration, whole or not."""
        self._put(name, Fact(None, found, tuple(number for one in found for number in one.lines), "explicit"))

    def _put(self, name: str, fact: Fact) -> None:
        if name not in NAMES:
            raise KeyError(name)
        self._facts[name] = fact


def numbers(lines: Iterable[Line]) -> tuple[int, ...]:
    """Return the places of lines, each once, in order."""
    return tuple(sorted({line.number for line in lines if line.number}))


def item(name: str, lines: Line | Sequence[Line], **traits: Value) -> Item:
    """Return an item that stands in these lines."""
    at = (lines.number,) if isinstance(lines, Line) else numbers(lines)
    return Item(name, at, traits)
