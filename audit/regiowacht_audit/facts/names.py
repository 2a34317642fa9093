"""Every fact there is, from ``names.toml``: its name, whether it is a value or items, and what it means."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib import resources


@dataclass(frozen=True, slots=True)
class Name:
    """One fact's place in the vocabulary.

    Attributes:
        shape: ``flag``, ``number``, ``text`` or ``items``.
        meaning: what it says, in English.
        traits: what each item may tell, with its meaning (``items`` only).
    """

    shape: str
    meaning: str
    traits: dict[str, str]


def _read() -> dict[str, Name]:
    text = (resources.files("regiowacht_audit.facts") / "names.toml").read_text(encoding="utf-8")
    table: dict[str, dict[str, dict[str, str]]] = tomllib.loads(text)
    return {f"{topic}.{name}": _name(entry) for topic, entries in table.items() for name, entry in entries.items()}


def _name(entry: dict[str, str]) -> Name:
    traits = {key: value for key, value in entry.items() if key not in {"shape", "meaning"}}
    return Name(entry["shape"], entry["meaning"], traits)


NAMES = _read()
