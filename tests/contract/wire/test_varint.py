"""Numbers of protobuf are written as short as can be, and read in whatever length they stand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regiowacht_contract.wire.errors import Malformed
from regiowacht_contract.wire.varint import read_varint, signed, varint
from tests.contract.wire.prompb import Sample


@given(st.integers(-(2**63), 2**63 - 1))
def test_a_number_is_written_as_protobuf_does(number: int) -> None:
    told = varint(number)
    assert Sample.FromString(b"\x10" + told).timestamp == number
    whole, end = read_varint(b"x" + told + b"y", 1, len(told) + 1)
    assert (signed(whole), end) == (number, len(told) + 1)


@pytest.mark.parametrize(
    ("told", "number"), [(b"\x80\x00", 0), (b"\x81\x80\x80\x00", 1), (b"\xff" * 9 + b"\x01", 2**64 - 1)]
)
def test_longer_forms_are_read(told: bytes, number: int) -> None:
    assert read_varint(told, 0, len(told)) == (number, len(told))


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (b"", "truncated"),
        (b"\x80" * 9, "truncated"),
        (b"\x80" * 10, "long-varint"),
        (b"\xff" * 9 + b"\x02", "long-varint"),
    ],
)
def test_what_does_not_end_or_is_too_much_is_refused(told: bytes, reason: str) -> None:
    with pytest.raises(Malformed) as refused:
        read_varint(told, 0, len(told))
    assert refused.value.reason == reason


def test_nothing_is_read_behind_the_end() -> None:
    with pytest.raises(Malformed):
        read_varint(b"\x80\x01", 0, 1)
