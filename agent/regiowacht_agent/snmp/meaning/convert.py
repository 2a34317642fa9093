"""From a row's cells to a sample: text, sentinels, arithmetic, words for numbers, and what cannot be."""

from __future__ import annotations

import math
import re

from regiowacht_agent.snmp import value as tags
from regiowacht_agent.snmp.meaning.compute import build
from regiowacht_agent.snmp.meaning.show import clean, decode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from regiowacht_agent.snmp.meaning.compute import Number
    from regiowacht_agent.snmp.meaning.rule import Node, SeriesRule
    from regiowacht_agent.snmp.oid import Oid
    from regiowacht_agent.snmp.value import Value

    Plain = int | float | bytes | Oid | None
    Convert = Callable[..., "Number | None"]

WRAP = 1 << 53
"""A Counter64 is told modulo this, as snmp_exporter tells it: Prometheus keeps 53 bits, beyond which a counter would
move in jumps of two and more; a counter that starts again it knows how to deal with."""

DIGITS = 15
"""Digits that a float surely has: 23.4, not 23.400000000000002."""


class Nothing(Exception):
    """A text says in words that there is no value: it has no digit at all."""


class Refused:
    """Counts what could not be believed, between two looks of whoever polls.

    Attributes:
        count: values outside of their range, or of another type than their object has.
    """

    __slots__ = ("count",)

    def __init__(self) -> None:
        self.count = 0


def plain(value: Value) -> Plain:
    """Return a cell's value as ``Series.convert`` takes it, and as a series without one is told."""
    if value.tag == tags.COUNTER64 and isinstance(value.data, int):
        return value.data % WRAP
    if value.tag == tags.OPAQUE:
        number = value.number
        return value.data if number is None else number
    return value.data


def is_as_it_is(rule: SeriesRule, node: Node) -> bool:
    """Return whether a series is its one cell's number, untouched."""
    has_words = bool(rule.words) or rule.other is not None
    touched = rule.scale != 1 or rule.offset or rule.sentinels or rule.range or rule.text or has_words or rule.require
    return node[0] == "cell" and not touched


def converter(rule: SeriesRule, node: Node, require: Node | None, refused: Refused) -> Convert:
    """Return the function from the values of a series' cells to its sample; None: there is no sample this time."""
    number = _text_number(rule.text) if rule.text else _number
    finish = _finish(rule)
    if _are_words_of_text(rule):
        return _words_of_text(rule, refused)
    compute = build(node, number)
    allowed = build(require, number) if require else None
    sentinels = frozenset(rule.sentinels)
    least, most = rule.range or (-math.inf, math.inf)

    def convert(*values: Plain) -> Number | None:
        if None in values or (sentinels and not sentinels.isdisjoint(map(_comparable, values))):
            return None
        try:
            if allowed is not None and not allowed(values):
                return None
            told = finish(compute(values))
        except (ZeroDivisionError, Nothing):
            return None
        except (TypeError, ValueError, OverflowError):
            refused.count += 1
            return None
        if told is None or least <= told <= most:
            return told
        refused.count += 1
        return None

    return convert


def _number(one: Any) -> Number:
    """Return a value that is a number.

    Raises:
        TypeError: it is none.
    """
    if isinstance(one, int | float):
        return one
    raise TypeError("no number")


def _text_number(pattern: str) -> Callable[[Any], Number]:
    """Return a function that takes the number out of a text: the pattern's first group, or what it matches."""
    find = re.compile(pattern).search

    def number(one: Any) -> Number:
        if not isinstance(one, bytes):
            return _number(one)
        text = clean(decode(one))
        found = find(text)
        if found is None:
            raise ValueError("no number in it") if any(map(str.isdigit, text)) else Nothing
        return float(found[1 if found.re.groups else 0].replace(",", "."))

    return number


def _finish(rule: SeriesRule) -> Callable[[Number], Number | None]:
    """Return what is done to the number that an expression gave."""
    words = {float(key): value for key, value in rule.words.items() if _is_number(key)}
    scale, offset, other = rule.scale, rule.offset, rule.other
    divisor = round(1 / scale) if abs(scale) < 1 and math.isclose(round(1 / scale) * scale, 1) else 0

    def finish(told: Number) -> Number | None:
        if words:
            return words.get(told, other)
        if scale != 1:
            told = told / divisor if divisor else told * scale
        told += offset
        return told if isinstance(told, int) else _rounded(told)

    return finish


def _rounded(told: float) -> Number:
    if isinstance(told, complex) or not math.isfinite(told):
        raise ValueError("no finite number")
    return float(f"{told:.{DIGITS}g}")


def _are_words_of_text(rule: SeriesRule) -> bool:
    return any(not _is_number(key) for key in rule.words)


def _words_of_text(rule: SeriesRule, refused: Refused) -> Convert:
    """Return the function for a column that tells a state in words, whatever their case."""
    words = {key.casefold(): number for key, number in rule.words.items()}
    find = re.compile(rule.text).search if rule.text else None

    def convert(*values: Plain) -> Number | None:
        told = _comparable(values[0])
        if find and isinstance(told, str):
            found = find(told)
            told = "" if found is None else found[1 if found.re.groups else 0]
        word = str(told).casefold()
        if word not in words and rule.other is None and told not in rule.sentinels:
            refused.count += 1
        return words.get(word, rule.other)

    return convert


def _comparable(one: Plain) -> Any:
    return clean(decode(one)) if isinstance(one, bytes) else one


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
