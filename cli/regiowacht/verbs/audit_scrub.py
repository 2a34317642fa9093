"""``regiowacht audit scrub FILE``: shows a configuration as it would be stored, without its secrets."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from regiowacht.console import visible
from regiowacht.verb import Verb, add_json
from regiowacht.verbs.configuration_file import read_configuration
from regiowacht_contract.errors import EXIT_FINE
from regiowacht_contract.texts import say

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from regiowacht.console import Console
    from regiowacht_contract.texts import Lang


def _add_scrub(parser: ArgumentParser, lang: Lang) -> None:
    from regiowacht_audit.platform import platforms

    known = ", ".join(platform.name for platform in platforms())
    parser.add_argument("file", metavar="FILE", help=say("audit.help-file", lang))
    parser.add_argument("--platform", required=True, metavar="P", help=say("audit.option-platform", lang, known=known))
    parser.add_argument("--key", metavar="REFERENCE", help=say("scrub.option-key", lang))
    add_json(parser, lang)


def _scrub(chosen: Namespace, console: Console) -> int:
    """Print the configuration without its secrets, as many rows as it had; exit 1 where one would have been left."""
    from regiowacht_audit.platform import find_platform
    from regiowacht_audit.scrub import Fingerprint, scrub
    from regiowacht_audit.scrub.scanner import Scanner
    from regiowacht_contract.secret import resolve

    platform = find_platform(chosen.platform)
    text = read_configuration(chosen.file, errors="surrogateescape")
    scrubbed = scrub(text, platform.syntax, Fingerprint(resolve(chosen.key).encode() if chosen.key else b""))
    shown = Scanner(taken=scrubbed.secrets).check(scrubbed.text, chosen.file)
    if chosen.json:
        console.json({"platform": platform.name, "secrets": len(scrubbed.secrets), "text": shown})
    else:
        _show(shown, console)
    return EXIT_FINE


def _show(text: str, console: Console) -> None:
    if console.stdout is not None and console.stdout.isatty():
        text = visible(text)
    if isinstance(console.stdout, io.TextIOWrapper):
        console.stdout.reconfigure(errors="surrogateescape", newline="")
    console.write(text)


SCRUB = Verb("scrub", "scrub.help", _add_scrub, _scrub)
