"""Turns what answers in a network into changes of a gemeente file, for a person to accept.

New devices are added by the import that adds a spreadsheet's: nothing is written unless the region passes every check,
and no byte that is there already is touched. What moved, is gone or differs is told and left to people.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from regiowacht_contract.errors import Problem, UsageError
from regiowacht_contract.nearest import nearest
from regiowacht_inventory.discovered.answer import Found, line_of, read_answer
from regiowacht_inventory.discovered.match import Matches, Pair, match
from regiowacht_inventory.discovered.rows import sheet_of
from regiowacht_inventory.importing import Report, import_sheet
from regiowacht_inventory.shown import printable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from regiowacht_inventory.region import Region
    from regiowacht_inventory.schema import Gemeente

__all__ = ["Discovered", "Found", "Matches", "Pair", "discovered"]


@dataclass(frozen=True, slots=True)
class Discovered:
    """What a search means for a gemeente, and what is written of it.

    Attributes:
        gemeente: its slug.
        is_complete: whether all addresses were asked; else nobody is known to be gone.
        matches: see there.
        report: what became of the new devices.
    """

    gemeente: str
    is_complete: bool
    matches: Matches
    report: Report


def discovered(file: Path, folder: Path, region: Region, gemeente: str, site: str, *, dry_run: bool) -> Discovered:
    """Hold a search against a gemeente, and add what is new to its file, or only tell with ``dry_run``.

    Args:
        file: what ``snmp discover --json`` wrote.
        folder: the region's.
        region: what stands in it.
        gemeente: slug; "": the only one.
        site: slug of the site of new devices; "": as their neighbours tell.
        dry_run: write nothing.

    Raises:
        UsageError: there is no such file, gemeente or site.
    """
    answer = read_answer(file)
    chosen = _gemeente(region, gemeente)
    if site and site not in chosen.sites:
        near = nearest(site, chosen.sites) or ", ".join(chosen.sites)
        raise UsageError("discover.unknown-site", value=site, gemeente=chosen.gemeente, nearest=near)
    matches = match(answer, chosen)
    sheet, problems = sheet_of(printable(str(file)), matches.new, chosen, site)
    report = import_sheet(sheet, folder, dry_run=dry_run)
    at = {row.line: line_of(file, row.cells["address"]) for row in sheet.rows}
    report.unplaced = [*(_at(one, at) for one in report.unplaced), *problems]
    report.notes = [_at(one, at) for one in report.notes]
    report.rows += len(problems)
    return Discovered(chosen.gemeente, answer.complete, matches, report)


def _at(problem: Problem, lines: Mapping[int, int]) -> Problem:
    """Return a problem at the line of the file where its device stands."""
    return Problem(problem.file, lines.get(problem.line, 0), problem.key, problem.values)


def _gemeente(region: Region, slug: str) -> Gemeente:
    known = {one.gemeente: one for one in region.gemeenten}
    if not slug and len(known) == 1:
        return next(iter(known.values()))
    if not slug:
        raise UsageError("discover.which-gemeente", known=", ".join(known))
    if slug not in known:
        raise UsageError("discover.no-gemeente", value=slug, nearest=nearest(slug, known) or ", ".join(known))
    return known[slug]
