"""Providers: what Grafana shows twice, never, or under another's name."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from regiowacht_dashboards.provisioning.datasource_rules import UID
from regiowacht_dashboards.provisioning.references import stray_dollars

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from regiowacht_contract.errors import Problem
    from regiowacht_dashboards.provisioning.read import File


def check(files: Sequence[File], folder: Path) -> Iterator[Problem]:
    """Yield providers that Grafana refuses, or whose dashboards it would not show as meant.

    Args:
        files: the files of providers.
        folder: where the tree lies here; paths are those of Grafana's machine.
    """
    for file in files:
        for entry in file.entries:
            yield from _one(file, entry, folder)
    yield from _together(files)


def _one(file: File, entry: Mapping[str, Any], folder: Path) -> Iterator[Problem]:
    name = str(entry.get("name") or "-")
    options = entry.get("options")
    path = options.get("path") if isinstance(options, dict) else None
    if not entry.get("name") or entry.get("type") != "file" or not isinstance(path, str) or not path:
        yield file.problem("provider-lacks", name=name)
        return
    if not path.startswith("/"):
        yield file.problem("path-not-absolute", name=name, path=path)
    if isinstance(options, dict) and options.get("foldersFromFilesStructure") and entry.get("folder"):
        yield file.problem("two-kinds-of-folder", name=name)
    if entry.get("folderUid") and not UID.fullmatch(str(entry["folderUid"])):
        yield file.problem("folder-uid", name=name)
    if here(folder, path) is None:
        yield file.problem("path-not-here", name=name, path=path)
    for key in stray_dollars(entry):
        yield file.problem("stray-dollar", name=name, key=key)


def here(folder: Path, path: str) -> Path | None:
    """Return the folder of the tree that a path of Grafana's machine means: the one with the longest end in common."""
    parts = PurePosixPath(path).parts
    for start in range(len(parts)):
        found = folder.joinpath(*(part for part in parts[start:] if part not in {"/", ".."}))
        if parts[start:] != ("/",) and found.is_dir() and found != folder:
            return found
    return None


def _together(files: Sequence[File]) -> Iterator[Problem]:
    listed = [(file, entry) for file in files for entry in file.entries]
    names = Counter(str(entry.get("name")) for _, entry in listed if entry.get("name"))
    paths = Counter(_path(entry) for _, entry in listed if _path(entry))
    titles: dict[object, set[object]] = defaultdict(set)
    for _, entry in listed:
        if entry.get("folderUid"):
            titles[entry.get("orgId", 1), entry["folderUid"]].add(entry.get("folder"))
    for file, entry in listed:
        name = str(entry.get("name") or "-")
        if names[name] > 1:
            yield file.problem("provider-twice", name=name)
        if paths[_path(entry)] > 1:
            yield file.problem("path-twice", name=name, path=_path(entry))
        if len(titles.get((entry.get("orgId", 1), entry.get("folderUid")), ())) > 1:
            yield file.problem("folder-of-two-names", name=name, uid=entry["folderUid"])


def _path(entry: Mapping[str, Any]) -> str:
    options = entry.get("options")
    return str(options.get("path") or "").rstrip("/") if isinstance(options, dict) else ""
