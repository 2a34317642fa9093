"""The entry point: finds the room and the verb, runs it, turns errors into sentences and exit codes."""

from __future__ import annotations

import io
import os
import sys
from typing import TYPE_CHECKING

from regiowacht.console import Console
from regiowacht.parser import parsers_of
from regiowacht.rooms import ROOMS, Room
from regiowacht_contract.errors import EXIT_FINE, EXIT_USAGE, PartMissing, RegiowachtError, UsageError
from regiowacht_contract.nearest import nearest
from regiowacht_contract.texts import LANGS, choose_lang, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from regiowacht.verb import Verb
    from regiowacht_contract.texts import Lang

INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells expect it: 128 + SIGINT."""


def main(arguments: Sequence[str] | None = None, environ: Mapping[str, str] = os.environ) -> int:
    """Run one command and return its exit code (0 fine, 1 found something, 2 wrong use, 3 out of reach)."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    _write_anything()
    flag = _peek_lang(words)
    console = Console(lang=choose_lang(flag, None, environ), flag=flag)
    try:
        return _run(words, console)
    except RegiowachtError as error:
        console.error(error)
        if error.key == "cli.cannot-write":
            _forget_stdout()
        return error.exit_code
    except ModuleNotFoundError as missing:
        if (missing.name or "").startswith("regiowacht"):
            raise
        console.error(PartMissing("cli.no-module", module=missing.name))
        return PartMissing.exit_code
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of a pipe went away (`| head`): that is its right.
        _forget_stdout()
        return EXIT_FINE


def _write_anything() -> None:
    """Have a terminal without UTF-8 show what it lacks as an escape, instead of ending in an error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _forget_stdout() -> None:
    """Have what is left in the buffer go nowhere, or the interpreter complains when it ends."""
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _run(words: list[str], console: Console) -> int:
    first = _first_word(words)
    if first is None:
        return _without_room(words, console)
    room = _find_room(words[first])
    rest = words[:first] + words[first + 1 :]
    parser, by_verb = parsers_of(room, console.lang)
    if not room.is_verb:
        rest = _verb_first(room, rest, by_verb)
    chosen = parser.parse_args(rest)
    verb: Verb = chosen.verb
    return verb.run(chosen, console)


def _without_room(words: Sequence[str], console: Console) -> int:
    if "--version" in words or "-V" in words:
        from importlib.metadata import version  # noqa: PLC0415 - an agent's start need not pay for it

        console.out(f"regiowacht {version('regiowacht')}")
        return EXIT_FINE
    console.out(_overview(console.lang))
    return EXIT_FINE if "--help" in words or "-h" in words else EXIT_USAGE


def _peek_lang(words: Sequence[str]) -> str | None:
    """Return what ``--lang`` says, wherever it stands, before anything else is read."""
    for index, word in enumerate(words):
        wish = word.partition("=")[2] if word.startswith("--lang=") else ""
        if word == "--lang" and index + 1 < len(words):
            wish = words[index + 1]
        if wish in LANGS:
            return wish
    return None


def _first_word(words: Sequence[str]) -> int | None:
    """Return the place of the first word that is neither an option nor the value of ``--lang``."""
    for index, word in enumerate(words):
        if not word.startswith("-") and (index == 0 or words[index - 1] != "--lang"):
            return index
    return None


def _find_room(word: str) -> Room:
    for room in ROOMS:
        if room.name == word:
            return room
    near = nearest(word, [room.name for room in ROOMS])
    if near is None:
        raise UsageError("cli.no-room-near", room=word, rooms=", ".join(room.name for room in ROOMS))
    raise UsageError("cli.no-room", room=word, nearest=near)


def _verb_first(room: Room, rest: list[str], verbs: Iterable[str]) -> list[str]:
    """Return the words with the verb in front, so that ``--lang`` may stand anywhere."""
    names = list(verbs)
    first = _first_word(rest)
    if first is None:
        return rest
    if rest[first] not in names:
        near = nearest(rest[first], names) or names[0]
        raise UsageError("cli.no-verb", room=room.name, verb=rest[first], verbs=", ".join(names), nearest=near)
    return [rest[first], *rest[:first], *rest[first + 1 :]]


def _overview(lang: Lang) -> str:
    width = max(len(room.name) for room in ROOMS)
    rows = [f"  {room.name:<{width}}  {say(room.help, lang)}" for room in ROOMS]
    return "\n".join([say("cli.overview", lang), "", *rows, "", say("cli.overview-end", lang)])


if __name__ == "__main__":
    sys.exit(main())
