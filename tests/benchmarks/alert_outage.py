"""An hour without mail, in which one of two Alertmanagers is killed for good: is every critical alert told, and once?

A collector with two Alertmanagers runs as in production, beside a real mail server that is away from the beginning.
One router after the other falls, each in a gemeente of its own; every fourth is back before mail is. A third into the
hour the first Alertmanager is killed and does not come back. Then mail returns.

Usage: python -m tests.benchmarks.alert_outage [--factor N] [--minutes M]
With ``--factor`` every duration is divided (see ``tests/flow/alerts/faster.py``); Alertmanager's pauses between two
tries are not, a minute at most.
"""

from __future__ import annotations

import argparse
import math
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from tests.collector.alerts.notify.receivers import Web
from tests.flow.alerts.planted import LEAD, Planted, expanded
from tests.flow.alerts.scenes import CONNECTIVITEIT, up
from tests.flow.alerts.stage import TimedMailbox, running, write_region

if TYPE_CHECKING:
    from tests.flow.alerts.stage import Stage

ROUTERS, BACK = 24, 4
STEPS_A_MINUTE = 4
DOWN_FOR = 40
"""Samples that every fourth router is down for: ten minutes."""


def main() -> None:
    """Plant, kill, wait, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--factor", type=int, default=1, help="how much faster")
    parser.add_argument("--minutes", type=int, default=60, help="how long mail is away")
    asked = parser.parse_args()
    steps = asked.minutes * STEPS_A_MINUTE
    planted = routers(steps)
    with tempfile.TemporaryDirectory() as name, TimedMailbox() as mailbox, Web() as web:
        region = write_region(Path(name) / "region", [one.gemeente for one in planted], mailbox, web)
        mailbox.stop()
        with running(region, Path(name) / "data", asked.factor, managers=2) as stage:
            stage.play(planted, steps // 3)
            kill_for_good(stage)
            stage.play(planted, steps - steps // 3)
            mailbox.start()
            returned_s = time.time()
            stage.play(planted, 10 * STEPS_A_MINUTE)
            tell(planted, mailbox, returned_s)


def routers(steps: int) -> list[Planted]:
    """Return routers that fall one after the other within so many samples; every fourth comes back."""
    return [_router(number, LEAD + 4 + number * (steps - 80) // ROUTERS) for number in range(ROUTERS)]


def _router(number: int, falls: int) -> Planted:
    back = f" 0x{DOWN_FOR} 1x4000" if number % BACK == BACK - 1 else " 0x4000"
    series = {up(f"g-{number}", "rt-1", "snmp", CONNECTIVITEIT): expanded(f"1x{falls}{back}")}
    # its fault is none within the samples before those that are played: it begins with the first
    return Planted(f"g-{number}", "AssetNeer", series, until=4000, waits=LEAD, fires=2 * LEAD, phase=number % 4 / 4)


def kill_for_good(stage: Stage) -> None:
    """End the first Alertmanager as a crash does; the collector does not start it again."""
    alerts = stage.collector.alerts
    assert alerts is not None
    member = alerts._members[0]
    assert member.process is not None
    member.process._process.kill()
    stage.until(lambda: member.process is None)
    member.again_s = math.inf


def tell(planted: list[Planted], mailbox: TimedMailbox, returned_s: float) -> None:
    """Print how many were told, how often, and how long after mail returned."""
    critical = [
        (at - returned_s, str(mail["To"]))
        for at, mail in zip(mailbox.times, mailbox.mails, strict=True)
        if str(mail["Subject"]).startswith("[KRITIEK]")
    ]
    told = Counter(to for _, to in critical)
    stay = {f"ict@{one.gemeente}.example" for number, one in enumerate(planted) if number % BACK != BACK - 1}
    passing = {f"ict@{one.gemeente}.example" for one in planted} - stay
    print(f"critical and still so: {len(stay & told.keys())} of {len(stay)} told")
    print(f"over before mail was back: {len(passing & told.keys())} of {len(passing)} told")
    print(f"told more than once: {sum(count > 1 for count in told.values())}")
    late = [after_s for after_s, _ in critical]
    print(f"told after mail was back, by the clock: first {min(late):.0f} s, last {max(late):.0f} s")


if __name__ == "__main__":
    main()
