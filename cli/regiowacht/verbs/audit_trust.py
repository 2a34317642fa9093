"""``regiowacht audit trust DEVICE``: records the host key of a device in the region folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from regiowacht.verb import Verb, add_json, add_region
from regiowacht_contract.errors import EXIT_FINE, EXIT_FOUND, RegiowachtError
from regiowacht_contract.texts import say

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from regiowacht.console import Console
    from regiowacht_audit.trust import Shown
    from regiowacht_contract.texts import Lang


def _add_trust(parser: ArgumentParser, lang: Lang) -> None:
    add_region(parser, lang)
    parser.add_argument("devices", nargs="+", metavar="DEVICE", help=say("audit-run.help-devices", lang))
    parser.add_argument("--fingerprint", metavar="SHA256:...", help=say("audit-run.option-fingerprint", lang))
    parser.add_argument("--replace", action="store_true", help=say("audit-run.option-replace", lang))
    parser.add_argument("--dry-run", action="store_true", help=say("audit-run.option-dry-run-trust", lang))
    add_json(parser, lang)


def _trust(chosen: Namespace, console: Console) -> int:
    """Show each device's key and record it; one that changed is recorded with ``--replace`` alone."""
    from regiowacht.region import open_region
    from regiowacht_audit.fetch.jump import Jumps
    from regiowacht_audit.targets import targets_of
    from regiowacht_audit.trust import FILE, JUMP, record, show, with_jumps

    region, console = open_region(chosen.region, console)
    known_hosts = Path(chosen.region or ".") / FILE
    answers: list[dict[str, str]] = []
    worst = EXIT_FINE
    with Jumps(known_hosts) as jumps:
        for target in with_jumps(targets_of(region, (), chosen.devices)):
            try:
                shown = show(target, known_hosts, jumps.through)
            except RegiowachtError as error:
                console.error(error)
                worst = max(worst, error.exit_code)
                continue
            state = _state(shown, chosen, is_jump=target.name == JUMP)
            refused = state in {"other-fingerprint", "changed"} and not (state == "changed" and chosen.replace)
            if refused:
                worst = max(worst, EXIT_FOUND)
            elif not chosen.dry_run and state != "known":
                record(shown, known_hosts)
            answers.append(
                {"device": str(target), "key": shown.key.get_name(), "fingerprint": shown.fingerprint, "state": state}
            )
            if not chosen.json:
                told = state if refused or state == "known" or chosen.dry_run else "recorded"
                console.out(say(f"audit-run.trust-{told}", console.lang, **answers[-1]))
    if chosen.json:
        console.json({"devices": answers})
    return worst


def _state(shown: Shown, chosen: Namespace, *, is_jump: bool) -> str:
    """Return what is to be said of a key; a fingerprint that was given is a device's, not that of the way to it."""
    if chosen.fingerprint and not is_jump and chosen.fingerprint != shown.fingerprint:
        return "other-fingerprint"
    return shown.state


TRUST = Verb("trust", "audit-run.help-trust", _add_trust, _trust)
