"""``audit run --push``: each gemeente's metrics go to the gateway with that gemeente's own token."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from regiowacht_contract.credentials import at_hand, is_handed
from regiowacht_contract.errors import RegiowachtError, Unavailable, UsageError
from regiowacht_contract.texts import say

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Sequence

    from regiowacht.console import Console
    from regiowacht_audit.outcome import Outcome
    from regiowacht_audit.report.push import Gateway
    from regiowacht_audit.scrub.scanner import Scanner
    from regiowacht_contract.texts import Lang
    from regiowacht_inventory import Region

TOKEN_MAX_CHARS = 4096


def add_push(parser: ArgumentParser, lang: Lang) -> None:
    """Declare ``--push DIR`` and ``--push-url URL``."""
    parser.add_argument("--push", metavar="DIR", help=say("audit-push.option-push", lang))
    parser.add_argument("--push-url", metavar="URL", help=say("audit-push.option-push-url", lang))


def gateway_of(region: Region, chosen: Namespace) -> Gateway | None:
    """Return where to push to; None where nobody asked for it.

    Raises:
        UsageError: there is no such folder, or no such address; better known before a device is asked.
    """
    from regiowacht_audit.report.push import Gateway

    if not chosen.push:
        return None
    if not Path(chosen.push).is_dir() and not is_handed(chosen.push):
        raise UsageError("audit-push.no-folder", path=chosen.push)
    return Gateway(chosen.push_url or region.collector.url, str(region.collector.ca or ""))


def push(
    gateway: Gateway, region: Region, outcomes: Sequence[Outcome], scanner: Scanner, chosen: Namespace, console: Console
) -> list[RegiowachtError]:
    """Push what was judged; return why a gemeente's was not: the others' is."""
    from regiowacht_audit.report.looked_at import looked_at
    from regiowacht_audit.report.metrics import run_as_metrics
    from regiowacht_audit.report.push import bodies

    now_s = time.time()
    refused: list[RegiowachtError] = []
    written = 0
    try:
        looked_at("--push", lambda some: run_as_metrics(some, now_s), outcomes, scanner)
    except RegiowachtError as error:
        return [error]
    for gemeente, body in bodies(region, outcomes, now_s).items():
        try:
            gateway.write(gemeente, _token(Path(chosen.push), gemeente), body)
            written += 1
        except RegiowachtError as error:
            refused.append(error)
    console.tell("audit-push.done", count=written)
    return refused


def _token(folder: Path, gemeente: str) -> str:
    file = folder / f"{gemeente}.token"
    try:
        with Path(at_hand(str(file))).open(encoding="ascii") as told:
            token = told.read(TOKEN_MAX_CHARS).strip()
    except OSError:
        raise Unavailable("audit-push.no-token", gemeente=gemeente, file=file) from None
    except UnicodeDecodeError:
        token = ""
    if not token or len(token.split()) != 1 or not token.isprintable():
        raise Unavailable("audit-push.bad-token", gemeente=gemeente, file=file)
    return token
