"""``regiowacht audit history|diff``: what was kept of configurations, and what changed."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from regiowacht.verb import Verb, add_json, add_region
from regiowacht.verbs.audit_run import STORE
from regiowacht_contract.errors import EXIT_FINE, EXIT_FOUND, Found, UsageError
from regiowacht_contract.texts import say

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from regiowacht.console import Console
    from regiowacht_audit.store.store import Store
    from regiowacht_contract.texts import Lang
    from regiowacht_inventory import Region


def _add_store(parser: ArgumentParser, lang: Lang) -> None:
    add_region(parser, lang)
    parser.add_argument("--store", metavar="DIR", help=say("audit-run.option-store", lang, default=STORE))


def _add_history(parser: ArgumentParser, lang: Lang) -> None:
    parser.add_argument("of", metavar="GEMEENTE[/DEVICE]", help=say("audit-run.help-of", lang))
    parser.add_argument("--most", type=int, default=50, metavar="N", help=say("audit-run.option-most", lang))
    _add_store(parser, lang)
    add_json(parser, lang)


def _add_diff(parser: ArgumentParser, lang: Lang) -> None:
    parser.add_argument("device", metavar="GEMEENTE/DEVICE", help=say("audit-run.help-of", lang))
    parser.add_argument("before", nargs="?", metavar="BEFORE", help=say("audit-run.help-before", lang))
    parser.add_argument("after", nargs="?", metavar="AFTER", help=say("audit-run.help-after", lang))
    _add_store(parser, lang)
    add_json(parser, lang)


def _history(chosen: Namespace, console: Console) -> int:
    """Print the changes, newest first."""
    gemeente, _, device = chosen.of.partition("/")
    if chosen.most < 1:
        raise UsageError("audit-run.bad-most", count=chosen.most)
    store, console = _opened(chosen, console, gemeente, device)
    changes = store.history(gemeente, device, chosen.most)
    if chosen.json:
        console.json(
            {
                "changes": [
                    {
                        "id": one.id,
                        "at": one.at_s,
                        "who": one.who,
                        "device": one.device,
                        "added": one.added,
                        "removed": one.removed,
                    }
                    for one in changes
                ]
            }
        )
    elif not changes:
        console.tell("audit-run.no-history", of=chosen.of)
    else:
        for one in changes:
            at = time.strftime("%Y-%m-%d %H:%M", time.localtime(one.at_s))
            console.out(f"{one.id[:10]}  {at}  {one.device}  +{one.added} -{one.removed}  {one.who}")
    return EXIT_FINE


def _diff(chosen: Namespace, console: Console) -> int:
    """Print what changed in a device: since the change before the last, or between two; exit 1 where it did."""
    from regiowacht_audit.store.store import difference

    gemeente, _, device = chosen.device.partition("/")
    if not device:
        raise UsageError("audit-run.diff-device", name=chosen.device)
    store, console = _opened(chosen, console, gemeente, device)
    changes = [one.id for one in store.history(gemeente, device, 2)]
    if not changes:
        raise Found("audit-run.no-history", of=chosen.device)
    after = chosen.after or changes[0]
    before = chosen.before or (changes[1] if len(changes) > 1 else "")
    old = store.at(gemeente, device, before) if before else ""
    rows = difference(
        old, store.at(gemeente, device, after), f"{chosen.device} {before[:10]}", f"{chosen.device} {after[:10]}"
    )
    if chosen.json:
        console.json({"device": chosen.device, "before": before, "after": after, "diff": rows})
    else:
        for row in rows:
            console.out(row)
    return EXIT_FOUND if rows else EXIT_FINE


def _opened(chosen: Namespace, console: Console, gemeente: str, device: str) -> tuple[Store, Console]:
    """Return the store, and a console in the region's language; a store that was named needs no region beside it.

    Raises:
        UsageError: that gemeente or device is neither in the region nor kept of old, or there is no such store.
    """
    from regiowacht.region import open_region
    from regiowacht_audit.store.store import Store
    from regiowacht_audit.targets import refuse_unknown

    region: Region | None = None
    if chosen.store and not Path(chosen.store).is_dir():
        raise UsageError("audit-run.no-store", path=chosen.store)
    if chosen.region is not None or not chosen.store or Path("region.yml").is_file():
        region, console = open_region(chosen.region, console)
    store = Store(Path(chosen.store) if chosen.store else Path(chosen.region or ".") / STORE)
    declared = {one.gemeente: [each.name for each in one.devices] for one in region.gemeenten} if region else {}
    refuse_unknown([gemeente], {*declared, *store.gemeenten()}, "audit-run.no-gemeente")
    if device:
        known = {*declared.get(gemeente, ()), *store.devices(gemeente)}
        refuse_unknown([f"{gemeente}/{device}"], {f"{gemeente}/{one}" for one in known}, "audit-run.no-device")
    return store, console


HISTORY = Verb("history", "audit-run.help-history", _add_history, _history)
DIFF = Verb("diff", "audit-run.help-diff", _add_diff, _diff)
