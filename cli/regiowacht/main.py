"""The entry point: finds the room and the verb, runs it, turns errors into sentences and exit codes."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from typing import TYPE_CHECKING, NoReturn

from regiowacht_contract.errors import EXIT_USAGE, PartMissing, RegiowachtError, UsageError
from regiowacht_contract.nearest import nearest
from regiowacht_contract.texts import LANGS, choose_lang, say

from regiowacht.console import Console
from regiowacht.rooms import ROOMS, Room

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from regiowacht_contract.texts import Lang

    from regiowacht.verb import Verb

INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells expect it: 128 + SIGINT."""


class Parser(argparse.ArgumentParser):
    """argparse with mistakes raised as UsageError."""

    def error(self, message: str) -> NoReturn:
        """Raise what argparse would have printed."""
        raise UsageError("cli.usage", message=message, prog=self.prog)


def main(arguments: Sequence[str] | None = None, environ: Mapping[str, str] = os.environ) -> int:
    """Run one command and return its exit code (0 fine, 1 found something, 2 wrong use, 3 out of reach)."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    flag = _peek_lang(words)
    console = Console(lang=choose_lang(flag, None, environ), flag=flag)
    try:
        return _run(words, console)
    except RegiowachtError as error:
        console.error(error)
        return error.exit_code
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of a pipe went away (`| head`): that is its right.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _run(words: list[str], console: Console) -> int:
    leading = [word for word in words if not word.startswith("--lang")]
    if not leading or leading[0] in {"-h", "--help", "help"}:
        console.out(_overview(console.lang))
        return 0 if leading else EXIT_USAGE
    if leading[0] in {"-V", "--version", "version"}:
        from importlib.metadata import version  # noqa: PLC0415 - costs an agent's start nothing

        console.out(f"regiowacht {version('regiowacht')}")
        return 0
    room = _find_room(_positional(words))
    verbs = _verbs(room)
    parser = _parser(room, verbs, console.lang)
    rest = list(words)
    rest.remove(room.name)
    if not room.is_verb:
        _refuse_unknown_verb(room, verbs, rest)
    chosen = parser.parse_args(rest)
    verb: Verb = chosen.verb
    return verb.run(chosen, console)


def _peek_lang(words: Sequence[str]) -> str | None:
    """Return what ``--lang`` says, wherever it stands, before anything else is read."""
    for index, word in enumerate(words):
        wish = word.partition("=")[2] if word.startswith("--lang=") else ""
        if word == "--lang" and index + 1 < len(words):
            wish = words[index + 1]
        if wish in LANGS:
            return wish
    return None


def _positional(words: Sequence[str]) -> str:
    """Return the first word that is neither an option nor the value of ``--lang``."""
    skip = False
    for word in words:
        if skip:
            skip = False
        elif word == "--lang":
            skip = True
        elif not word.startswith("-"):
            return word
    return words[0]


def _find_room(word: str) -> Room:
    for room in ROOMS:
        if room.name == word:
            return room
    raise UsageError("cli.no-room", room=word, nearest=nearest(word, [r.name for r in ROOMS]) or "--help")


def _verbs(room: Room) -> tuple[Verb, ...]:
    try:
        verbs: tuple[Verb, ...] = importlib.import_module(room.module).VERBS
    except ModuleNotFoundError as missing:
        if (missing.name or "").startswith("regiowacht"):
            raise
        raise PartMissing("cli.no-extra", room=room.name, extra=room.extra, module=missing.name) from None
    return verbs


def _parser(room: Room, verbs: tuple[Verb, ...], lang: Lang) -> Parser:
    parser = Parser(prog=f"regiowacht {room.name}", description=say(room.help, lang), allow_abbrev=False)
    if room.is_verb:
        _fill(parser, verbs[0], lang)
        return parser
    below = parser.add_subparsers(metavar="VERB", required=True, parser_class=Parser)
    for verb in verbs:
        text = say(verb.help, lang)
        _fill(below.add_parser(verb.name, help=text, description=text, allow_abbrev=False), verb, lang)
    return parser


def _fill(parser: argparse.ArgumentParser, verb: Verb, lang: Lang) -> None:
    verb.add_arguments(parser, lang)
    parser.add_argument("--lang", choices=LANGS, help=say("cli.option-lang", lang))
    parser.set_defaults(verb=verb)


def _refuse_unknown_verb(room: Room, verbs: tuple[Verb, ...], rest: Sequence[str]) -> None:
    names = [verb.name for verb in verbs]
    word = next((w for w in rest if not w.startswith("-")), None)
    if word is not None and word not in names and word not in LANGS:
        raise UsageError(
            "cli.no-verb", room=room.name, verb=word, verbs=", ".join(names), nearest=nearest(word, names) or names[0]
        )


def _overview(lang: Lang) -> str:
    width = max(len(room.name) for room in ROOMS)
    rows = [f"  {room.name:<{width}}  {say(room.help, lang)}" for room in ROOMS]
    return "\n".join([say("cli.overview", lang), "", *rows, "", say("cli.overview-end", lang)])


if __name__ == "__main__":
    sys.exit(main())
