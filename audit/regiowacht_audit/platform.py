"""What is known of each platform: one TOML file each, found by its netmiko name or an alias."""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass
from importlib import resources

from regiowacht_contract.errors import UsageError
from regiowacht_contract.nearest import nearest

SYNTAXES = ("indent", "statements", "fortios", "routeros")


@dataclass(frozen=True, slots=True)
class Platform:
    """One platform.

    Attributes:
        name: netmiko's name of it, and the file's.
        title: what people call it.
        syntax: which reader takes its configuration (``SYNTAXES``).
        adapter: module under ``adapters/`` that fills its facts.
        aliases: other names of it: netmiko drivers of the same system, names that other tools use.
        whole: patterns that all stand in a whole configuration (multi-line); what lacks one is an excerpt.
        marks: patterns of lines that tell it from other systems; those that write alike share theirs.
        comments: what a comment begins with (``indent`` only).
        banner: pattern of a command that is followed by a text over several rows (``indent`` only).
        openers: patterns of lines that open a block where indentation does not tell (``indent`` only).
        closer: word that closes such a block.
        separator: a row that ends every block; what follows it stands at the top, indented or not (``indent`` only).
        kind: ``switch``, ``router``, ``firewall`` or ``host``: what it mostly is; a device may tell otherwise.
    """

    name: str
    title: str
    syntax: str
    adapter: str
    kind: str
    aliases: tuple[str, ...] = ()
    whole: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    comments: tuple[str, ...] = ()
    banner: str = ""
    openers: tuple[str, ...] = ()
    closer: str = ""
    separator: str = ""


@functools.cache
def platforms() -> tuple[Platform, ...]:
    """Return every platform, sorted by name."""
    folder = resources.files("regiowacht_audit") / "platforms"
    files = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".toml"))
    return tuple(_platform(name, tomllib.loads((folder / name).read_text(encoding="utf-8"))) for name in files)


def find_platform(name: str) -> Platform:
    """Return the platform of that name or alias.

    Raises:
        UsageError: nobody knows it; the nearest name that is known is said.
    """
    by_name = {alias: platform for platform in platforms() for alias in (platform.name, *platform.aliases)}
    if name in by_name:
        return by_name[name]
    near = nearest(name, by_name)
    known = ", ".join(platform.name for platform in platforms())
    if near is None:
        raise UsageError("audit.no-platform", platform=name, known=known)
    raise UsageError("audit.no-platform-near", platform=name, nearest=near, known=known)


def _platform(file: str, table: dict[str, object]) -> Platform:
    """Return the platform of a file's table; ``commands`` and ``session`` belong to fetching and are read there."""
    name = file.removesuffix(".toml")
    known = {key: table[key] for key in Platform.__dataclass_fields__ if key in table}
    values = {key: tuple(value) if isinstance(value, list) else value for key, value in known.items()}
    return Platform(**{"adapter": name, **values, "name": name})  # type: ignore[arg-type]  # a test checks every file
