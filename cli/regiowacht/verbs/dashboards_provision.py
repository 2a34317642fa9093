"""``regiowacht dashboards provision``: what a Grafana of the region reads at its start."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from regiowacht.verb import Verb, add_json, add_region
from regiowacht_contract.defaults import PROMETHEUS_PORT
from regiowacht_contract.errors import EXIT_FINE, Unavailable, UsageError
from regiowacht_contract.texts import say

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from regiowacht.console import Console
    from regiowacht_contract.texts import Lang
    from regiowacht_dashboards.provisioning.tree import Source

PROMETHEUS_URL = f"http://127.0.0.1:{PROMETHEUS_PORT}"
INTERVAL_S = 15
LONGEST_S = 3600
VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]{0,99}")


def _add_arguments(parser: ArgumentParser, lang: Lang) -> None:
    add_region(parser, lang)
    parser.add_argument("--out", required=True, type=Path, metavar="DIR", help=say("provisioning.option-out", lang))
    parser.add_argument("--at", default=None, metavar="PATH", help=say("provisioning.option-at", lang))
    prometheus = say("provisioning.option-prometheus", lang, url=PROMETHEUS_URL)
    parser.add_argument("--prometheus", default=PROMETHEUS_URL, metavar="URL", help=prometheus)
    parser.add_argument("--credential", default="", metavar="NAME", help=say("provisioning.option-credential", lang))
    interval = say("provisioning.option-interval", lang, seconds=INTERVAL_S)
    parser.add_argument("--interval", default=INTERVAL_S, type=int, metavar="N", help=interval)
    parser.add_argument("--org-id", default=1, type=int, metavar="N", help=say("provisioning.option-org-id", lang))
    parser.add_argument("--dry-run", action="store_true", help=say("dashboards.option-dry-run", lang))
    add_json(parser, lang)


def _run(options: Namespace, console: Console) -> int:
    """Write the tree, and say what changed and what is left to do.

    Raises:
        RegionInvalid: the region folder holds mistakes.
        UsageError: there is no such region folder, or an option cannot be.
        Unavailable: the folder cannot be written.
    """
    from regiowacht.region import open_region
    from regiowacht_dashboards.provisioning.write import provision
    from regiowacht_dashboards.settings import for_region

    at = _at(options.at)
    region, console = open_region(options.region, console)
    source = _source(options, say("provisioning.source-name", console.lang, name=region.name))
    try:
        written = provision(options.out, for_region(region, console.lang), source, at, dry_run=options.dry_run)
    except OSError as error:
        raise Unavailable("dashboards.cannot-write", path=options.out, why=error.strerror or "-") from None
    if options.json:
        console.json([{"file": str(one.path), "uid": one.uid, "change": one.change} for one in written])
    else:
        for one in written:
            console.out(f"{say(f'dashboards.change-{one.change}', console.lang)}: {one.path}")
    if options.dry_run:
        console.tell("dashboards.not-written")
    else:
        console.tell("provisioning.next", path=(at or options.out.resolve()) / "provisioning")
    return EXIT_FINE


def _at(path: str | None) -> PurePosixPath | None:
    if path is not None and not path.startswith("/"):
        raise UsageError("provisioning.bad-at", path=path)
    return PurePosixPath(path) if path else None


def _source(options: Namespace, name: str) -> Source:
    """Return where Grafana asks; what may be a secret by mistake is not repeated in an error."""
    from regiowacht_dashboards.preview.upstream import Upstream
    from regiowacht_dashboards.provisioning.tree import Source

    if options.credential and not VARIABLE.fullmatch(options.credential):
        raise UsageError("provisioning.bad-credential")
    if not 1 <= options.interval <= LONGEST_S:
        raise UsageError("provisioning.bad-interval", seconds=options.interval)
    if options.org_id < 1:
        raise UsageError("provisioning.bad-org-id", number=options.org_id)
    Upstream.refuse_bad(options.prometheus)
    return Source(options.prometheus, name, options.credential, options.interval, options.org_id)


PROVISION = Verb("provision", "provisioning.verb", _add_arguments, _run)
