"""What the tests of the past share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cli.history import made

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module", autouse=True)
def _forgotten_afterwards() -> Iterator[None]:
    yield
    made.forget()
