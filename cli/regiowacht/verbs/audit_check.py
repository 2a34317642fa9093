"""``regiowacht audit check FILE``: judges one configuration offline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht.verb import Verb, add_json
from regiowacht.verbs.configuration_file import read_configuration
from regiowacht_contract.errors import EXIT_FINE, EXIT_FOUND
from regiowacht_contract.texts import say

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from regiowacht.console import Console
    from regiowacht_contract.texts import Lang

DEFAULT_BASELINE = "recommended"


def _add_check(parser: ArgumentParser, lang: Lang) -> None:
    from regiowacht_audit.judge.baseline import shipped
    from regiowacht_audit.platform import platforms

    known = ", ".join(platform.name for platform in platforms())
    baselines = say("audit.option-baseline", lang, known=", ".join(shipped()), default=DEFAULT_BASELINE)
    parser.add_argument("file", metavar="FILE", help=say("audit.help-file", lang))
    parser.add_argument("--platform", required=True, metavar="P", help=say("audit.option-platform", lang, known=known))
    parser.add_argument("--baseline", default=DEFAULT_BASELINE, metavar="B", help=baselines)
    add_json(parser, lang)


def _check(chosen: Namespace, console: Console) -> int:
    """Print the findings; exit 1 where one of them is a violation."""
    from regiowacht_audit.judge.baseline import find_baseline
    from regiowacht_audit.judge.check import check_text
    from regiowacht_audit.judge.show import as_json, as_text
    from regiowacht_audit.platform import find_platform

    platform, baseline = find_platform(chosen.platform), find_baseline(chosen.baseline)
    judged = check_text(read_configuration(chosen.file, errors="replace").removeprefix("\ufeff"), platform, baseline)
    if chosen.json:
        console.json(as_json(judged, console.lang))
    else:
        for line in as_text(judged, console.lang):
            console.out(line)
    return EXIT_FOUND if any(one.status == "fail" for one in judged.findings) else EXIT_FINE


CHECK = Verb("check", "audit.help-check", _add_check, _check)
