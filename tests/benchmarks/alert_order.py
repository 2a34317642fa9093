"""How long after what hangs behind it a router or circuit is seen to be down: what ``for_behind`` must outlast.

Usage: ``python -m tests.benchmarks.alert_order [RUNS]``. A fault at a random moment, every clock at a random phase;
no process runs, this is arithmetic. What comes out stands in ``docs/explanation/alerts.md``.
"""

from __future__ import annotations

import math
import random
import sys
from dataclasses import dataclass

RULES_S = 15.0


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


def _next(after: float, every: float, phase: float) -> float:
    """Return the first moment of a clock that ticks ``every`` seconds, at or after ``after``."""
    return math.ceil((after - phase) / every) * every + phase


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200_000)
