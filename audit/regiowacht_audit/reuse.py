"""Secrets that several devices share, found by fingerprints alone, and told to whom may know whose they are."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from regiowacht_audit.facts.fact import Item
from regiowacht_audit.scrub.token import TOKEN

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from regiowacht_audit.facts.fact import Value

Holder = tuple[str, str]
"""(gemeente, device)."""


class Reuse:
    """Who has which secret.

    Args:
        expected: gemeenten of the region with devices that can be read. Until a configuration of each is there, nobody
            can say that a secret is nowhere else.
    """

    def __init__(self, expected: Collection[str]) -> None:
        self._missing = set(expected)
        self._holders: defaultdict[str, set[Holder]] = defaultdict(set)

    def add(self, gemeente: str, device: str, tokens: Iterable[str]) -> None:
        """Take in a device with the tokens of its secrets; those without a fingerprint tell nothing."""
        self._missing.discard(gemeente)
        for token in tokens:
            if ":" in token:
                self._holders[token].add((gemeente, device))

    def items(self, gemeente: str, device: str, text: str, name: Callable[[Holder], str]) -> tuple[Item, ...]:
        """Return one item per row of a scrubbed configuration that holds a secret.

        Args:
            gemeente: its gemeente.
            device: its name.
            text: the configuration, scrubbed.
            name: what a reader may be told of another holder.
        """
        found: list[Item] = []
        for number, row in enumerate(text.split("\n"), 1):
            tokens = TOKEN.findall(row)
            if tokens:
                found.append(self._item((gemeente, device), number, tokens, name))
        return tuple(found)

    def _item(self, own: Holder, number: int, tokens: list[str], name: Callable[[Holder], str]) -> Item:
        others = sorted({holder for token in tokens for holder in self._holders.get(token, ())} - {own})
        elsewhere = [holder for holder in others if holder[0] != own[0]]
        is_blind = any(":" not in token for token in tokens)
        traits: dict[str, Value] = {
            "elsewhere": True if elsewhere else None if is_blind or self._missing - {own[0]} else False,
            "twice": True if len(elsewhere) < len(others) else None if is_blind else False,
        }
        return Item("; ".join(dict.fromkeys(map(name, others))), (number,), traits)


def tokens_of(text: str) -> Iterator[str]:
    """Yield the tokens of a scrubbed configuration."""
    for found in TOKEN.finditer(text):
        yield found.group()
