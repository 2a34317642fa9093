"""From where on what is deleted has to be deleted.

Prometheus 3.5 panics over queries that begin before a deleted time and end within it (``Intervals.Add`` in its
``tsdb/tombstones``), unless the deletion begins where its block does. So a deletion reaches back to the beginning of
the block, or of the memory, that its first sample is in; what was there before is written once more.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def deletion_start(storage: Path, head_from_ms: int, from_ms: int, until_ms: int) -> int:
    """Return the time from which to delete, so that it is the beginning of every block it touches.

    Args:
        storage: the engine's folder.
        head_from_ms: the oldest time that is in its memory alone.
        from_ms: first time to delete.
        until_ms: last one.
    """
    spans = [*_blocks(storage), (head_from_ms, until_ms + 1)]
    start_ms = from_ms
    while True:
        earlier = min([start_ms, *(first for first, end in spans if end > start_ms and first <= until_ms)])
        if earlier == start_ms:
            return start_ms
        start_ms = earlier


def _blocks(storage: Path) -> Iterator[tuple[int, int]]:
    """Yield (first time, end) of each block, milliseconds; one that goes away meanwhile is part of another by then."""
    for meta in storage.glob("*/meta.json"):
        try:
            told = json.loads(meta.read_bytes())
            yield int(told["minTime"]), int(told["maxTime"])
        except (OSError, ValueError, KeyError):
            continue
