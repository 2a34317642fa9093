"""A block of snappy is unpacked where it says the truth, and costs no memory where it lies."""

from __future__ import annotations

import contextlib
import gzip
import tracemalloc

import cramjam
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regiowacht_contract.wire.errors import Malformed, TooLarge
from regiowacht_contract.wire.snappy import compress, decompress
from regiowacht_contract.wire.varint import varint

LIMIT = 1 << 20


@given(st.binary(max_size=4096))
def test_what_was_packed_is_unpacked(data: bytes) -> None:
    assert decompress(compress(data), len(data)) == data


def test_a_block_that_says_more_than_allowed_is_not_unpacked() -> None:
    with pytest.raises(TooLarge, match="the body is 1048577 bytes once unpacked, at most 1048576"):
        decompress(compress(bytes(LIMIT + 1)), LIMIT)


@pytest.mark.parametrize("size", [2**32 - 1, 200 << 20])
def test_a_length_that_lies_takes_no_memory(size: int) -> None:
    lie = varint(size) + compress(bytes(1000))[2:]
    tracemalloc.start()
    try:
        with pytest.raises(Malformed) as refused:
            decompress(lie, 2**32)
        assert tracemalloc.get_traced_memory()[1] < LIMIT
    finally:
        tracemalloc.stop()
    assert refused.value.reason == "lying-length"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "not-snappy"),
        (b"\xff" * 12, "not-snappy"),
        (b"\xff\xff\xff\xff\x1f", "not-snappy"),
        (compress(b"abc" * 100)[:-1], "not-snappy"),
        (compress(b"abc" * 100) + b"\x00", "not-snappy"),
        (varint(301) + compress(b"abc" * 100)[2:], "not-snappy"),
        (varint(2) + compress(b"abc")[1:], "not-snappy"),
        (bytes(cramjam.zstd.compress(b"abc" * 1000)), "not-snappy-zstd"),
        (gzip.compress(b"abc" * 1000, mtime=0), "not-snappy-gzip"),
        (bytes(cramjam.snappy.compress(b"abc" * 1000)), "snappy-stream"),
    ],
)
def test_what_is_no_block_is_told_by_its_kind(data: bytes, reason: str) -> None:
    with pytest.raises(Malformed) as refused:
        decompress(data, LIMIT)
    assert refused.value.reason == reason
    assert refused.value.message("nl")


@given(st.binary(max_size=200))
def test_whatever_comes_is_unpacked_or_refused(data: bytes) -> None:
    with contextlib.suppress(Malformed, TooLarge):
        assert len(decompress(data, LIMIT)) <= LIMIT
