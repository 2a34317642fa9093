"""Decides what every row of a spreadsheet becomes, and says why where it can become nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from regiowacht_contract.errors import Problem
from regiowacht_inventory.importing.entry import Entry, RefusedError
from regiowacht_inventory.importing.words import meaning, operating_system, table
from regiowacht_inventory.shown import shown_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_inventory.importing.known import Known
    from regiowacht_inventory.importing.sheet import Row, Sheet

_REGION_SLUGS = ("leverancier", "snmp", "ssh")
_SECTION_OF = {"server": "servers", "service": "services", "link": "uplinks"}


@dataclass(slots=True)
class Plan:
    """What becomes of all rows.

    Attributes:
        entries: what can be placed.
        unplaced: why each other row cannot.
        notes: cells and columns that were passed over in rows that can.
    """

    entries: list[Entry] = field(default_factory=list)
    unplaced: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)


def make_plan(sheet: Sheet, known: Known) -> Plan:
    """Return what every row becomes, given what the region holds already."""
    plan = Plan(notes=list(sheet.notes))
    for row in sheet.rows:
        try:
            entry = _entry(row, known)
            known.add(entry)
        except RefusedError as refused:
            plan.unplaced += [Problem(sheet.file, row.line, key, values) for key, values in refused.reasons]
            continue
        plan.entries.append(entry)
        plan.notes += _passed_over(sheet.file, entry)
    _drop_dangling(sheet.file, plan, known)
    return plan


def _entry(row: Row, known: Known) -> Entry:
    cells = row.cells
    if "name" not in cells:
        raise RefusedError("inventory.row-needs", key="name")
    kind = _kind(cells)
    gemeente = known.find_gemeente(cells)
    section = _SECTION_OF.get(kind, "devices")
    site = known.find_site(gemeente, cells)
    item = {key: cells[key] for key in table("sections")[section] if key in cells}
    item["name"] = cells["name"].replace(" ", "-")
    if section == "devices":
        item["kind"] = kind
    if section == "uplinks" and "address" in cells:  # what a sheet calls the address of a line is its far end
        item.setdefault("far_end", cells["address"])
    if section != "uplinks":
        item["site"] = site
    if section == "servers":
        item["os"] = _os(cells)
    for key in _REGION_SLUGS:
        if key in item:
            item[key] = known.find_in_region(key, item[key])
    for key in ("uplink", "device", "polled_by"):
        if key in item:
            item[key] = item[key].replace(" ", "-")
    known.refuse_wrong_values(section, item)
    return Entry(row, gemeente, site, section, _in_order(section, item))


def _in_order(section: str, item: dict[str, str]) -> dict[str, str]:
    return {key: item[key] for key in table("sections")[section] if key in item}


def _kind(cells: dict[str, str]) -> str:
    if "kind" not in cells:
        raise RefusedError("inventory.row-needs", key="kind")
    kind = meaning("kinds", cells["kind"])
    if kind is None:
        raise RefusedError("inventory.row-kind", value=shown_text(cells["kind"]), known=", ".join(table("kinds")))
    return kind


def _os(cells: dict[str, str]) -> str:
    if "os" not in cells:
        raise RefusedError("inventory.row-needs", key="os")
    found = operating_system(cells["os"])
    if found is None:
        raise RefusedError("inventory.row-os", value=shown_text(cells["os"]))
    return found


def _passed_over(file: str, entry: Entry) -> Iterator[Problem]:
    headings = table("headings")
    taken = {*table("sections")[entry.section], *headings["gemeente"], *headings["site"], "kind"}
    if entry.item.get("far_end") == entry.row.cells.get("address"):
        taken.add("address")
    for key, text in entry.row.cells.items():
        if key not in taken:
            shown = "…" if key in ("snmp", "ssh") else shown_text(text)  # someone may have typed the community itself
            values = {"key": key, "section": entry.section, "value": shown}
            yield Problem(file, entry.row.line, "inventory.cell-passed-over", values)


def _drop_dangling(file: str, plan: Plan, known: Known) -> None:
    """Move rows that refer to something that will not be there to the unplaced ones, until none is left."""
    while True:
        dangling = [(entry, refused) for entry in plan.entries if (refused := known.dangling(entry))]
        if not dangling:
            return
        gone = {entry.row.line for entry, _ in dangling}
        plan.entries = [entry for entry in plan.entries if entry.row.line not in gone]
        plan.notes = [note for note in plan.notes if note.line not in gone]
        for entry, refused in dangling:
            known.remove(entry)
            plan.unplaced += [Problem(file, entry.row.line, key, values) for key, values in refused.reasons]
