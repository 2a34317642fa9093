"""Bodies that lie, explode or say two things at once are refused by name, in bounded time and memory."""

from __future__ import annotations

import gzip
import tracemalloc

import cramjam
import pytest

from regiowacht_collector.gateway.write import Refused, check
from regiowacht_collector.gateway.write.memory import Memories
from regiowacht_contract.wire.encode import head, request
from regiowacht_contract.wire.snappy import compress
from regiowacht_contract.wire.varint import varint
from tests.collector.gateway.write.bodies import LIMITS, NOW_MS, WRITER, body, labels, one
from tests.collector.gateway.write.tree import BYTES, FIXED64, VARINT, Field, read, write

GOOD = body(one(labels("node_load1")))
MEGABYTE = 1 << 20


def refused(sent: bytes, *, packed: bool = True) -> tuple[int, str]:
    with pytest.raises(Refused) as caught:
        check(compress(sent) if packed else sent, WRITER, LIMITS, NOW_MS, Memories())
    assert caught.value.message("nl") != caught.value.message("en")
    return caught.value.status, caught.value.reason


def changed(path: tuple[int, ...], *fields: Field) -> bytes:
    """Return the good body with fields put behind those of the message at a path of indexes."""
    top = read(GOOD)
    into = top
    for index in path:
        below = into[index].fields
        assert below is not None
        into = below
    into.extend(fields)
    return write(top)


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        (compress(bytes(LIMITS.decoded_bytes + 1)), (413, "too-large")),
        (varint(2**32 - 1) + b"\x00" * 10, (413, "too-large")),
        (varint(LIMITS.decoded_bytes) + b"\x00" * 10, (400, "lying-length")),
        (compress(GOOD)[:-3], (400, "not-snappy")),
        (compress(GOOD) + b"\x00", (400, "not-snappy")),
        (b"", (400, "not-snappy")),
        (GOOD, (400, "not-snappy")),
        (bytes(cramjam.zstd.compress(GOOD)), (400, "not-snappy-zstd")),
        (gzip.compress(GOOD), (400, "not-snappy-gzip")),
        (bytes(cramjam.snappy.compress(GOOD)), (400, "snappy-stream")),
        (compress(compress(GOOD)), (400, "packed-twice")),
        (compress(gzip.compress(GOOD)), (400, "packed-twice")),
        (compress(bytes(cramjam.zstd.compress(GOOD))), (400, "packed-twice")),
    ],
)
def test_what_is_wrongly_packed_is_told_by_its_kind(sent: bytes, reason: tuple[int, str]) -> None:
    assert refused(sent, packed=False) == reason


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        (changed((0, 0), Field(1, content=b"scope")), "field-twice"),
        (changed((0, 0), Field(2, content=b"polderdam")), "field-twice"),
        (changed((0, -1), Field(1, FIXED64, bytes(8))), "field-twice"),
        (changed((0, -1), Field(2, VARINT, 5)), "field-twice"),
        (changed((), Field(16, content=GOOD)), "unknown-field"),
        (changed((), Field(2, VARINT, 1)), "unknown-field"),
        (changed((0,), Field(9, content=b"x")), "unknown-field"),
        (changed((0, 0), Field(3, content=b"x")), "unknown-field"),
        (changed((0, -1), Field(3, VARINT, 1)), "unknown-field"),
        (changed((), Field(4, content=b"symbol")), "remote-write-2"),
        (changed((), Field(5, content=b"series")), "remote-write-2"),
        (changed((0, 0), Field(1, VARINT, 1)), "wrong-type"),
        (changed((0, -1), Field(2, BYTES, b"x")), "wrong-type"),
        (changed((), Field(1, VARINT, 1)), "wrong-type"),
        (changed((), Field(1, 3, b""), Field(1, 4, b"")), "wrong-type"),
        (changed((), Field(7, 3, b""), Field(7, 4, b"")), "not-protobuf"),
        (changed((), Field(0, BYTES, b"")), "not-protobuf"),
        (changed((), Field(7, 6, b"x")), "not-protobuf"),
        (b'{"timeseries": []}', "not-protobuf"),
        (changed((0, 0), Field(2**40, BYTES, b"")), "not-protobuf"),
        (b"\x0a", "truncated"),
        (b"\x0a\x80", "truncated"),
        (b"\x0a" + b"\x80" * 11, "long-varint"),
        (b"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f", "long-varint"),
        (changed((), Field(1, content=b"", lie=2**63)), "truncated"),
        (changed((0,), Field(1, content=b"x", lie=5)), "truncated"),
    ],
)
def test_what_two_readers_might_read_in_two_ways_is_refused_whole(sent: bytes, reason: str) -> None:
    assert refused(sent) == (400, reason)


@pytest.mark.parametrize("at", range(1, len(GOOD)))
def test_a_body_that_ends_halfway_is_refused_at_every_byte(at: int) -> None:
    assert refused(GOOD[:at]) == (400, "truncated")


@pytest.mark.parametrize("at", range(1, 3))
def test_a_known_body_that_ends_halfway_is_refused_too(at: int) -> None:
    memories = Memories()
    heads = [head(labels(name).items()) for name in ("node_load1", "node_load5")]
    sent = request(heads, [1.0, 2.0], NOW_MS)
    for _ in range(9):
        check(compress(sent), WRITER, LIMITS, NOW_MS, memories)
    with pytest.raises(Refused) as caught:
        check(compress(sent[:-at]), WRITER, LIMITS, NOW_MS, memories)
    assert caught.value.reason == "truncated"


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        (b"\x0a\x00" * (8 * MEGABYTE), (413, "many-series")),
        (Field(1, content=b"\x0a\x00" * (7 * MEGABYTE)).write(), (400, "many-fields")),
        (Field(1, content=b"\x12\x00" * (7 * MEGABYTE)).write(), (413, "many-samples")),
        (Field(1, content=b"\x1a\x00" * (7 * MEGABYTE)).write(), (413, "many-samples")),
        (b"\x1a\x00" * (8 * MEGABYTE), (413, "many-series")),
    ],
)
def test_a_body_of_nothing_but_small_fields_costs_little(sent: bytes, reason: tuple[int, str]) -> None:
    packed = compress(sent)
    assert len(packed) < MEGABYTE
    tracemalloc.start()
    try:
        assert refused(packed, packed=False) == reason
        assert tracemalloc.get_traced_memory()[1] < 4 * LIMITS.decoded_bytes
    finally:
        tracemalloc.stop()
