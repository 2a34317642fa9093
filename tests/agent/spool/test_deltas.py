from __future__ import annotations

import math
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regiowacht_agent.spool.deltas import decode, encode, scales
from regiowacht_contract.wire.staleness import ABSENT, STALE

ODD = (
    0.0,
    -0.0,
    math.inf,
    -math.inf,
    math.nan,
    STALE,
    ABSENT,
    2.0**53,
    2.0**53 + 2,
    -(2.0**60),
    1e300,
    5e-324,
    0.1,
    1e-9,
)
VALUES = st.one_of(
    st.sampled_from(ODD),
    st.integers(min_value=-(2**54), max_value=2**54).map(float),
    st.decimals(-(10**9), 10**9, places=4).map(float),
    st.floats(),
)


@given(st.lists(st.tuples(VALUES, VALUES, VALUES), max_size=30))
def test_whatever_the_values_are_they_come_back_to_the_bit(rows: list[tuple[float, float, float]]) -> None:
    first, base, values = (array("d", [row[at] for row in rows]) for at in range(3))
    digits = scales(base, scales(first, b""))
    assert decode(encode(values, base, digits), base, digits).tobytes() == values.tobytes()


def test_what_did_not_change_takes_nothing() -> None:
    values = array("d", range(1000))
    assert len(encode(values, values, scales(values, b""))) == 3


def test_hundredths_take_a_step_of_one_byte() -> None:
    base = array("d", [12186.44] * 1000)
    values = array("d", [12186.51 if at % 10 == 0 else 12186.44 for at in range(1000)])
    told = encode(values, base, scales(base, b""))
    assert len(told) < 100 * 2


def test_digits_only_become_more() -> None:
    assert scales(array("d", [1.0, 0.25, 0.1234567891234]), bytes((3, 1, 4))) == bytes((3, 2, 4))


@pytest.mark.parametrize(
    "told", [b"", b"\0", b"\0\5\1", b"\0\1\1\0", b"\1abc", b"\0\1\0\0", b"\0\0\0\0", b"\0\1\1\x7f\2"]
)
def test_what_is_no_reading_is_told(told: bytes) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        decode(told, array("d", (1.0, 2.0)), bytes(2))
