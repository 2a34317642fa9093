"""How long the small region takes to come up and to go, alone and three at once.

There is no peer to run beside it: what builds such regions elsewhere (containerlab, Mininet) needs images or kernel
modules that are not to be had here. Run as root: ``python tests/benchmarks/lab.py``.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.lab import rootfs
from tests.lab.small_region import SmallRegion

RUNS = 3
ONE = "--one"


def once() -> tuple[float, float]:
    """Return how long the region took to come up and to go, in seconds."""
    began = time.monotonic()
    region = SmallRegion(rootfs.find())
    up = time.monotonic()
    region.down()
    return up - began, time.monotonic() - up


def main() -> None:
    """Print the figures."""
    if ONE in sys.argv:
        print(*once())
        return
    print(f"load {os.getloadavg()[0]:.1f}, {os.cpu_count()} processors")
    runs = [once() for _ in range(RUNS)]
    for what, seconds in zip(("up", "down"), zip(*runs, strict=True), strict=True):
        print(f"{what:5} median {statistics.median(seconds):5.2f} s of {', '.join(f'{one:.2f}' for one in seconds)}")
    three = [subprocess.Popen([sys.executable, __file__, ONE], stdout=subprocess.PIPE, text=True) for _ in range(3)]
    told = [process.communicate()[0].split() for process in three]
    print("three at once:", "; ".join(f"up {float(up):.2f} s, down {float(down):.2f} s" for up, down in told))


if __name__ == "__main__":
    main()
