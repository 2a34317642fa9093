"""How long after what hangs behind it a router or circuit is seen to be down: what ``for_behind`` must outlast.

Then, with the times of the rules as they are, what is told of a site of 40 things when what they hang on falls: a
thing that is seen to be down holds its tongue once its cause is seen, unless it has begun to fire before.

Usage: ``python -m tests.benchmarks.alert_order [RUNS]``. A fault at a random moment, every clock at a random phase;
no process runs, this is arithmetic. What comes out stands in ``docs/explanation/alerts.md``.
"""

from __future__ import annotations

import math
import random
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from regiowacht_collector.alerts.rule import alert
from tests.flow.alerts.faster import seconds

if TYPE_CHECKING:
    from collections.abc import Callable

RULES_S = 15.0
SITE = 40
"""Things that fall with what they hang on."""

SILENT_S, PUSH_S = 45.0, 15.0
"""What pushes counts as silent after so long; how often it pushes."""


@dataclass(frozen=True, slots=True)
class Asked:
    """How a thing is asked: every so often, giving up after so long, on a page that is read every so often."""

    every_s: float
    gives_up_s: float
    page_s: float


DEVICE = Asked(60, 6, 60)
"""Over SNMP: three times two seconds, as the agent has it by default."""

LINE = Asked(15, 5, 15)


def seen_s(asked: Asked, asks: float, page: float, rules: float) -> float:
    """Return how long after a fault at 0 a rule first sees it; ``asks``, ``page``, ``rules``: phases in seconds."""
    begun = _next(0, asked.every_s, asks)
    read = _next(begun + asked.gives_up_s, asked.page_s, page)
    return _next(read, RULES_S, rules)


def later_s(child: Asked, parent: Asked, *, one_page: bool, rng: random.Random) -> float:
    """Return how long after the child the parent is seen, in one random case."""
    rules, page = rng.uniform(0, RULES_S), rng.uniform(0, parent.page_s)
    of_child = page if one_page else rng.uniform(0, child.page_s)
    first = seen_s(child, rng.uniform(0, child.every_s), of_child, rules)
    return seen_s(parent, rng.uniform(0, parent.every_s), page, rules) - first


def silent_s(pushed: float, rules: float) -> float:
    """Return how long after a fault at 0 a rule sees that what pushes is silent; ``pushed``: how long ago it did."""
    return _next(SILENT_S - pushed, RULES_S, rules)


def behind_router(rng: random.Random, child: Asked, waits_s: float, *, one_page: bool) -> int:
    """Return how many of a site's things begin to fire before the router that they hang on is seen to be down."""
    rules, page = rng.uniform(0, RULES_S), rng.uniform(0, 60)
    cause = seen_s(DEVICE, rng.uniform(0, 60), page, rules)
    each = (
        seen_s(child, rng.uniform(0, child.every_s), page if one_page else rng.uniform(0, child.page_s), rules)
        for _ in range(SITE)
    )
    return sum(seen + waits_s < cause for seen in each)


def behind_line(rng: random.Random, waits_s: float) -> int:
    """Return the same of servers that push, behind a line that is asked from another site."""
    rules = rng.uniform(0, RULES_S)
    cause = seen_s(LINE, rng.uniform(0, 15), rng.uniform(0, 15), rules)
    return sum(silent_s(rng.uniform(0, PUSH_S), rules) + waits_s < cause for _ in range(SITE))


def all_servers(rng: random.Random, waits_s: float) -> int:
    """Return the same of a site's servers that push, before all of them are seen to be silent."""
    rules = rng.uniform(0, RULES_S)
    each = [silent_s(rng.uniform(0, PUSH_S), rules) for _ in range(SITE)]
    return sum(seen + waits_s < max(each) for seen in each)


def site_of_40(runs: int) -> None:
    """Print what is kept back of a site of 40 things, by what they hang on."""
    wait = {
        name: (seconds(alert(name).for_), seconds(alert(name).for_behind or alert(name).for_))
        for name in ("AssetNeer", "AssetStil", "LijnNeer")
    }
    cases: dict[str, Callable[[random.Random], int]] = {
        "devices behind a router, one poller": lambda rng: behind_router(
            rng, DEVICE, wait["AssetNeer"][1], one_page=True
        ),
        "devices behind a router, two pollers": lambda rng: behind_router(
            rng, DEVICE, wait["AssetNeer"][1], one_page=False
        ),
        "lines that end on a router": lambda rng: behind_router(rng, LINE, wait["LijnNeer"][1], one_page=False),
        "servers behind a line asked from afar": lambda rng: behind_line(rng, wait["AssetStil"][1]),
        "all servers of a site": lambda rng: all_servers(rng, wait["AssetStil"][0]),
    }
    print(f"{f'a site of {SITE}, {runs} cases each':40} {'kept back':>10}")
    for name, told in cases.items():
        rng = random.Random(9)
        print(f"{name:40} {1 - sum(told(rng) for _ in range(runs)) / runs / SITE:10.3%}")


def main(runs: int) -> None:
    """Print, for each pair, the worst delay and how often it is longer than each wait."""
    cases = (
        ("device behind device, one poller", DEVICE, DEVICE, True),
        ("device behind device, two pollers", DEVICE, DEVICE, False),
        ("line behind device", LINE, DEVICE, False),
        ("device behind line", DEVICE, LINE, False),
    )
    print(f"{'seconds; ' + str(runs) + ' cases each':36} {'worst':>6} {'> 75':>8} {'> 150':>8}")
    for name, child, parent, one_page in cases:
        rng = random.Random(9)
        found = [later_s(child, parent, one_page=one_page, rng=rng) for _ in range(runs)]
        shares = [sum(one >= wait for one in found) / runs for wait in (75, 150)]
        print(f"{name:36} {max(found):6.0f} {shares[0]:8.2%} {shares[1]:8.2%}")
    print(f"{'seen after, seconds':36} {'median':>6} {'worst':>8}")
    for name, asked in (("device", DEVICE), ("line", LINE)):
        rng = random.Random(9)
        seen = sorted(
            seen_s(asked, rng.uniform(0, asked.every_s), rng.uniform(0, asked.page_s), rng.uniform(0, RULES_S))
            for _ in range(runs)
        )
        print(f"{name:36} {seen[runs // 2]:6.0f} {seen[-1]:8.0f}")
    site_of_40(max(1, runs // SITE))


def _next(after: float, every: float, phase: float) -> float:
    """Return the first moment of a clock that ticks ``every`` seconds, at or after ``after``."""
    return math.ceil((after - phase) / every) * every + phase


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200_000)
