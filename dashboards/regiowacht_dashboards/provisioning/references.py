"""References to environment variables, as Grafana fills them in in provisioning files: ``$NAME`` and ``${NAME}``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ONE = re.compile(r"\$(?:\{[A-Za-z_]\w*\}|[A-Za-z_]\w*|__(?:env|file)\{[^{}]+\})")
ONLY = re.compile(rf"(?:Bearer |Basic )?{ONE.pattern}")
ESCAPED = "$$"


def is_reference(value: object) -> bool:
    """Return whether a value is a reference alone, behind the word that HTTP wants before a token at most."""
    return isinstance(value, str) and bool(ONLY.fullmatch(value))


def stray_dollars(values: Mapping[str, object], above: str = "") -> Iterator[str]:
    """Yield the keys of values with a dollar sign that Grafana would drop: neither doubled nor before a name."""
    for key, value in values.items():
        where = f"{above}{key}"
        if isinstance(value, dict):
            yield from stray_dollars(value, f"{where}.")
        elif isinstance(value, str) and "$" in ONE.sub("", value.replace(ESCAPED, "")):
            yield where
