from __future__ import annotations

import gzip
import zlib

from hypothesis import given
from hypothesis import strategies as st

from regiowacht_agent.http.packed import Packer, Ready, packed_head
from regiowacht_agent.http.stencil import PATIENCE, PATIENCE_MAX, Stencil

NUMBERS = st.integers(min_value=-(2**31), max_value=2**53)
LABELS = st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"]), max_size=40)


def lines(labels: list[str], numbers: tuple[int, ...]) -> bytes:
    told = (f'ifInErrors{{ifAlias="{label}"}} {number}\n' for label, number in zip(labels, numbers, strict=True))
    return "".join(told).encode()


def fill(stencil: Stencil, labels: list[str], numbers: tuple[int, ...]) -> bytes | None:
    """Return lines as they are compressed, unpacked again; None: they are not."""
    packed = stencil.fill(lines(labels, numbers), numbers)
    return None if packed is None else zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed)


@given(st.lists(st.tuples(LABELS, st.lists(NUMBERS, min_size=4, max_size=4)), min_size=1, max_size=60))
def test_whatever_the_numbers_are_it_unpacks_to_the_lines(rows: list[tuple[str, list[int]]]) -> None:
    labels, stencil, filled = [label for label, _numbers in rows], Stencil(), 0
    for told in zip(*(numbers for _label, numbers in rows), strict=True):
        for step in range(PATIENCE + 2):
            numbers = tuple(number // 10 * 10 + step % 2 for number in told)
            packed = fill(stencil, labels, numbers)
            assert packed in {None, lines(labels, numbers)}
            filled += packed is not None
    assert filled


def test_widths_that_change_while_the_whole_keeps_its_length_are_seen() -> None:
    stencil, labels = Stencil(), ["a", "b"]
    while fill(stencil, labels, (99, 1000)) is None:
        pass
    assert fill(stencil, labels, (98, 2000)) == lines(labels, (98, 2000))
    assert fill(stencil, labels, (100, 999)) is None


def test_numbers_that_never_keep_their_widths_are_hardly_tried() -> None:
    stencil, labels = Stencil(), ["a"]
    filled = []
    for turn in range(3000):
        while fill(stencil, labels, (7,)) is None:
            filled.append(turn)
        assert fill(stencil, labels, (77,)) is None
    assert max(map(filled.count, range(3000))) <= PATIENCE_MAX + 1
    assert filled.count(2999) > PATIENCE


def test_lines_like_each_other_take_little_room() -> None:
    stencil, labels = Stencil(), [f"werkplek {port}" for port in range(52)]
    numbers = tuple(10**9 + port for port in range(52))
    told = lines([f"{label}, een kamer in het stadhuis van Zandbeke" for label in labels], numbers)
    while (packed := stencil.fill(told, numbers)) is None:
        pass
    assert len(packed) < len(told) / 3


def test_a_page_takes_what_is_compressed_already() -> None:
    stencil, head = Stencil(), "# TYPE ifInErrors counter\n"
    while (packed := stencil.fill(lines(["%d 100 %"], (7,)), (7,))) is None:
        pass
    page = Packer()
    told = head.encode() + lines(["%d 100 %"], (7,))
    for _ in range(2):
        page.add(b"# before\n" * 20)
        page.add(Ready((head.encode(), lines(["%d 100 %"], (7,))), packed_head(head) + packed))
    page.add(b"# after\n")
    assert gzip.decompress(page.end()) == (b"# before\n" * 20 + told) * 2 + b"# after\n"
