"""What ``audit run`` knows beside the configurations: how fresh the backups are, and which secrets are reused."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from regiowacht.verbs.audit_run import STORE
from regiowacht_audit.judge.beside import Beside
from regiowacht_audit.judge.check import judge_again
from regiowacht_audit.reader import names_for
from regiowacht_audit.reuse import Reuse, tokens_of
from regiowacht_audit.store.store import Store

if TYPE_CHECKING:
    from argparse import Namespace

    from regiowacht_audit.facts.fact import Item
    from regiowacht_audit.outcome import Outcome
    from regiowacht_contract.texts import Lang
    from regiowacht_inventory import Region

DAY_S = 86400


def store_of(chosen: Namespace) -> Store:
    """Return the store that was named, or the region folder's."""
    return Store(Path(chosen.store) if chosen.store else Path(chosen.region or ".") / STORE)


def with_backup(outcome: Outcome, store: Store) -> Outcome:
    """Judge by the age of what is kept; where nothing is, it stays unknown."""
    if outcome.judged is None:
        return outcome
    seen_s = store.seen_s(outcome.gemeente, outcome.device)
    if seen_s is None:
        return outcome
    days = max(0, int(time.time()) - seen_s) // DAY_S
    return replace(outcome, judged=judge_again(outcome.judged, Beside(backup_days=days)))


def with_reuse(region: Region, outcomes: list[Outcome], store: Store, reader: str, lang: Lang) -> list[Outcome]:
    """Judge by what the devices of the region share: those of this run, and the others as they are kept."""
    reuse = Reuse({one.gemeente for one in region.gemeenten if any(device.platform for device in one.devices)})
    read = {(one.gemeente, one.device): one for one in outcomes if one.text}
    for (gemeente, device), one in read.items():
        reuse.add(gemeente, device, tokens_of(one.text))
    for town in region.gemeenten:
        _add_kept(reuse, town.gemeente, store, set(read))
    name = names_for(region, reader, datetime.now(UTC).date(), lang)
    return [_judged_again(one, reuse.items(one.gemeente, one.device, one.text, name)) for one in outcomes]


def _add_kept(reuse: Reuse, gemeente: str, store: Store, read: set[tuple[str, str]]) -> None:
    kept = store.devices(gemeente)
    tokens = store.tokens(gemeente) if kept else []
    for device in kept:
        if (gemeente, device) not in read:
            reuse.add(gemeente, device, (token for holder, token in tokens if holder == device))


def _judged_again(outcome: Outcome, shared: tuple[Item, ...]) -> Outcome:
    if outcome.judged is None:
        return outcome
    return replace(outcome, judged=judge_again(outcome.judged, Beside(shared=shared)))
