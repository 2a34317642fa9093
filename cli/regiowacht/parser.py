"""Builds the argument parser of one room from its verbs."""

from __future__ import annotations

import argparse
import importlib
from typing import TYPE_CHECKING, NoReturn

from regiowacht_contract.errors import PartMissing, UsageError
from regiowacht_contract.texts import LANGS, say

if TYPE_CHECKING:
    from regiowacht.rooms import Room
    from regiowacht.verb import Verb
    from regiowacht_contract.texts import Lang


class Parser(argparse.ArgumentParser):
    """argparse with mistakes raised as UsageError."""

    def error(self, message: str) -> NoReturn:
        """Raise what argparse would have printed."""
        raise UsageError("cli.usage", message=message, prog=self.prog)


def verbs_of(room: Room) -> tuple[Verb, ...]:
    """Import the room's verbs.

    Raises:
        PartMissing: a package the room needs is not installed; the text names the extra that brings it.
    """
    try:
        verbs: tuple[Verb, ...] = importlib.import_module(room.module).VERBS
    except ModuleNotFoundError as missing:
        if (missing.name or "").startswith("regiowacht"):
            raise
        raise PartMissing("cli.no-extra", room=room.name, extra=room.extra, module=missing.name) from None
    return verbs


def parsers_of(room: Room, lang: Lang) -> tuple[Parser, dict[str, argparse.ArgumentParser]]:
    """Return the room's parser and those of its verbs by name."""
    parser = Parser(prog=f"regiowacht {room.name}", description=say(room.help, lang), allow_abbrev=False)
    verbs = verbs_of(room)
    if room.is_verb:
        _fill(parser, verbs[0], lang)
        return parser, {verbs[0].name: parser}
    below = parser.add_subparsers(metavar="VERB", required=True, parser_class=Parser)
    by_name = {}
    for verb in verbs:
        text = say(verb.help, lang)
        by_name[verb.name] = below.add_parser(verb.name, help=text, description=text, allow_abbrev=False)
        _fill(by_name[verb.name], verb, lang)
    return parser, by_name


def _fill(parser: argparse.ArgumentParser, verb: Verb, lang: Lang) -> None:
    verb.add_arguments(parser, lang)
    parser.add_argument("--lang", choices=LANGS, help=say("cli.option-lang", lang))
    parser.set_defaults(verb=verb)
