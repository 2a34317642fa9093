"""``regiowacht demo``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from regiowacht.verb import Verb
from regiowacht_contract.errors import EXIT_FINE
from regiowacht_contract.texts import say

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from regiowacht.console import Console
    from regiowacht_contract.texts import Lang


def _add_arguments(parser: ArgumentParser, lang: Lang) -> None:
    parser.add_argument("--region", metavar="DIR", help=say("demo.option-region", lang))
    parser.add_argument("--as", dest="machine", metavar="GEMEENTE/SERVER", help=say("demo.option-as", lang))
    parser.add_argument("--port", type=int, metavar="P", help=say("demo.option-port", lang))
    parser.add_argument("--engine", type=Path, metavar="FILE", help=say("demo.option-engine", lang))


def _run(arguments: Namespace, console: Console) -> int:
    from regiowacht.demo.run import Wish, run_demo
    from regiowacht.region import open_region
    from regiowacht_inventory import example_path

    region, console = open_region(arguments.region or example_path(), console)
    run_demo(region, Wish(arguments.machine, arguments.port, arguments.engine), console)
    return EXIT_FINE


VERBS = (Verb("demo", "cli.room-demo", _add_arguments, _run),)
