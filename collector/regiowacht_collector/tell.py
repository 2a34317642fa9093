"""How this room tells a person what it is doing, without knowing where that person reads it."""

from __future__ import annotations

from typing import Protocol


class Tell(Protocol):
    """Called with a text key (``contract/texts``) and what fills its placeholders."""

    def __call__(self, key: str, /, **values: object) -> None:
        """Say it."""


def silent(key: str, /, **values: object) -> None:
    """Say nothing."""
    del key, values
