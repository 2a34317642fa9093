"""One verb of the command, and the options that several verbs share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from regiowacht_contract.texts import say

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Callable

    from regiowacht.console import Console
    from regiowacht_contract.texts import Lang


@dataclass(frozen=True, slots=True)
class Verb:
    """``regiowacht ROOM NAME``.

    Attributes:
        name: what a person types after the room.
        help: key of the one-line description.
        add_arguments: declares the verb's own options; ``--lang`` is there already.
        run: does the work and returns the exit code; errors of the tree may be raised.
    """

    name: str
    help: str
    add_arguments: Callable[[ArgumentParser, Lang], None]
    run: Callable[[Namespace, Console], int]


def add_region(parser: ArgumentParser, lang: Lang) -> None:
    """Declare ``--region DIR``."""
    parser.add_argument("--region", default=None, metavar="DIR", help=say("cli.option-region", lang))


def add_json(parser: ArgumentParser, lang: Lang) -> None:
    """Declare ``--json``."""
    parser.add_argument("--json", action="store_true", help=say("cli.option-json", lang))
