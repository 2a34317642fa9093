"""``regiowacht inventory list|show|import|discover|neighbours|ansible|schema``."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from regiowacht.region import open_region, speak_for
from regiowacht.verb import Verb, add_json, add_region
from regiowacht.verbs.inventory_ansible import ANSIBLE
from regiowacht.verbs.inventory_discover import add_discover, run_discover
from regiowacht.verbs.inventory_neighbours import NEIGHBOURS
from regiowacht_contract.errors import EXIT_FINE, EXIT_FOUND
from regiowacht_contract.texts import say

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterator, Sequence

    from regiowacht.console import Console
    from regiowacht_contract.texts import Lang
    from regiowacht_inventory.details import Details
    from regiowacht_inventory.importing import Report

COLUMNS = ("gemeente", "site", "name", "kind", "laag", "job", "leverancier", "uplink", "poller", "address")


def _add_list(parser: ArgumentParser, lang: Lang) -> None:
    parser.add_argument("words", nargs="*", metavar="KEY=VALUE", help=say("inventory.help-words", lang))
    add_region(parser, lang)
    add_json(parser, lang)


def _list(chosen: Namespace, console: Console) -> int:
    """Print one line an asset, aligned under its columns."""
    from regiowacht_inventory import select

    region, console = open_region(chosen.region, console)
    assets = [asdict(asset) for asset in select(region, chosen.words)]
    if chosen.json:
        console.json(assets)
        return EXIT_FINE
    if not assets:
        console.tell("inventory.none-selected")
        return EXIT_FINE
    for line in table([COLUMNS, *([str(asset[column]) or "-" for column in COLUMNS] for asset in assets)]):
        console.out(line)
    return EXIT_FINE


def table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield one line a row, its cells aligned."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _add_show(parser: ArgumentParser, lang: Lang) -> None:
    parser.add_argument("name", metavar="NAME", help=say("inventory.help-name", lang))
    add_region(parser, lang)
    add_json(parser, lang)


def _show(chosen: Namespace, console: Console) -> int:
    """Print what the file says about one asset, and what the region makes of it."""
    from regiowacht_inventory.details import describe, find_asset

    region, console = open_region(chosen.region, console)
    details = describe(region, find_asset(region, chosen.name))
    if chosen.json:
        console.json(_details_json(details))
        return EXIT_FINE
    facts = list(_facts(details, console.lang))
    width = max(len(name) for name, _ in facts)
    for name, value in facts:
        console.out(f"{name:<{width}}  {value}")
    return EXIT_FINE


def _facts(details: Details, lang: Lang) -> Iterator[tuple[str, str]]:
    derived = {name: str(value) for name, value in asdict(details.asset).items() if value}
    yield from {**derived, **details.declared, "name": f"{details.asset.gemeente}/{details.asset.name}"}.items()
    for key, values in (
        ("up", " -> ".join(asset.name for asset in details.up)),
        ("below", ", ".join(asset.name for asset in details.below)),
        ("polls", ", ".join(details.polls)),
        ("trajecten", ", ".join(traject.name for traject in details.trajecten)),
    ):
        if values:
            yield say(f"inventory.fact-{key}", lang), values


def _details_json(details: Details) -> dict[str, object]:
    return {
        **asdict(details.asset),
        "declared": dict(details.declared),
        "hangs_on": [asset.name for asset in details.up],
        "carries": [asset.name for asset in details.below],
        "polls": list(details.polls),
        "trajecten": [traject.name for traject in details.trajecten],
    }


def _add_schema(parser: ArgumentParser, lang: Lang) -> None:
    kinds = ("gemeente", "region")
    parser.add_argument(
        "file_kind", nargs="?", default=kinds[0], choices=kinds, help=say("inventory.help-file-kind", lang)
    )


def _schema(chosen: Namespace, console: Console) -> int:
    from regiowacht_inventory.json_schema import json_schema

    console.json(json_schema(chosen.file_kind))
    return EXIT_FINE


def _add_import(parser: ArgumentParser, lang: Lang) -> None:
    parser.add_argument("csv", type=Path, metavar="CSV", help=say("inventory.help-csv", lang))
    parser.add_argument("--dry-run", action="store_true", help=say("inventory.help-dry-run", lang))
    add_region(parser, lang)
    add_json(parser, lang)


def _import(chosen: Namespace, console: Console) -> int:
    """Write gemeente files from a spreadsheet; return 1 when any of it could not be placed."""
    from regiowacht_inventory.importing import import_csv

    folder = Path(chosen.region or ".")
    console = speak_for(folder, console)
    report = import_csv(chosen.csv, folder, dry_run=chosen.dry_run)
    if chosen.json:
        console.json(report.as_json(console.lang))
    else:
        _tell_import(report, console, dry_run=chosen.dry_run)
    return EXIT_FINE if report.is_whole else EXIT_FOUND


def _tell_import(report: Report, console: Console, *, dry_run: bool) -> None:
    for problem in sorted([*report.unplaced, *report.notes, *report.invalid]):
        console.talk(f"{problem.place()}: {problem.message(console.lang)}")
    if dry_run and report.changes:
        console.out(report.diff().rstrip("\n"))
    for file in report.written:
        console.out(file)
    console.tell(report.verdict, placed=report.placed, unplaced=report.rows - report.placed, files=len(report.changes))


VERBS: tuple[Verb, ...] = (
    Verb("list", "inventory.help-list", _add_list, _list),
    Verb("show", "inventory.help-show", _add_show, _show),
    Verb("import", "inventory.help-import", _add_import, _import),
    Verb("discover", "discover.verb-inventory", add_discover, run_discover),
    NEIGHBOURS,
    ANSIBLE,
    Verb("schema", "inventory.help-schema", _add_schema, _schema),
)
