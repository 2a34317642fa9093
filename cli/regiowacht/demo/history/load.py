"""Puts a past into an engine's storage: written and loaded piece by piece, so that little of the text is ever there."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from regiowacht_collector.backfill import backfill
from regiowacht_contract.errors import Unavailable

if TYPE_CHECKING:
    from regiowacht.demo.history.past import Past

TEXT = ".past-text-"


def load_past(past: Past, storage: Path, promtool: Path | None) -> None:
    """Load the whole past into ``storage``, or nothing; the text stands beside it meanwhile.

    Raises:
        PartMissing: there is no promtool, or it does not run.
        Unavailable: the disk is full, or the storage cannot be written.
    """
    try:
        storage.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=TEXT, dir=storage) as folder:
            backfill(past.files(Path(folder)), storage, promtool, remove=True)
    except OSError as error:
        raise Unavailable("history.cannot-write", path=error.filename or storage, reason=error.strerror) from error
