"""A run does nothing twice that it can keep: compiled modules, and what was collected, which is no garbage.

An environment may ask Python to write no bytecode (``PYTHONDONTWRITEBYTECODE``). Then every worker, and every process
that a test starts, would compile all it imports again: a quarter of a minute of each worker's time alone. Tests write
it; ``make clean`` removes it.
"""

from __future__ import annotations

import gc
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

NO_BYTECODE = "PYTHONDONTWRITEBYTECODE"


def pytest_configure(config: pytest.Config) -> None:
    """Have bytecode written, by this process and by those it starts."""
    del config
    os.environ.pop(NO_BYTECODE, None)
    sys.dont_write_bytecode = False


def pytest_collection_finish(session: pytest.Session) -> None:
    """Spare the tests that were collected from being looked through for garbage again and again."""
    del session
    gc.collect()
    gc.freeze()
