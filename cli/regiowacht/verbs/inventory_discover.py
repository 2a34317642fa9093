"""``regiowacht inventory discover``: what a search of a network means for a gemeente's file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from regiowacht.region import open_region
from regiowacht.verb import add_json, add_region
from regiowacht_contract.errors import EXIT_FINE, EXIT_FOUND
from regiowacht_contract.texts import say

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterator

    from regiowacht.console import Console
    from regiowacht_contract.texts import Lang
    from regiowacht_inventory.discovered import Discovered, Found, Matches, Pair


def add_discover(parser: ArgumentParser, lang: Lang) -> None:
    """Declare the verb's options."""
    text = say("discover.option-from", lang)
    parser.add_argument("--from", dest="file", type=Path, required=True, metavar="FILE", help=text)
    parser.add_argument("--gemeente", default="", metavar="SLUG", help=say("discover.option-of-gemeente", lang))
    parser.add_argument("--site", default="", metavar="SLUG", help=say("discover.option-site", lang))
    either = parser.add_mutually_exclusive_group()
    either.add_argument("--write", action="store_true", help=say("discover.option-write", lang))
    either.add_argument("--dry-run", action="store_true", help=say("discover.option-dry-run", lang))
    add_region(parser, lang)
    add_json(parser, lang)


def run_discover(chosen: Namespace, console: Console) -> int:
    """Show what is new, moved and gone, and write what is new; return 1 when any of that could not be placed."""
    from regiowacht_inventory.discovered import discovered

    region, console = open_region(chosen.region, console)
    folder = Path(chosen.region or ".")
    told = discovered(chosen.file, folder, region, chosen.gemeente, chosen.site, dry_run=not chosen.write)
    if chosen.json:
        console.json(_as_json(told, console.lang))
    else:
        for line in _lines(told.matches, console.lang):
            console.talk(line)
        _tell(told, console)
    return EXIT_FINE if told.report.is_whole else EXIT_FOUND


def _tell(told: Discovered, console: Console) -> None:
    report, matches = told.report, told.matches
    for problem in sorted([*report.unplaced, *report.notes, *report.invalid]):
        console.talk(f"{problem.place()}: {problem.message(console.lang)}")
    if not told.is_complete:
        console.tell("discover.not-complete")
    if report.changes and not report.written:
        console.out(report.diff().rstrip("\n"))
    for file in report.written:
        console.out(file)
    counts = {name: len(getattr(matches, name)) for name in ("matched", "new", "moved", "also", "gone", "refused")}
    console.tell("discover.counts", gemeente=told.gemeente, **counts)
    if report.invalid:
        console.tell("inventory.import-invalid")
    elif report.changes and not report.written:
        console.tell("discover.how-to-write", placed=report.placed)


def _lines(matches: Matches, lang: Lang) -> Iterator[str]:
    """Yield a line for each thing that a person has to look at; what is as declared is only counted."""
    for found in matches.new:
        yield say("discover.is-new", lang, **_facts(found))
    for pair in matches.moved:
        yield say("discover.is-moved", lang, name=pair.name, declared=pair.declared, **_where(pair))
    for pair in matches.also:
        yield say("discover.is-also", lang, name=pair.name, **_where(pair))
    for name, address in matches.gone:
        yield say("discover.is-gone", lang, name=name, address=address)
    for found in matches.refused:
        yield say("discover.is-refused", lang, address=found.address)
    for pair in matches.matched:
        for key, (says, does) in pair.differs.items():
            values = {"name": pair.name, "key": key, "says": says or "-", "does": does}
            yield say("discover.differs", lang, **_where(pair), **values)


def _where(pair: Pair) -> dict[str, str]:
    return {"address": pair.found.address}


def _facts(found: Found) -> dict[str, str]:
    what = " ".join(filter(None, (found.vendor, found.model))) or found.family
    return {"address": found.address, "name": found.name or "-", "kind": found.kind, "what": what}


def _as_json(told: Discovered, lang: Lang) -> dict[str, object]:
    matches = told.matches

    def pairs(ones: list[Pair]) -> list[dict[str, object]]:
        return [
            {
                "name": pair.name,
                "declared": pair.declared,
                "differs": {key: {"says": says, "does": does} for key, (says, does) in pair.differs.items()},
                "found": pair.found.model_dump(),
            }
            for pair in ones
        ]

    return {
        "gemeente": told.gemeente,
        "complete": told.is_complete,
        "matched": pairs(matches.matched),
        "moved": pairs(matches.moved),
        "also": pairs(matches.also),
        "new": [found.model_dump() for found in matches.new],
        "refused": [found.model_dump() for found in matches.refused],
        "gone": [{"name": name, "address": address} for name, address in matches.gone],
        **told.report.as_json(lang),
    }
