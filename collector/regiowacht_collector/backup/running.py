"""Finds the engine of a running collector."""

from __future__ import annotations

from pathlib import Path

PROC = Path("/proc")
SWITCH = "--storage.tsdb.path="


def engine_of(collector: int, storage: Path, proc: Path = PROC) -> int | None:
    """Return the process id of the engine that a collector runs on ``storage``, or None where there is none now."""
    for children in proc.glob(f"{collector}/task/*/children"):
        for child in children.read_text().split():
            try:
                words = (proc / child / "cmdline").read_bytes().decode(errors="replace").split("\0")
                paths = [word.removeprefix(SWITCH) for word in words if word.startswith(SWITCH)]
                if any(Path(path).samefile(storage) for path in paths):
                    return int(child)
            except OSError:
                continue
    return None
