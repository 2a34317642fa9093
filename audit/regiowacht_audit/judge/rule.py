"""The rules that come with the product, read once from their files."""

from __future__ import annotations

import functools
from importlib import resources
from typing import TYPE_CHECKING

import yaml

from regiowacht_audit.judge.schema import RuleFile

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
SEVERITIES = ("critical", "high", "medium", "low")


@functools.cache
def rules() -> tuple[RuleFile, ...]:
    """Return every rule, by its id.

    Raises:
        pydantic.ValidationError: a file is no rule; a test reads them all.
    """
    folder = resources.files("regiowacht_audit") / "rules"
    files = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".yaml"))
    return tuple(read_rule(folder / name) for name in files)


def read_rule(path: Traversable) -> RuleFile:
    """Return the rule of one file."""
    return RuleFile.model_validate(yaml.load(path.read_text(encoding="utf-8"), Loader))  # noqa: S506  # a safe loader
