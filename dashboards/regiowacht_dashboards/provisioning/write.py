"""Writes the provisioning tree, and takes away what it no longer holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_dashboards.provisioning.folders import FOLDERS
from regiowacht_dashboards.provisioning.tree import tree
from regiowacht_dashboards.written import Written, remove, write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path, PurePath

    from regiowacht_dashboards.provisioning.tree import Source
    from regiowacht_dashboards.settings import Settings


def provision(
    out: Path, settings: Settings, source: Source, at: PurePath | None = None, *, dry_run: bool = False
) -> tuple[Written, ...]:
    """Write the tree to ``out`` and return what changed.

    A dashboard of ours that is no longer in the set, or stands in another folder now, is taken away: Grafana would
    show it for ever, or refuse two of one uid. Files of others are left alone.

    Args:
        out: the folder.
        settings: what the dashboards are built for.
        source: where they ask.
        at: where that folder lies on Grafana's machine; without it where it lies on this one.
        dry_run: only tell.

    Raises:
        OSError: a folder cannot be made, or a file not written.
    """
    wanted = tree(settings, source, at or out.resolve())
    if not dry_run:
        for name in FOLDERS:  # Grafana complains of a provider whose folder is not there
            (out / "dashboards" / name).mkdir(parents=True, exist_ok=True)
    left = [remove(path, path.stem, dry_run=dry_run) for path in _ours(out) if _below(out, path) not in wanted]
    made = [write(out / name, _uid(name), content, dry_run=dry_run) for name, content in wanted.items()]
    return (*made, *left)


def _ours(out: Path) -> Iterator[Path]:
    for folder in FOLDERS:
        yield from sorted((out / "dashboards" / folder).glob("rw-*.json"))


def _below(out: Path, path: Path) -> str:
    return path.relative_to(out).as_posix()


def _uid(name: str) -> str:
    return name.rpartition("/")[2].removesuffix(".json") if name.endswith(".json") else ""
