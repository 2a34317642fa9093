from __future__ import annotations

import random

import pytest

from regiowacht_agent.spool.frames import HEAD, MARK, READ_BYTES, pack, scan


def found(told: bytes, salt: int = 7) -> list[bytes]:
    return [body for _at, _end, body in scan(lambda at, size: told[at : at + size], 0, len(told), salt)]


BODIES = [b"", b"een", MARK * 9, bytes(READ_BYTES * 2), b"laatste"]
FILE = b"".join(pack(body, 7) for body in BODIES)


def test_bodies_come_back_and_say_where_they_stand() -> None:
    assert found(FILE) == BODIES
    told = list(scan(lambda at, size: FILE[at : at + size], 0, len(FILE), 7))
    assert [end for _at, end, _body in told][:-1] == [at for at, _end, _body in told][1:]


def test_those_of_another_file_are_not_taken() -> None:
    assert found(FILE, 8) == []


@pytest.mark.parametrize("seed", range(40))
def test_a_flipped_bit_costs_the_body_that_it_is_in(seed: int) -> None:
    chance = random.Random(seed)
    told = bytearray(FILE)
    at = chance.randrange(len(told))
    told[at] ^= 1 << chance.randrange(8)
    left = found(bytes(told))
    assert len(left) == len(BODIES) - 1
    assert all(body in BODIES for body in left)


@pytest.mark.parametrize("size", [0, 1, HEAD.size - 1, HEAD.size, HEAD.size + 3])
def test_a_torn_end_is_passed_over(size: int) -> None:
    assert found(FILE + pack(b"afgebroken", 7)[: HEAD.size + 5] + FILE[:size])[: len(BODIES)] == BODIES


@pytest.mark.parametrize("size", [1, 4096, READ_BYTES - 1, READ_BYTES + 1, 3 * READ_BYTES])
def test_what_stands_behind_rubbish_is_found(size: int) -> None:
    rubbish = random.Random(size).randbytes(size)
    assert found(rubbish + FILE)[-len(BODIES) :] == BODIES
    assert found(MARK * size + FILE)[-len(BODIES) :] == BODIES


def test_a_read_that_gives_less_ends_it() -> None:
    assert [body for *_at, body in scan(lambda at, size: FILE[at : at + size], 0, len(FILE) + 100, 7)] == BODIES
