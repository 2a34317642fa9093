"""What the dashboards of a large region cost to generate, and that they are the same bytes every time.

Each run is a fresh process of the command, with another seed for the hashes of Python; the region is read from its
folder in it. Beside it stands ``check`` of the same region, which only reads it: the difference is the dashboards.

Usage: python -m tests.benchmarks.build_dashboards [GEMEENTEN [DEVICES]]; default 300 and 30,000.
"""

from __future__ import annotations

import hashlib
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from regiowacht.demo.history import Size, write_region

if TYPE_CHECKING:
    from collections.abc import Sequence

RUNS = 4
LANGS = ("nl", "en")
PROGRAM = Path(sys.executable).with_name("regiowacht")


def cpu_of(words: Sequence[str | Path], seed: int) -> float:
    """Return the processor seconds of the command, its start included."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    environment = {**os.environ, "PYTHONHASHSEED": str(seed)}
    subprocess.run([PROGRAM, *words], env=environment, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def digest(folder: Path) -> tuple[str, int, int]:
    """Return a digest of all files with their names, how many there are, and their bytes."""
    files = {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*.json"))}
    whole = hashlib.sha256(repr(sorted(files.items())).encode()).hexdigest()
    return whole, len(files), sum(map(len, files.values()))


def main(words: Sequence[str]) -> None:
    """Print what it costs."""
    size = Size(*map(int, words)) if words else Size(300, 30_000)
    with tempfile.TemporaryDirectory(prefix="regiowacht-build-") as name:
        region, out = Path(name, "region"), Path(name, "out")
        write_region(region, size)
        reading = min(cpu_of(("check", region), seed) for seed in range(RUNS))
        print(f"{size.gemeenten} gemeenten, {size.devices:,} devices; load {os.getloadavg()[0]:.1f}; best of {RUNS}")
        print(f"reading the region alone: {reading:.2f} CPU s")
        for lang in LANGS:
            spent, found = [], set()
            for seed in range(RUNS):
                target = out / f"{lang}-{seed}"
                spent.append(cpu_of(("dashboards", "build", "--region", region, "--out", target, "--lang", lang), seed))
                found.add(digest(target))
            if len(found) > 1:
                raise SystemExit(f"{lang}: not the same bytes every time; was something changed meanwhile?")
            [(whole, files, length)] = found
            print(
                f"{lang}: {min(spent):.2f} CPU s (worst {max(spent):.2f}), {files} files, {length:,} bytes,"
                f" the same every time: {whole[:16]}"
            )


if __name__ == "__main__":
    main(sys.argv[1:])
