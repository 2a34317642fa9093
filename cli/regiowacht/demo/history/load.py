"""Puts a past into an engine's storage: written and loaded piece by piece, so that little of the text is ever there."""

from __future__ import annotations

import shutil
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from regiowacht_collector.backfill import backfill
from regiowacht_contract.errors import Unavailable, UsageError

if TYPE_CHECKING:
    from regiowacht.demo.history.past import Past

TEXT = ".past-text-"
CLOCKS_DIFFER_S = 60


def load_past(
    past: Past, storage: Path, promtool: Path | None, now_s: float | None = None, *, whole: bool = False
) -> None:
    """Load the whole past into ``storage``, or nothing; the text stands there meanwhile.

    What a killed run left is removed first.

    Args:
        past: what to load.
        storage: an engine's storage; no engine may run on it.
        promtool: the engine's own tool.
        whole: load every server's series of the last hours, for an engine that goes on from there.
        now_s: the time it is, Unix time; None for this machine's clock.

    Raises:
        UsageError: the past ends in the future: an engine would refuse all samples until then.
        PartMissing: there is no promtool, or it does not run.
        Unavailable: the disk is full, or the storage cannot be written.
    """
    ahead_s = past.end_s - (time.time() if now_s is None else now_s)
    if ahead_s > CLOCKS_DIFFER_S:
        raise UsageError("history.end-in-future", seconds=round(ahead_s))
    try:
        storage.mkdir(parents=True, exist_ok=True)
        for left in storage.glob(f"{TEXT}*"):
            shutil.rmtree(left)
        with tempfile.TemporaryDirectory(prefix=TEXT, dir=storage) as folder:
            backfill(past.files(Path(folder), whole=whole), storage, promtool, remove=True)
    except OSError as error:
        raise Unavailable("history.cannot-write", path=error.filename or storage, reason=error.strerror) from error
