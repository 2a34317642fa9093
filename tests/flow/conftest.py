"""What tests of the whole product share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.flow.demo_process import ALONE, Demo, running_demo
from tests.parts import need_engine, need_uplot

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    """A demo in Dutch, of this machine alone, that one file of tests shares."""
    need_engine()
    need_uplot()
    with running_demo([ALONE, "--lang", "nl"]) as running:
        yield running
