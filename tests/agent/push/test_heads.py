from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regiowacht_agent.push.heads import Heads
from regiowacht_contract.wire.encode import head

NAMES = st.text("abcABC_:xyz0", min_size=1, max_size=200)
LABELS = st.dictionaries(st.text("aAzZ_", min_size=1, max_size=3), st.text(min_size=1, max_size=300), max_size=3)


@given(st.lists(st.tuples(NAMES, LABELS), max_size=10))
def test_whatever_the_labels_are_they_come_back(series: list[tuple[str, dict[str, str]]]) -> None:
    told = [head((labels | {"__name__": name}).items()) for name, labels in series]
    heads = Heads(told)
    assert list(heads) == told
    assert len(heads) == len(told)
    assert [heads[at] for at in range(len(told))] == told
    assert heads[1:4] == tuple(told[1:4])


def test_what_series_share_is_kept_once() -> None:
    rows = [(("ifAlias", "a" * 100), ("ifIndex", str(row))) for row in range(50)]
    heads = Heads(head((("__name__", name), *row)) for name in ("ifInErrors", "ifOutErrors") for row in rows)
    assert len({id(one) for one in heads._rest}) == 50
    assert len({id(one) for one in heads._names}) == 2


def test_a_place_beyond_the_end_is_told() -> None:
    with pytest.raises(IndexError):
        Heads([])[0]
