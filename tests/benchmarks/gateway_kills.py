"""Kills a collector or its engine at random points, and counts what was acknowledged and is not there.

python -m tests.benchmarks.gateway_kills [KILLS [SEED]]
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from random import Random

from regiowacht_collector.engine import find_engine
from tests.collector.gateway.kills import SERIES, kill_at_random


def main(kills: int = 200, seed: int = 1) -> None:
    """Print what came of it."""
    begun = time.monotonic()
    engine = find_engine()
    with tempfile.TemporaryDirectory() as folder:
        found = kill_at_random(Path(folder) / "data", str(engine.prometheus), kills, Random(seed))
    print(f"{engine.name()}, seed {seed}: {found.kills} kills in {time.monotonic() - begun:.0f} s")
    print(f"{found.acknowledged} writes of {SERIES} samples acknowledged, {found.again} sent again")
    print(f"missing {found.missing}, twice or with another value {found.wrong}")


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:]))
