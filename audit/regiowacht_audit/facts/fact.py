"""A fact: what a configuration says about one thing, where it says it, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Origin = Literal["explicit", "default", "unknown"]
Value = bool | int | str | None


@dataclass(frozen=True, slots=True)
class Item:
    """One of several: a server, a user, a port.

    Attributes:
        name: what it is called, fit to be shown: never a secret.
        lines: where it stands, 1-based.
        traits: what is known of it; a trait that is None, or absent, is unknown.
    """

    name: str
    lines: tuple[int, ...]
    traits: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fact:
    """What a configuration says about one thing.

    Attributes:
        value: a flag, a number or a text; None where ``items`` tell it, or where nothing is known.
        items: the things of which there may be several, in the file's order.
        lines: where it stands, 1-based; empty where it rests on an absence.
        origin: ``explicit``: lines say so; ``default``: no line says otherwise, and the maker documents what then
            holds; ``unknown``: it cannot be told, and nothing that rests on it may pass.
    """

    value: Value
    items: tuple[Item, ...]
    lines: tuple[int, ...]
    origin: Origin


UNKNOWN = Fact(None, (), (), "unknown")
