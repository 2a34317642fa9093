"""Variables: every one that is used exists, every one that exists is used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from regiowacht_dashboards.interpolation import REFERENCE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from regiowacht_contract.errors import Problem
    from regiowacht_dashboards.document import Document

PROSE = ("description", "content", "tooltip")
"""Keys whose text is for people: a dollar sign there is money."""


def check(document: Document) -> Iterator[Problem]:
    """Yield references to variables that are not there, and variables that nothing refers to."""
    names = [str(variable["name"]) for variable in document.variables if variable.get("name")]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield document.problem("variable-twice", variable=name)
    used = set(_references({key: value for key, value in document.raw.items() if key != "templating"}))
    for variable in document.variables:
        used |= set(_references(variable)) - {variable.get("name")}
    for name in sorted(used - set(names)):
        yield document.problem("variable-unknown", variable=name)
    for name in sorted(set(names) - used):
        yield document.problem("variable-unused", variable=name)


def _references(value: object) -> Iterator[str]:
    """Yield the names of the variables referred to anywhere below ``value``, Grafana's own left out."""
    if isinstance(value, str):
        for found in REFERENCE.finditer(value):
            name = found["braced"] or found["plain"] or found["old"]
            if not name.startswith("__") and not name[0].isdigit():
                yield name
    elif isinstance(value, dict):
        yield from _of_mapping(value)
    elif isinstance(value, list):
        for item in value:
            yield from _references(item)


def _of_mapping(value: Mapping[str, Any]) -> Iterator[str]:
    if isinstance(value.get("repeat"), str) and value["repeat"]:
        yield value["repeat"]
    for key, item in value.items():
        if key not in PROSE:
            yield from _references(item)
