"""``regiowacht dashboards``: build, check, provision, push, preview."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from regiowacht.verb import Verb, add_json, add_region
from regiowacht.verbs.dashboards_preview import PREVIEW
from regiowacht.verbs.dashboards_provision import PROVISION
from regiowacht.verbs.dashboards_push import PUSH
from regiowacht_contract.errors import EXIT_FINE, EXIT_FOUND, Unavailable
from regiowacht_contract.texts import say

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from regiowacht.console import Console
    from regiowacht_contract.errors import Problem
    from regiowacht_contract.texts import Lang


def add_build(parser: ArgumentParser, lang: Lang) -> None:
    """Declare the options of ``build``."""
    add_region(parser, lang)
    parser.add_argument("--out", required=True, type=Path, metavar="DIR", help=say("dashboards.option-out", lang))
    parser.add_argument("--dry-run", action="store_true", help=say("dashboards.option-dry-run", lang))
    add_json(parser, lang)


def run_build(options: Namespace, console: Console) -> int:
    """Write the dashboards of a region in one language, and say what changed.

    Raises:
        RegionInvalid: the region folder holds mistakes.
        UsageError: there is no such region folder.
        Unavailable: the folder cannot be written.
    """
    from regiowacht.region import open_region
    from regiowacht_dashboards.build import build
    from regiowacht_dashboards.settings import for_region

    region, console = open_region(options.region, console)
    lang = console.lang
    try:
        written = build(options.out, for_region(region, lang), dry_run=options.dry_run)
    except OSError as error:
        raise Unavailable("dashboards.cannot-write", path=options.out, why=error.strerror or "-") from None
    if options.json:
        console.json([{"file": str(w.path), "uid": w.uid, "change": w.change} for w in written])
    else:
        for one in written:
            console.out(f"{say(f'dashboards.change-{one.change}', lang)}: {one.path}")
    if options.dry_run:
        console.tell("dashboards.not-written")
    return EXIT_FINE


def add_check(parser: ArgumentParser, lang: Lang) -> None:
    """Declare the options of ``check``."""
    parser.add_argument("path", type=Path, metavar="DIR", help=say("dashboards.argument-path", lang))
    add_json(parser, lang)


def run_check(options: Namespace, console: Console) -> int:
    """Hold dashboards against every rule; one line a finding, exit code 1 if there is any.

    Raises:
        UsageError: there is no dashboard at that path.
    """
    from regiowacht_dashboards.check import check, files
    from regiowacht_dashboards.provisioning.check import check_tree
    from regiowacht_dashboards.provisioning.read import is_tree

    paths = files(options.path)
    problems = (*(check_tree(options.path) if is_tree(options.path) else ()), *check(paths))
    if options.json:
        console.json([_as_json(problem, console.lang) for problem in problems])
    else:
        for problem in problems:
            console.out(_as_line(problem, console.lang))
    console.tell(
        "dashboards.check-found" if problems else "dashboards.check-fine", files=len(paths), count=len(problems)
    )
    return EXIT_FOUND if problems else EXIT_FINE


def _as_json(problem: Problem, lang: Lang) -> dict[str, object]:
    return {**problem.as_json(lang), "panel": problem.values.get("panel", "")}


def _as_line(problem: Problem, lang: Lang) -> str:
    panel = problem.values.get("panel")
    where = f"{problem.place()}: [{panel}]" if panel else f"{problem.place()}:"
    return f"{where} {problem.message(lang)}"


VERBS: tuple[Verb, ...] = (
    Verb("build", "dashboards.verb-build", add_build, run_build),
    Verb("check", "dashboards.verb-check", add_check, run_check),
    PROVISION,
    PUSH,
    PREVIEW,
)
