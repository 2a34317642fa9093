"""``regiowacht dashboards push``: what a Grafana's provisioning files cannot say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht.verb import Verb, add_json, add_region
from regiowacht_contract.errors import EXIT_FINE, EXIT_FOUND
from regiowacht_contract.texts import say

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from regiowacht.console import Console
    from regiowacht_contract.texts import Lang


def _add_arguments(parser: ArgumentParser, lang: Lang) -> None:
    add_region(parser, lang)
    parser.add_argument("--grafana", required=True, metavar="URL", help=say("rights.option-grafana", lang))
    parser.add_argument("--credential", required=True, metavar="REF", help=say("rights.option-credential", lang))
    parser.add_argument("--user", default="", metavar="NAME", help=say("rights.option-user", lang))
    organisation = say("rights.option-organisation", lang)
    parser.add_argument("--organisation", default="", metavar="NAME", help=organisation)
    parser.add_argument("--dry-run", action="store_true", help=say("rights.option-dry-run", lang))
    add_json(parser, lang)


def _run(options: Namespace, console: Console) -> int:
    """Change what differs and say each step; exit code 1 where a folder is not there yet.

    Raises:
        RegionInvalid: the region folder holds mistakes.
        UsageError: there is no such region folder, or no such address.
        Found: Grafana refuses.
        Unreachable: it does not answer.
        Unavailable: there is no such secret, or what answers is no Grafana.
    """
    from regiowacht.region import open_region
    from regiowacht_contract.secret import resolve
    from regiowacht_dashboards.preview.upstream import Upstream
    from regiowacht_dashboards.rights.grafana import Credential, Grafana
    from regiowacht_dashboards.rights.push import Step, push

    Upstream.refuse_bad(options.grafana)
    region, console = open_region(options.region, console)
    grafana = Grafana.at(options.grafana, Credential(resolve(options.credential), options.user))
    steps: list[Step] = []
    with grafana.http:
        for step in push(grafana, region, console.lang, options.organisation, dry_run=options.dry_run):
            steps.append(step)
            if not options.json:
                change = say(f"rights.change-{step.change}", console.lang)
                console.out(f"{change}: {say(f'rights.kind-{step.kind}', console.lang)} {step.name}")
    if options.json:
        console.json([{"kind": step.kind, "name": step.name, "change": step.change} for step in steps])
    if options.dry_run:
        console.tell("rights.not-changed")
    missing = any(step.change == "missing" for step in steps)
    if missing:
        console.tell("rights.provision-first")
    return EXIT_FOUND if missing else EXIT_FINE


PUSH = Verb("push", "rights.verb", _add_arguments, _run)
