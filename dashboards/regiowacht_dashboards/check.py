"""Holds dashboard files against every rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_contract.errors import Problem, UsageError
from regiowacht_dashboards.checks import EACH, TOGETHER
from regiowacht_dashboards.document import read
from regiowacht_dashboards.provisioning.read import is_tree

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from regiowacht_dashboards.document import Document


def files(path: Path) -> tuple[Path, ...]:
    """Return the dashboards at ``path``: the file itself, or every ``*.json`` directly in the folder, sorted.

    Of a provisioning tree those are the files below its ``dashboards``.

    Raises:
        UsageError: there is no such file or folder, or no ``.json`` in it.
    """
    try:
        if path.is_file():
            return (path,)
        pattern = "dashboards/**/*.json" if is_tree(path) else "*.json"
        found = tuple(sorted(child for child in path.glob(pattern) if child.is_file())) if path.is_dir() else ()
    except OSError:  # a path that is too long, or a folder that may not be looked into
        found = ()
    if not found:
        raise UsageError("dashboards.nothing-to-check", path=path)
    return found


def check(paths: Sequence[Path]) -> tuple[Problem, ...]:
    """Return every problem of the dashboards, file by file; a file that cannot be read is a problem itself."""
    problems: list[Problem] = []
    documents: list[Document] = []
    for path in paths:
        try:
            document, found = read(path)
        except OSError as error:
            problems.append(Problem(str(path), 0, "dashboards.unreadable", {"why": error.strerror or "-"}))
            continue
        problems += found
        if document:
            documents.append(document)
            problems += [problem for rule in EACH for problem in rule(document)]
    problems += [problem for rule in TOGETHER for problem in rule(documents)]
    return tuple(sorted(problems, key=lambda problem: problem.file))
