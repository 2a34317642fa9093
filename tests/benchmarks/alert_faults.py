"""From a planted fault to the mailbox: how long, who is told, and what is not told because its cause is.

A collector, Prometheus and Alertmanager run as in production, beside a real mail server. For each alert that has an
example short enough one fault is planted, in a gemeente of its own; beside them a site with 40 devices behind a router
falls, as do things in a gemeente without receivers, outside office hours and in a maintenance window. What is measured
is written as agents push it, every 15 seconds, each fault at a moment of its own within them. Of each it prints the
seconds from the fault to the mail, and of those what is beyond the rule's own ``for`` and one interval; of an alert
that looks back over a time its expression holds later than the fault, so that there is also the time from when the
engine sees it.

Usage: python -m tests.benchmarks.alert_faults [--longest MINUTES] [--factor N]
With ``--factor`` every duration is divided (see ``tests/flow/alerts/faster.py``); seconds are told by the slow clock.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tests.collector.alerts.notify.receivers import Web
from tests.flow.alerts.planted import REGION_WIDE
from tests.flow.alerts.scenes import faults, scenes
from tests.flow.alerts.stage import BEHIND, TimedMailbox, running, write_region

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.flow.alerts.planted import Planted
    from tests.flow.alerts.stage import Stage

INTERVAL_S = 15
AFTER = 12
"""Samples that are played after the last fault is over: a group is told again after a minute."""


def main() -> None:
    """Plant, wait, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--longest", type=float, default=60, help="minutes an example may take")
    parser.add_argument("--factor", type=int, default=1, help="how much faster")
    asked = parser.parse_args()
    longest = round(asked.longest * 60 / INTERVAL_S)
    planted = faults(longest)
    slugs = [one.gemeente for one in planted if one.gemeente != REGION_WIDE]
    with tempfile.TemporaryDirectory() as name, TimedMailbox() as mailbox, Web() as web:
        folder = Path(name)
        staged = scenes()
        region = write_region(folder / "region", [*slugs, *(one.gemeente for one in staged)], mailbox, web)
        with running(region, folder / "data", asked.factor) as stage:
            began = time.monotonic()
            stage.play([*planted, *staged], longest + AFTER)
            tell(stage, planted, staged)
            print(f"watchdog called {len(web.posts)} times in {time.monotonic() - began:.0f} s")


def tell(stage: Stage, planted: Sequence[Planted], staged: Sequence[Planted]) -> None:
    """Print a line for each fault, then what was not told."""
    print(f"{'alert':<22} {'mail s':>7} {'beyond':>7} {'seen to mail':>12}  told  resolved  to")
    for one in planted:
        print(_line(stage, one))
    for one in staged:
        rows = [told for told in stage.told() if any(alert["gemeente"] == one.gemeente for alert in told.alerts)]
        names = sorted(
            {f"{told.receiver}: {alert['alert']} {alert['instance']}" for told in rows for alert in told.alerts}
        )
        print(f"{one.gemeente}: {len(rows)} messages; {'; '.join(names)}")
    told_behind = {
        alert["instance"] for told in stage.told() for alert in told.alerts if alert["gemeente"] == "groot"
    } - {"rt-1"}
    print(f"groot: {BEHIND - len(told_behind)} of {BEHIND} devices behind the router suppressed")


def _line(stage: Stage, one: Planted) -> str:
    """Return a fault's line; all seconds by the slow clock."""
    rows = [
        (told, alert["firing"])
        for told in stage.told()
        for alert in told.alerts
        if alert["alert"] == one.alert and (alert["gemeente"] in (one.gemeente, ""))
    ]
    first = [told.at_ms / 1000 for told, is_firing in rows if is_firing]
    fired = {(told.at_ms, told.receiver) for told, is_firing in rows if is_firing}
    solved = {(told.at_ms, told.receiver) for told, is_firing in rows if not is_firing}
    if not first:
        return f"{one.alert:<22} NOT TOLD"
    waits_s = one.waits * INTERVAL_S
    mail_s = (first[0] - stage.at_s(one, one.fault)) * stage.factor
    since = stage.since(one)
    seen = f"{(first[0] - since) * stage.factor - waits_s:>12.0f}" if since else f"{'-':>12}"
    to = ", ".join(sorted({told.receiver for told, _ in rows}))
    beyond_s = mail_s - waits_s - INTERVAL_S
    return f"{one.alert:<22} {mail_s:>7.0f} {beyond_s:>7.0f} {seen} {len(fired):>5} {len(solved):>9}  {to}"


if __name__ == "__main__":
    main()
