"""Thresholds get worse in their own direction."""

from __future__ import annotations

import pytest

from regiowacht_contract.catalogue import UNITS
from regiowacht_contract.errors import CatalogueError
from regiowacht_contract.thresholds import threshold, thresholds


@pytest.mark.parametrize("name", sorted(thresholds()))
def test_critical_is_worse_than_warning(name: str) -> None:
    found = threshold(name)
    assert found.unit in UNITS
    assert (found.critical > found.warning) == (found.direction == "above")


def test_unknown_threshold_is_refused() -> None:
    with pytest.raises(CatalogueError):
        threshold("no_such_threshold")
