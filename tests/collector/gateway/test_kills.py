"""What was acknowledged is stored, once, wherever the collector or its engine was killed.

Two hundred kills are done by hand: ``tests/benchmarks/gateway_kills.py``.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest

from tests.collector.gateway.kills import kill_at_random
from tests.parts import need

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.tools
@pytest.mark.timeout(600)
def test_what_was_acknowledged_is_there_once_after_kills(tmp_path: Path) -> None:
    findings = kill_at_random(tmp_path / "data", need("prometheus"), kills=4, random=Random(7))
    assert findings.acknowledged > 0
    assert (findings.missing, findings.wrong) == (0, 0)
