"""Builds the argument parser of one room from its verbs, speaking the reader's language."""

from __future__ import annotations

import argparse
import functools
import importlib
import re
from typing import TYPE_CHECKING, Any, NoReturn

from regiowacht_contract.errors import PartMissing, UsageError
from regiowacht_contract.texts import LANGS, say

if TYPE_CHECKING:
    from collections.abc import Iterable

    from regiowacht.rooms import Room
    from regiowacht.verb import Verb
    from regiowacht_contract.texts import Lang

MISTAKES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"^the following arguments are required: (?P<what>.+)$"), "cli.mistake-required"),
    (re.compile(r"^unrecognized arguments: (?P<what>.+)$"), "cli.mistake-unknown"),
    (re.compile(r"^argument (?P<what>.+): expected (one|at least one) argument$"), "cli.mistake-no-value"),
    (re.compile(r"^argument (?P<what>.+): invalid choice: (?P<value>.+) \(choose from (?P<choices>.+)\)$"),
     "cli.mistake-choice"),
    (re.compile(r"^argument (?P<what>.+): invalid int value: (?P<value>.+)$"), "cli.mistake-value"),
    (re.compile(r"^argument (?P<what>.+): invalid float value: (?P<value>.+)$"), "cli.mistake-number"),
    (re.compile(r"^argument (?P<what>.+): not allowed with argument (?P<other>.+)$"), "cli.mistake-together"),
    (re.compile(r"^argument (?P<what>.+): ignored explicit argument (?P<value>.+)$"), "cli.mistake-no-argument"),
)  # fmt: skip
"""What argparse says, and the text that says it in both languages; anything else passes as it is."""


class Formatter(argparse.HelpFormatter):
    """argparse's help with its one fixed word in the reader's language."""

    def __init__(self, *args: Any, lang: Lang, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._lang: Lang = lang

    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[Any],
        prefix: str | None = None,
    ) -> None:
        """Add the usage line with its prefix translated."""
        # An empty prefix is meant: so argparse asks for the name that the verbs' own usage lines begin with.
        spoken = say("cli.usage-prefix", self._lang) + " " if prefix is None else prefix
        super().add_usage(usage, actions, groups, spoken)


class Parser(argparse.ArgumentParser):
    """argparse in the reader's language, with mistakes raised as UsageError."""

    def __init__(self, *, prog: str, description: str, lang: Lang) -> None:
        formatter = functools.partial(Formatter, lang=lang)
        super().__init__(
            prog=prog, description=description, formatter_class=formatter, add_help=False, allow_abbrev=False
        )
        self.lang: Lang = lang
        self._optionals.title = say("cli.options", lang)
        self._positionals.title = say("cli.arguments", lang)
        self.add_argument("-h", "--help", action="help", help=say("cli.option-help", lang))

    def error(self, message: str) -> NoReturn:
        """Raise what argparse would have printed, in both languages."""
        for pattern, key in MISTAKES:
            if found := pattern.match(message):
                raise UsageError("cli.usage", message=say(key, self.lang, **found.groupdict()), prog=self.prog)
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
    parser = Parser(prog=f"regiowacht {room.name}", description=say(room.help, lang), lang=lang)
    verbs = verbs_of(room)
    if room.is_verb:
        _fill(parser, verbs[0], lang)
        return parser, {verbs[0].name: parser}
    verb_word = say("cli.verb", lang)
    below = parser.add_subparsers(
        title=say("cli.verbs", lang), metavar=verb_word, dest=verb_word, required=True, parser_class=Parser
    )
    by_name: dict[str, argparse.ArgumentParser] = {}
    for verb in verbs:
        text = say(verb.help, lang)
        by_name[verb.name] = below.add_parser(verb.name, help=text, description=text, lang=lang)
        _fill(by_name[verb.name], verb, lang)
    return parser, by_name


def _fill(parser: argparse.ArgumentParser, verb: Verb, lang: Lang) -> None:
    verb.add_arguments(parser, lang)
    parser.add_argument("--lang", choices=LANGS, help=say("cli.option-lang", lang))
    parser.set_defaults(verb=verb)
