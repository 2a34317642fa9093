"""What tests of pushing share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.agent.push.receiver import Receiver

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Return a receiver that takes everything."""
    made = Receiver()
    yield made
    made.close()
