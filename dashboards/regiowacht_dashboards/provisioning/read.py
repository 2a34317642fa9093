"""A provisioning tree as it lies on a disk: its YAML files read, for the rules to look at."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

from regiowacht_contract.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

LARGEST_BYTES = 5_000_000


@dataclass(frozen=True, slots=True)
class File:
    """One YAML file of the tree.

    Attributes:
        path: as people type it.
        entries: the data sources or providers in it.
    """

    path: str
    entries: tuple[Mapping[str, Any], ...]

    def problem(self, text: str, **values: object) -> Problem:
        """Return a problem of this file, with the text ``provisioning.TEXT``."""
        return Problem(self.path, 0, f"provisioning.{text}", values)


@dataclass(slots=True)
class Tree:
    """A tree as it was read.

    Attributes:
        folder: where it lies.
        datasources: its files of data sources.
        providers: its files of dashboard providers.
        problems: what was wrong with a file as such.
    """

    folder: Path
    datasources: list[File] = field(default_factory=list)
    providers: list[File] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def is_tree(folder: Path) -> bool:
    """Return whether a folder holds a provisioning tree."""
    return (folder / "provisioning").is_dir()


def read_tree(folder: Path) -> Tree:
    """Read every YAML file of the tree; one that cannot be read is among ``problems``."""
    tree = Tree(folder)
    for kind, key, files in (
        ("datasources", "datasources", tree.datasources),
        ("dashboards", "providers", tree.providers),
    ):
        for path in sorted((folder / "provisioning" / kind).glob("*.y*ml")):
            found = _read(path, key)
            if isinstance(found, Problem):
                tree.problems.append(found)
            else:
                files.append(found)
    return tree


def _read(path: Path, key: str) -> File | Problem:
    try:
        if path.stat().st_size > LARGEST_BYTES:
            return Problem(str(path), 0, "provisioning.too-large", {"most": LARGEST_BYTES})
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        return Problem(str(path), 0, "provisioning.unreadable", {"why": getattr(error, "strerror", None) or "UTF-8"})
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        return Problem(str(path), mark.line + 1 if mark else 0, "provisioning.no-yaml")
    if not isinstance(raw, dict) or raw.get("apiVersion") != 1:
        return Problem(str(path), 0, "provisioning.no-version")
    entries = raw.get(key)
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        return Problem(str(path), 0, "provisioning.no-entries", {"key": key})
    return File(str(path), tuple(entries))
