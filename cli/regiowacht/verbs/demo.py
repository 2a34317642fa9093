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
    parser.add_argument("--grafana", metavar="URL", help=say("demo.option-grafana", lang))
    parser.add_argument("--grafana-token", metavar="REF", help=say("demo.option-grafana-token", lang))
    example = parser.add_mutually_exclusive_group()
    example.add_argument(
        "--without-example-data", action="store_true", help=say("demo.option-without-example-data", lang)
    )
    example.add_argument("--example-data", type=Path, metavar="DIR", help=say("demo.option-example-data", lang))


def _run(arguments: Namespace, console: Console) -> int:
    from regiowacht.demo.run import Wish, run_demo
    from regiowacht.region import open_region
    from regiowacht_inventory import example_path

    wish = Wish(
        machine=arguments.machine,
        port=arguments.port,
        engine=arguments.engine,
        with_example=not arguments.without_example_data,
        example_folder=arguments.example_data,
        grafana=arguments.grafana,
        grafana_token=arguments.grafana_token,
    )
    region, console = open_region(arguments.region or example_path(), console)
    run_demo(region, wish, console)
    return EXIT_FINE


VERBS = (Verb("demo", "cli.room-demo", _add_arguments, _run),)
