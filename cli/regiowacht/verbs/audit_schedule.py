"""``regiowacht audit schedule``: audits at set times, as a service of this server."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from regiowacht.verb import Verb, add_json
from regiowacht.verbs.changes_told import as_json, tell_changes
from regiowacht_contract.errors import UsageError
from regiowacht_contract.texts import say

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from regiowacht.console import Console
    from regiowacht_contract.texts import Lang

REGION = "/etc/regiowacht/region"


def _add_schedule(parser: ArgumentParser, lang: Lang) -> None:
    region = say("schedule.option-region", lang, default=REGION)
    parser.add_argument("--region", metavar="DIR", type=Path, default=Path(REGION), help=region)
    when = parser.add_mutually_exclusive_group(required=True)
    when.add_argument("--on", metavar="CALENDAR", help=say("schedule.option-on", lang))
    when.add_argument("--off", action="store_true", help=say("schedule.option-off", lang))
    parser.add_argument("--dry-run", action="store_true", help=say("install.option-dry-run", lang))
    add_json(parser, lang)


def _schedule(chosen: Namespace, console: Console) -> int:
    """Have every device audited at set times, or not any more; may be said again at any time."""
    from regiowacht.services.beforehand import look, require_root
    from regiowacht.services.schedule import STORE, Schedule, next_time
    from regiowacht.services.systemd import Systemd

    systemd = Systemd()
    schedule = Schedule(systemd, dry_run=chosen.dry_run)
    told = ""
    if chosen.off:
        require_root()
        systemd.require()
        schedule.end()
    else:
        program = look(systemd, lambda key, **values: None)
        region = chosen.region.absolute()
        _require_devices(region, console)
        told = next_time(chosen.on)
        schedule.set(program, region, chosen.on)
    done = schedule.changes.done
    if chosen.json:
        console.json({**as_json(done, dry_run=chosen.dry_run), "next": told, "store": STORE})
        return 0
    tell_changes(done, console, dry_run=chosen.dry_run)
    if chosen.off:
        console.tell("schedule.is-off", store=STORE)
    else:
        console.tell("schedule.is-on", calendar=chosen.on, next=told or "-", store=STORE)
    return 0


def _require_devices(region: Path, console: Console) -> None:
    """See that there is something to audit, and that the service can read what says so.

    Raises:
        RegiowachtError: there is not, or it cannot.
    """
    from regiowacht.region import open_region
    from regiowacht.services.schedule import require_seen
    from regiowacht_audit.targets import targets_of

    found, _ = open_region(region, console)
    if not targets_of(found, [], [], from_files=False):
        raise UsageError("audit-run.nothing-to-read")
    require_seen(region.resolve())


SCHEDULE = Verb("schedule", "schedule.help", _add_schedule, _schedule)
