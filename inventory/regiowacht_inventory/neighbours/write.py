"""Puts proposed uplinks into the gemeente files."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from regiowacht_contract.errors import Problem, RegionInvalid
from regiowacht_inventory.importing.edit import Editor, NotEditableError
from regiowacht_inventory.importing.report import Change, Report
from regiowacht_inventory.importing.write import write_changes
from regiowacht_inventory.loader import load_sources
from regiowacht_inventory.source import read_folder

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from regiowacht_inventory.neighbours.heard import Key
    from regiowacht_inventory.source import Folder, Source


def propose(folder: Path, uplinks: Mapping[Key, Key], *, dry_run: bool) -> Report:
    """Declare uplinks of devices, or only tell the difference with ``dry_run``; a row of the report is an uplink.

    Nothing is written unless the region with all of them passes every check.

    Raises:
        UsageError: there is no such folder.
        Unavailable: a file cannot be written, or was changed meanwhile.
    """
    found = read_folder(folder)
    report = Report(rows=len(uplinks))
    for source in found.gemeenten:
        wanted = {name: above for (gemeente, name), (_same, above) in uplinks.items() if gemeente == source.slug}
        content = _edited(source, wanted, report)
        if content != source.content:
            report.changes.append(Change(source.file, source.content, content, is_new=False))
    if report.changes:
        report.invalid = _problems(found, report.changes)
    if report.changes and not report.invalid and not dry_run:
        report.written = write_changes(report.changes)
    return report


def _edited(source: Source, wanted: Mapping[str, str], report: Report) -> bytes:
    if not wanted:
        return source.content
    try:
        editor = Editor(source.content)
    except NotEditableError:
        report.unplaced += [_to_paste(source, name, [f"uplink: {above}"]) for name, above in wanted.items()]
        return source.content
    for name, above in wanted.items():
        try:
            editor.set_key("devices", name, "uplink", above, after=("kind", "platform"))
            report.placed += 1
        except NotEditableError as error:
            report.unplaced.append(_to_paste(source, name, error.lines))
    return editor.content()


def _to_paste(source: Source, name: str, lines: list[str] | tuple[str, ...]) -> Problem:
    return Problem(source.file, 0, "inventory.paste", {"key": f"devices: {name}", "lines": "\n".join(lines)})


def _problems(found: Folder, changes: list[Change]) -> list[Problem]:
    after = {change.file: change.after for change in changes}
    sources = [replace(source, content=after.get(source.file, source.content)) for source in found.gemeenten]
    try:
        load_sources(replace(found, gemeenten=sources))
    except RegionInvalid as error:
        return list(error.problems)
    return []
