"""The encoded labels of many series that share most of them, in little memory."""

from __future__ import annotations

from collections.abc import Sequence
from operator import add

from regiowacht_contract.wire.encode import head

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import overload


class Heads(Sequence[bytes]):
    """Heads of series, each put together when it is asked for: of a name, and of labels that other series have too.

    A hundred switches have 220,000 series of some 230 octets, and 10,000 ports between them.

    Args:
        heads: of each series what ``wire.encode.head`` returned.
    """

    __slots__ = ("_names", "_rest")

    def __init__(self, heads: Iterable[bytes]) -> None:
        shared: dict[bytes, bytes] = {}
        names: list[bytes] = []
        rest: list[bytes] = []
        for one in heads:
            size = _name_bytes(one)
            name, labels = one[:size], one[size:]
            names.append(shared.setdefault(name, name))
            rest.append(shared.setdefault(labels, labels))
        self._names, self._rest = tuple(names), tuple(rest)

    def __len__(self) -> int:
        return len(self._names)

    def __iter__(self) -> Iterator[bytes]:
        return map(add, self._names, self._rest)

    if TYPE_CHECKING:

        @overload
        def __getitem__(self, at: int) -> bytes: ...
        @overload
        def __getitem__(self, at: slice) -> tuple[bytes, ...]: ...

    def __getitem__(self, at: int | slice) -> bytes | tuple[bytes, ...]:
        if isinstance(at, slice):
            return tuple(map(add, self._names[at], self._rest[at]))
        return self._names[at] + self._rest[at]


NAME = head((("__name__", "x"),))[2:-2]
"""What the field of the name has between its size and the size of its value."""


def _name_bytes(one: bytes) -> int:
    """Return how long the field of the name is where it stands first, as it does before labels in small letters."""
    return 2 + one[1] if one[2 : 2 + len(NAME)] == NAME and one[1] < 0x80 else 0
