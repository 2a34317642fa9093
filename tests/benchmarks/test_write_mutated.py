"""One hundredth of a million mutated writes."""

from __future__ import annotations

from tests.benchmarks.write_mutated import CASES, SEED, run
from tests.collector.gateway.write.mutations import CLASSES


def test_no_mutated_write_goes_on_as_another_gemeentes() -> None:
    found = run(CASES // 100, SEED)
    assert found.cases == CASES // 100
    assert set(CLASSES) <= set(found.classes)
    assert found.samples > 5000
    assert found.parts["foreign-gemeente"] > 500
    assert found.parts["label-twice"] > 500
    assert found.whole["field-twice"] > 300
    assert found.whole["unknown-field"] > 300
    assert found.unread < CASES // 1000
