from __future__ import annotations

import gzip
import zlib

from hypothesis import given
from hypothesis import strategies as st

from regiowacht_agent.http.packed import Block, Packer, Same, Shelf, power, product

PIECES = st.lists(st.tuples(st.binary(max_size=2000), st.sampled_from(["plain", "same", "kept"])), max_size=12)


@given(PIECES)
def test_whatever_pieces_a_page_is_made_of_it_unpacks_to_them(pieces: list[tuple[bytes, str]]) -> None:
    earlier = Packer()
    page = Packer()
    for told, kind in pieces:
        shelf = Shelf()
        if kind == "kept":
            earlier.add(Same(told, shelf))
            assert shelf.block is not None
            page.add(shelf.block)
        else:
            page.add(told if kind == "plain" else Same(told, shelf))
    assert gzip.decompress(page.end()) == b"".join(told for told, _kind in pieces)


def test_what_is_kept_takes_no_compressing_the_next_time() -> None:
    shelf = Shelf()
    told = b"".join(b'ifInErrors{ifIndex="%d"} 0\n' % port for port in range(52))
    first = Packer()
    first.add(b"# before\n" * 20)
    first.add(Same(told, shelf))
    assert isinstance(shelf.block, Block)
    assert len(shelf.block.packed) < len(told) / 4
    second = Packer()
    second.add(shelf.block)
    second.add(b"# after\n")
    second.add(shelf.block)
    assert gzip.decompress(second.end()) == told + b"# after\n" + told


@given(st.binary(max_size=300), st.binary(max_size=300))
def test_check_sums_are_put_together(one: bytes, other: bytes) -> None:
    assert product(power(8 * len(other)), zlib.crc32(one)) ^ zlib.crc32(other) == zlib.crc32(one + other)
