"""Expressions at work: a tree becomes functions of the cells that change, with everything else worked out before."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from regiowacht_agent.snmp.meaning.rule import Node

    Number = int | float
    Compute = Callable[[tuple[Any, ...]], Number]

TWO_TO_32 = 1 << 32


class Absent(Exception):
    """A row has not what an expression needs."""


def _power(base: Number, exponent: Number) -> Number:
    """Return a power, in floats: a device must not make us work out integers of a million digits."""
    return float(base) ** float(exponent)  # type: ignore[no-any-return] # of a negative base: refused as no real number


APPLY: dict[str, Callable[..., Number]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "/": lambda left, right: left / right,
    "^": _power,
    "==": lambda left, right: int(left == right),
    "!=": lambda left, right: int(left != right),
    "<": lambda left, right: int(left < right),
    "<=": lambda left, right: int(left <= right),
    ">": lambda left, right: int(left > right),
    ">=": lambda left, right: int(left >= right),
    "min": min,
    "max": max,
    "abs": abs,
    "unsigned": lambda number: number + TWO_TO_32 if number < 0 else number,
}


def bit(octets: object, number: int) -> int:
    """Return whether a bit is on, counted from the left; one beyond the end is off.

    Raises:
        TypeError: these are no octets.
    """
    if not isinstance(octets, bytes):
        raise TypeError("no octets")
    return octets[number // 8] >> (7 - number % 8) & 1 if number // 8 < len(octets) else 0


def resolve(node: Node, look: Callable[[str], Node]) -> Node:
    """Return a tree in which columns are numbers or cells, the first of alternatives is chosen, and sums are done.

    Args:
        node: the tree.
        look: returns ``("number", n)`` or ``("cell", position)`` for a column's name.

    Raises:
        Absent: ``look`` says so of a column that is needed.
        ArithmeticError, TypeError: the numbers do not go together.
    """
    if node[0] == "column":
        return look(node[1])
    if node[0] == "number":
        return node
    name, arguments = node[1], node[2]
    if name == "first":
        return _first(arguments, look)
    told = tuple(resolve(argument, look) for argument in arguments)
    if name != "bit" and all(one[0] == "number" for one in told):
        return ("number", APPLY[name](*(one[1] for one in told)))
    return ("apply", name, told)


def _first(alternatives: tuple[Node, ...], look: Callable[[str], Node]) -> Node:
    for alternative in alternatives:
        try:
            return resolve(alternative, look)
        except Absent:
            continue
    raise Absent


def build(node: Node, number: Callable[[Any], Number]) -> Compute:
    """Return a function of the cells' values.

    Args:
        node: a resolved tree.
        number: returns the number that a cell's value is; raises ``TypeError`` or ``ValueError``.
    """
    if node[0] == "number":
        constant: Number = node[1]
        return lambda _values: constant
    if node[0] == "cell":
        position: int = node[1]
        return lambda values: number(values[position])
    name, arguments = node[1], node[2]
    if name == "bit":
        return _build_bit(arguments)
    apply = APPLY[name]
    built = [build(argument, number) for argument in arguments]
    if len(built) == 2:
        left, right = built
        return lambda values: apply(left(values), right(values))
    return lambda values: apply(*[one(values) for one in built])


def _build_bit(arguments: tuple[Node, ...]) -> Compute:
    (kind, position), (_number, which) = arguments
    if kind != "cell":
        raise TypeError("bit takes a cell")
    return lambda values: bit(values[position], which)
