"""Arithmetic over columns as a table's file writes it, read into a tree; nothing is ever evaluated as code.

::

    used * units          100 - idle          value * 10 ^ (3 * (scale - 9)) / 10 ^ precision
    first(fiveMinutes, oneMinute)             max(2 * bit(alarm, 2), bit(alarm, 5))

Numbers, names of columns, ``+ - * / ^``, comparisons that give 1 or 0, parentheses, and the functions of ``FUNCTIONS``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from regiowacht_agent.snmp.meaning.rule import Node

LENGTH_MAX = 400
DEPTH_MAX = 40
TOKEN = re.compile(r"\s*(?:(\d+(?:\.\d+)?)|([A-Za-z_]\w*)|(==|!=|<=|>=|[-+*/^()<>,]))")

FUNCTIONS = {"first": (1, 9), "min": (2, 9), "max": (2, 99), "abs": (1, 1), "unsigned": (1, 1), "bit": (2, 2)}
"""Functions and how many arguments they take: the first that a row has; a 32-bit number without its sign; whether a bit
of a string of octets is on, counted from 0 at the left as BITS does (RFC 2578, 7.1.4)."""

LEVELS = (("==", "!=", "<", "<=", ">", ">="), ("+", "-"), ("*", "/"))
"""Operators, the weakest first; ``^`` binds more than all of them, and to the right."""


class NoExpression(ValueError):
    """A text that is no expression, in words for whoever writes a table."""


def parse(text: str) -> Node:
    """Return the tree of an expression.

    Raises:
        NoExpression: it is none.
    """
    parser = _Parser(_tokens(text))
    tree = parser.level(0)
    if parser.at < len(parser.tokens):
        raise NoExpression(f"{parser.tokens[parser.at]!r} is one too many")
    return tree


def _tokens(text: str) -> list[str]:
    if len(text) > LENGTH_MAX:
        raise NoExpression(f"it is longer than {LENGTH_MAX} characters")
    found, at = [], 0
    text = text.strip()
    while at < len(text):
        match = TOKEN.match(text, at)
        if match is None:
            raise NoExpression(f"{text[at : at + 10]!r} cannot be read")
        found.append(match[0].strip())
        at = match.end()
    return found


class _Parser:
    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens
        self.at = 0
        self._depth = 0

    def level(self, which: int) -> Node:
        """Return what stands here of this level and stronger ones."""
        if which == len(LEVELS):
            return self._power()
        left = self.level(which + 1)
        while self._here() in LEVELS[which]:
            operator = self._take()
            left = ("apply", operator, (left, self.level(which + 1)))
        return left

    def _power(self) -> Node:
        self._depth += 1
        if self._depth > DEPTH_MAX:
            raise NoExpression("it is nested too deep")
        base = self._inner(self._take())
        if self._here() == "^":
            self._take()
            base = ("apply", "^", (base, self._power()))
        self._depth -= 1
        return base

    def _inner(self, word: str) -> Node:
        if word == "-":
            return ("apply", "-", (("number", 0), self._power()))
        if word == "(":
            inner = self.level(0)
            self._expect(")")
            return inner
        if word[0].isdigit():
            return ("number", float(word) if "." in word else int(word))
        if not (word[0].isalpha() or word[0] == "_"):
            raise NoExpression(f"{word!r} where a number or a column should be")
        return self._call(word) if self._here() == "(" else ("column", word)

    def _call(self, name: str) -> Node:
        if name not in FUNCTIONS:
            raise NoExpression(f"there is no function {name!r}, only {', '.join(sorted(FUNCTIONS))}")
        self._take()
        arguments = [self.level(0)]
        while self._here() == ",":
            self._take()
            arguments.append(self.level(0))
        self._expect(")")
        least, most = FUNCTIONS[name]
        if not least <= len(arguments) <= most:
            raise NoExpression(f"{name} takes {least} to {most} arguments, not {len(arguments)}")
        if name == "bit" and (arguments[0][0] != "column" or arguments[1][0] != "number"):
            raise NoExpression("bit takes a column and a number")
        return ("apply", name, tuple(arguments))

    def _here(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def _take(self) -> str:
        if self.at == len(self.tokens):
            raise NoExpression("it ends too early")
        self.at += 1
        return self.tokens[self.at - 1]

    def _expect(self, word: str) -> None:
        if self._here() != word:
            raise NoExpression(f"{word!r} is missing")
        self.at += 1
