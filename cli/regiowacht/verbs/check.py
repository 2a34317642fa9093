"""``regiowacht check``: is the region folder right, and if not, where."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from regiowacht.baselines import baseline_mistakes
from regiowacht.region import speak_for, speaking
from regiowacht.verb import Verb, add_json
from regiowacht_contract.errors import EXIT_FINE, EXIT_FOUND, RegionInvalid
from regiowacht_contract.texts import say, say_count

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Mapping, Sequence

    from regiowacht.console import Console
    from regiowacht_contract.errors import RegiowachtError
    from regiowacht_contract.texts import Lang
    from regiowacht_inventory import Asset, Region

NAMES_SHOWN = 5


def _add_arguments(parser: ArgumentParser, lang: Lang) -> None:
    parser.add_argument("region", nargs="?", default=".", metavar="REGION", help=say("inventory.help-region", lang))
    add_json(parser, lang)


def _run(chosen: Namespace, console: Console) -> int:
    """Return 0 for a region that is right; every problem goes to standard output, as data."""
    from regiowacht_inventory import load

    folder = Path(chosen.region)
    try:
        region = load(folder)
    except RegionInvalid as error:
        console = speak_for(folder, console)
        _tell_problems(error, chosen, console)
        console.error(error)
        return error.exit_code
    console = speaking(console, region.language)
    mistakes = baseline_mistakes(region, folder)
    if mistakes:
        _tell_mistakes(mistakes, chosen, console)
        return EXIT_FOUND
    _tell_fine(region, chosen, console)
    return EXIT_FINE


def _tell_mistakes(mistakes: Mapping[str, RegiowachtError], chosen: Namespace, console: Console) -> None:
    said = {file: error.message(console.lang) for file, error in mistakes.items()}
    if chosen.json:
        problems = [
            {"file": file, "line": 0, "problem": mistakes[file].key, "message": message}
            for file, message in said.items()
        ]
        console.json({"region": chosen.region, "valid": False, "problems": problems})
        return
    for file, message in said.items():
        console.out(message if message.startswith(file) else f"{file}: {message}")


def _tell_problems(error: RegionInvalid, chosen: Namespace, console: Console) -> None:
    if chosen.json:
        problems = [problem.as_json(console.lang) for problem in error.problems]
        console.json({"region": chosen.region, "valid": False, "problems": problems})
        return
    for problem in error.problems:
        console.out(f"{problem.place()}: {problem.message(console.lang)}")


def _tell_fine(region: Region, chosen: Namespace, console: Console) -> None:
    from regiowacht_inventory import over, overlapping, unheard, unwatched

    lacking = unwatched(region)
    past = [_window(one) for one in over(region, datetime.now(UTC))]
    twice = [f"{_window(one)} + {_window(other)}" for one, other in overlapping(region)]
    deaf = [f"{gemeente or region.regio} ({laag})" for gemeente, laag in unheard(region)]
    kinds = Counter(asset.kind for asset in region.assets)
    sites = sum(len(gemeente.sites) for gemeente in region.gemeenten)
    if chosen.json:
        counts = {"gemeenten": len(region.gemeenten), "sites": sites, "assets": dict(sorted(kinds.items()))}
        named = {lack: [f"{one.gemeente}/{one.name}" for one in assets] for lack, assets in lacking.items()}
        console.json(
            {
                "region": chosen.region,
                "valid": True,
                "problems": [],
                **counts,
                "unwatched": named,
                "windows_over": past,
                "windows_overlapping": twice,
                "critical_to_nobody": deaf,
            }
        )
        return
    counted = {"gemeenten": len(region.gemeenten), "sites": sites, "assets": len(region.assets)}
    told = {name: say_count(f"inventory.{name}-", console.lang, count) for name, count in counted.items()}
    console.out(say("inventory.fine", console.lang, region=region.name, **told))
    width = max((len(kind) for kind in kinds), default=0)
    for kind, count in kinds.most_common():
        console.out(f"  {kind:<{width}}  {count:>5}")
    for lack, assets in lacking.items():
        console.out(say_count(f"inventory.unwatched-{lack}-", console.lang, len(assets), names=_names(assets)))
    remarks = (
        ("inventory.window-over", past),
        ("inventory.window-overlaps", twice),
        ("inventory.critical-to-nobody", deaf),
    )
    for key, names in remarks:
        if names:
            console.out(say(key, console.lang, names=", ".join(names)))


def _window(named: tuple[str, str]) -> str:
    gemeente, name = named
    return f"{gemeente}/{name}" if gemeente else name


def _names(assets: Sequence[Asset]) -> str:
    named = [f"{asset.gemeente}/{asset.name}" for asset in assets[:NAMES_SHOWN]]
    return ", ".join([*named, "…"] if len(assets) > NAMES_SHOWN else named)


VERBS: tuple[Verb, ...] = (Verb("check", "cli.room-check", _add_arguments, _run),)
