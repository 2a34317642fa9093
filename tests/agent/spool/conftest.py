"""A disk in memory, where there is one: these tests wait for a disk some ten thousand times."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

IN_MEMORY = Path("/dev/shm")


@pytest.fixture(name="tmp_path")
def _tmp_path() -> Iterator[Path]:
    """Return a folder of this test alone."""
    place = IN_MEMORY if os.access(IN_MEMORY, os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=place, prefix="regiowacht-spool-") as folder:
        yield Path(folder)
