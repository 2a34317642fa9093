"""What tests of any room take from the lab."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.lab import rootfs
from tests.lab.lab import Lab
from tests.lab.small_region import SmallRegion

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def small_region() -> Iterator[SmallRegion]:
    """The small region, up for the whole run; a test that breaks something mends it before it ends."""
    with SmallRegion(rootfs.find()) as region:
        yield region


@pytest.fixture
def lab() -> Iterator[Lab]:
    """An empty lab of the test's own."""
    with Lab(rootfs.find()) as made:
        yield made
