"""Turns a spreadsheet into gemeente files: what it can place it writes, what it cannot it tells.

Nothing is written unless the region with the changes in it passes every check, and no byte of a file that is there
already is touched: lines are only added.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_contract.errors import Problem, RegionInvalid
from regiowacht_inventory.draft import Draft
from regiowacht_inventory.importing.changes import make_changes
from regiowacht_inventory.importing.known import Known
from regiowacht_inventory.importing.plan import Plan, make_plan
from regiowacht_inventory.importing.report import Change, Report
from regiowacht_inventory.importing.sheet import read_sheet
from regiowacht_inventory.importing.write import write_changes
from regiowacht_inventory.loader import load_sources
from regiowacht_inventory.source import Source, read_folder

if TYPE_CHECKING:
    from pathlib import Path

    from regiowacht_inventory.importing.sheet import Sheet
    from regiowacht_inventory.source import Folder

__all__ = ["Change", "Report", "import_csv", "import_sheet"]


def import_csv(csv: Path, folder: Path, *, dry_run: bool) -> Report:
    """Add what a spreadsheet declares to the region in ``folder``, or only tell with ``dry_run``.

    Raises:
        UsageError: there is no such spreadsheet or folder.
        RegionInvalid: the spreadsheet is no CSV with headings.
    """
    return import_sheet(read_sheet(csv), folder, dry_run=dry_run)


def import_sheet(sheet: Sheet, folder: Path, *, dry_run: bool) -> Report:
    """Add rows, wherever they come from, to the region in ``folder``, or only tell with ``dry_run``.

    Raises:
        UsageError: there is no such folder.
    """
    found = read_folder(folder)
    report = Report(rows=len(sheet.rows))
    drafts = [Draft(source) for source in found.gemeenten]
    if any(not draft.is_parsed for draft in drafts):
        report.invalid = _problems_of(found)
        return report
    known = Known(Draft(found.region) if found.region else None, drafts, sheet.rows)
    plan = make_plan(sheet, known)
    changes, refused = make_changes(found, known, plan)
    report.unplaced = [*plan.unplaced, *refused]
    report.notes = plan.notes
    after = _after(found, changes)
    report.invalid = _problems_of(after) if changes else []
    if report.invalid:
        return report
    _count(report, plan, after, changes)
    if not dry_run and changes:
        report.written = write_changes(changes)
    return report


def _after(found: Folder, changes: list[Change]) -> Folder:
    """Return the folder as it will stand."""
    changed = {change.file: change.after for change in changes}
    sources = [Source(s.file, s.slug, changed.pop(s.file, s.content)) for s in found.gemeenten]
    sources += [Source(file, file.rpartition("/")[2].removesuffix(".yml"), text) for file, text in changed.items()]
    sources.sort(key=lambda source: source.slug)
    return type(found)(found.folder, found.region, sources, found.unread, found.problems)


def _problems_of(found: Folder) -> list[Problem]:
    try:
        load_sources(found)
    except RegionInvalid as error:
        return list(error.problems)
    return []


def _count(report: Report, plan: Plan, after: Folder, changes: list[Change]) -> None:
    """Count the rows that the region really holds now: what was planned is looked up, not assumed."""
    there = {asset.key for asset in load_sources(after).assets} if changes else set()
    report.changes = changes
    report.placed = sum((entry.gemeente, entry.name) in there for entry in plan.entries)
