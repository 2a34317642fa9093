"""One hundredth of ten million mutated answers of SNMP."""

from __future__ import annotations

from tests.benchmarks.snmp_mutated import LOOKS, REPLIES, SEED, run

GROWTH = 1.2
"""What a young process may still grow by between its middle and its end."""


def test_no_mutated_answer_crashes_hangs_or_grows_the_agent() -> None:
    found = run(REPLIES // 100, SEED)
    assert found.replies == REPLIES // 100
    assert found.taken > 500
    assert found.refused["Malformed"] > 50_000
    assert found.refused["Differs"] > 500
    assert len(found.looks) == LOOKS - 1
    middle, last = found.looks[len(found.looks) // 2], found.looks[-1]
    assert last[1] < middle[1] * GROWTH
    assert last[2] < middle[2] * GROWTH
