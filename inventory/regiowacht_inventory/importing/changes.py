"""Turns a plan into new contents of gemeente files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_contract.errors import Problem
from regiowacht_inventory.importing.edit import Editor, NotEditableError, site_lines
from regiowacht_inventory.importing.report import Change
from regiowacht_inventory.importing.yaml_text import flow, value
from regiowacht_inventory.source import GEMEENTEN_FOLDER

if TYPE_CHECKING:
    from collections.abc import Iterable

    from regiowacht_inventory.importing.entry import Entry
    from regiowacht_inventory.importing.known import Known, KnownGemeente
    from regiowacht_inventory.importing.plan import Plan
    from regiowacht_inventory.source import Folder, Source

_SECTIONS = ("servers", "devices", "services")


def make_changes(found: Folder, known: Known, plan: Plan) -> tuple[list[Change], list[Problem]]:
    """Return the files that change, and for each file that lines cannot be put into, what to paste."""
    sources = {source.slug: source for source in found.gemeenten}
    changes: list[Change] = []
    refused: list[Problem] = []
    for slug in sorted({entry.gemeente for entry in plan.entries}):
        entries = [entry for entry in plan.entries if entry.gemeente == slug]
        gemeente = known.gemeenten[slug]
        source = sources.get(slug)
        if source is None:
            file = str(found.folder / GEMEENTEN_FOLDER / f"{slug}.yml")
            changes.append(Change(file, b"", _new_file(gemeente, entries), is_new=True))
            continue
        try:
            changes.append(Change(source.file, source.content, _edited(source, gemeente, entries), is_new=False))
        except NotEditableError as error:
            plan.entries = [entry for entry in plan.entries if entry.gemeente != slug]
            values = {"key": error.key, "lines": "\n".join(error.lines)}
            refused.append(Problem(source.file, 0, "inventory.paste", values))
    return changes, refused


def _sites(gemeente: KnownGemeente, entries: Iterable[Entry]) -> dict[str, dict[str, str]]:
    """Return what each new site with an entry says about itself, its poller worked out."""
    found: dict[str, dict[str, str]] = {}
    for entry in entries:
        if entry.site in gemeente.new_sites and entry.site not in found:
            told = {key: str(text) for key, text in gemeente.sites[entry.site].items()}
            poller = gemeente.poller_of(entry.site)
            found[entry.site] = {**told, **({"poller": poller} if poller else {})}
    return found


def _uplinks(site: str, entries: Iterable[Entry]) -> list[dict[str, str]]:
    return [entry.item for entry in entries if entry.section == "uplinks" and entry.site == site]


def _new_file(gemeente: KnownGemeente, entries: list[Entry]) -> bytes:
    lines = [f"{key}: {value(key, text)}" for key, text in gemeente.heading.items()]
    lines += ["", "sites:"]
    for slug, site in _sites(gemeente, entries).items():
        lines += site_lines(slug, site, _uplinks(slug, entries))
    for section in _SECTIONS:
        items = [entry.item for entry in entries if entry.section == section]
        if items:
            lines += ["", f"{section}:", *(f"  - {flow(item)}" for item in items)]
    return ("\n".join(lines) + "\n").encode("utf-8")


def _edited(source: Source, gemeente: KnownGemeente, entries: list[Entry]) -> bytes:
    editor = Editor(source.content)
    sites = _sites(gemeente, entries)
    # Uplinks of sites that are there come before new sites: both may belong at the same line.
    for slug in dict.fromkeys(entry.site for entry in entries):
        uplinks = _uplinks(slug, entries)
        if slug not in sites and uplinks:
            editor.add_uplinks(slug, uplinks)
    for slug, site in sites.items():
        editor.add_site(slug, site, _uplinks(slug, entries))
    for section in _SECTIONS:
        items = [entry.item for entry in entries if entry.section == section]
        if items:
            editor.add_items(section, items)
    return editor.content()
