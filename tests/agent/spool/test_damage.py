"""A disk that gives other bytes than it was given: what is damaged is lost and counted, and nothing else."""

from __future__ import annotations

import random
import shutil
from typing import TYPE_CHECKING

import pytest

from regiowacht_agent.spool.frames import HEAD, scan
from regiowacht_agent.spool.limits import Limits
from regiowacht_agent.spool.segment import Segment
from regiowacht_agent.spool.spool import Spool
from tests.agent.spool.load import plain, scrapes, shape

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Plain = tuple[int, str, tuple[bytes, ...], bytes]
    Damage = Callable[[bytearray, random.Random], None]

LIMITS = Limits(4_000_000)
SECTOR, PAGE = 512, 4096


def flip(told: bytearray, chance: random.Random) -> None:
    told[chance.randrange(len(told))] ^= 1 << chance.randrange(8)


def tear(told: bytearray, chance: random.Random) -> None:
    """Put in the place of a sector what was there before, or nothing, as a write that was cut off leaves it."""
    at = chance.randrange(len(told)) // SECTOR * SECTOR
    told[at : at + SECTOR] = chance.choice([bytes(SECTOR), chance.randbytes(SECTOR)])[: len(told) - at]


def fill(folder: Path, readings: int, seed: int) -> dict[int, Plain]:
    """Keep readings of three sources over several files; return what was kept by number."""
    spool = Spool(str(folder), LIMITS)
    told: dict[int, Plain] = {}
    sources = [scrapes(readings, shape(count, name), seed) for name, count in (("a", 200), ("b", 30), ("c", 5))]
    for same_time in zip(*sources, strict=True):
        for scrape in same_time:
            number = spool.put(scrape)
            assert number is not None
            told[number] = plain(scrape)
    spool.close()
    return told


def damage(folder: Path, chance: random.Random, count: int, how: Damage) -> None:
    """Damage files at so many places, each byte as likely as any other."""
    files = sorted(file for file in folder.iterdir() if file.suffix in {".seg", ".shape", ".ack"})
    for file in chance.choices(files, [file.stat().st_size for file in files], k=count):
        told = bytearray(file.read_bytes())
        how(told, chance)
        file.write_bytes(told)


def left(folder: Path) -> tuple[dict[int, Plain], int]:
    """Return what is still read by number, and how many readings are counted as damaged."""
    spool = Spool(str(folder), LIMITS)
    found = {number: plain(scrape) for batch in spool.unsent(10**9) for number, scrape in batch}
    damaged = spool.status().damaged
    spool.close()
    return found, damaged


@pytest.mark.parametrize("seed", range(4))
def test_twenty_flipped_bits_cost_at_most_twenty_readings(tmp_path: Path, seed: int) -> None:
    told = fill(tmp_path, 700, seed)
    assert len(list(tmp_path.glob("*.seg"))) > 2
    damage(tmp_path, random.Random(seed), 20, flip)
    found, damaged = left(tmp_path)
    assert found.items() <= told.items()
    assert 0 < len(told) - len(found) <= 20
    assert damaged == len(told) - len(found)


@pytest.mark.parametrize("seed", range(4))
def test_a_torn_write_costs_what_it_lies_in(tmp_path: Path, seed: int) -> None:
    told = fill(tmp_path, 700, seed)
    chance = random.Random(seed)
    damage(tmp_path, chance, 3, tear)
    found, damaged = left(tmp_path)
    assert found.items() <= told.items()
    # Of the small source's readings some ten stand in a sector, beside those of the others.
    assert len(told) - len(found) <= 3 * 16
    assert damaged == len(told) - len(found)


@pytest.mark.parametrize("seed", range(6))
def test_a_file_that_ends_early_is_whole_up_to_there(tmp_path: Path, seed: int) -> None:
    told = fill(tmp_path, 300, seed)
    last = max(tmp_path.glob("*.seg"))
    content = last.read_bytes()
    keep = random.Random(seed).randrange(len(content))
    last.write_bytes(content[:keep] + bytes((0, PAGE)[seed % 2]))
    found, _damaged = left(tmp_path)
    assert found.items() <= told.items()
    assert sorted(found) == list(told)[: len(found)], "the first ones, none left out"
    again = Spool(str(tmp_path), LIMITS)
    number = again.put(scrapes(1, shape(5, "c"))[0])
    assert number is not None
    assert number > max(found, default=0)
    again.close()


def test_a_base_whose_first_copy_is_damaged_is_read_from_the_second(tmp_path: Path) -> None:
    told = fill(tmp_path, 200, 1)
    first = min(tmp_path.glob("*.seg"))
    content = bytearray(first.read_bytes())
    content[20] ^= 1
    first.write_bytes(content)
    found, damaged = left(tmp_path)
    assert found == told
    assert damaged == 0


@pytest.mark.parametrize("starts", [1, 2], ids=["first-start", "second-start"])
@pytest.mark.parametrize("arrived", range(2, 10))
def test_damage_to_what_arrived_costs_nothing_that_waits(tmp_path: Path, arrived: int, starts: int) -> None:
    """Of a file that a kill left without its end, counted anew, and told at its end from then on."""
    spool = Spool(str(tmp_path / "spool"), LIMITS)
    numbers = [number for number in spool.put_all(scrapes(10, shape(30))) if number is not None]
    assert len(numbers) == 10
    spool.acknowledge(numbers[:arrived])
    killed = tmp_path / "killed"
    shutil.copytree(tmp_path / "spool", killed)
    spool.close()
    (file,) = killed.glob("*.seg")
    content = bytearray(file.read_bytes())
    frames = list(scan(lambda at, size: bytes(content[at : at + size]), 0, len(content), 1))
    for begin, _end, _body in frames[1:arrived]:
        content[begin + HEAD.size + 3] ^= 1
    file.write_bytes(content)
    for _start in range(starts - 1):
        Spool(str(killed), LIMITS).close()
    spool = Spool(str(killed), LIMITS)
    for number in numbers[arrived:]:  # one by one, as a narrow line does
        assert {one for batch in spool.unsent(1) for one, _scrape in batch} == {number}
        spool.acknowledge([number])
    assert spool.status().waiting == 0
    spool.close()


def test_series_whose_file_is_damaged_in_one_place_are_known(tmp_path: Path) -> None:
    told = fill(tmp_path, 20, 1)
    for file in tmp_path.glob("*.shape"):
        content = bytearray(file.read_bytes())
        content[len(content) // 4] ^= 1
        file.write_bytes(content)
    assert left(tmp_path) == (told, 0)


def test_series_whose_file_is_gone_are_known_once_they_are_told_again(tmp_path: Path) -> None:
    told = fill(tmp_path, 20, 1)
    for file in tmp_path.glob("*.shape"):
        file.write_bytes(b"")
    spool = Spool(str(tmp_path), LIMITS)
    for name, count in (("a", 200), ("b", 30), ("c", 5)):
        assert spool.put(scrapes(1, shape(count, name))[0]) is not None
    spool.close()
    found, _damaged = left(tmp_path)
    assert told.items() <= found.items()


def test_a_file_under_anothers_name_gives_nothing(tmp_path: Path) -> None:
    told = fill(tmp_path, 700, 1)
    one, other = sorted(tmp_path.glob("*.seg"))[:2]
    beside = tmp_path / "beside"
    one.rename(beside)
    other.rename(one)
    beside.rename(other)
    found, _damaged = left(tmp_path)
    assert found.items() <= told.items()
    assert found


def test_readings_under_the_name_of_series_are_none(tmp_path: Path) -> None:
    told = fill(tmp_path, 20, 1)
    for file in tmp_path.glob("1-*.shape"):
        file.write_bytes((tmp_path / "0000000000000001.seg").read_bytes())
    found, damaged = left(tmp_path)
    assert found.items() <= told.items()
    assert damaged == len(told) - len(found) == 20


@pytest.mark.parametrize("content", [b"", b"\0" * 100_000, b"SQLite format 3\0" + bytes(5000), b"\xf7\x01" * 5000])
def test_a_file_of_something_else_is_no_harm(tmp_path: Path, content: bytes) -> None:
    told = fill(tmp_path, 20, 1)
    (tmp_path / "0000000000009999.seg").write_bytes(content)
    (tmp_path / "0000000000000001.ack").write_bytes(content)
    (tmp_path / "vreemd.seg").write_bytes(content)
    (tmp_path / "7-00000000.shape").write_bytes(content)
    found, _damaged = left(tmp_path)
    assert found == told
    assert (tmp_path / "vreemd.seg").exists()


def test_a_file_that_cannot_be_read_is_tried_again_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = fill(tmp_path, 700, 1)
    steady = [0.0]
    spool = Spool(str(tmp_path), LIMITS, monotonic=lambda: steady[0])
    first = min(tmp_path.glob("*.seg"))
    aside = tmp_path / "aside"
    first.rename(aside)
    first.mkdir()  # reading it fails
    held = {number for batch in spool.unsent(10**9) for number, _scrape in batch}
    assert 0 < len(held) < len(told)
    first.rmdir()
    aside.rename(first)
    assert {number for batch in spool.unsent(10**9) for number, _scrape in batch} == held
    steady[0] += 61
    found = {number: plain(scrape) for batch in spool.unsent(10**9) for number, scrape in batch}
    assert found == told
    spool.close()


def test_a_file_that_cannot_be_read_at_the_start_is_taken_in_later_and_never_written_over(tmp_path: Path) -> None:
    told = fill(tmp_path, 700, 1)
    last = max(tmp_path.glob("*.seg"))
    aside = tmp_path / "aside"
    last.rename(aside)
    last.mkdir()  # reading it fails
    spool = Spool(str(tmp_path), LIMITS)
    held = {number for batch in spool.unsent(10**9) for number, _scrape in batch}
    assert 0 < len(held) < len(told)
    last.rmdir()
    aside.rename(last)
    sources = [scrapes(300, shape(count, name), 9) for name, count in (("a", 200), ("b", 30), ("c", 5))]
    for same_time in zip(*sources, strict=True):
        for scrape in same_time:
            number = spool.put(scrape)
            assert number is not None
            told[number] = plain(scrape)
    found = {number: plain(scrape) for batch in spool.unsent(10**9) for number, scrape in batch}
    assert found == told
    spool.close()
    assert left(tmp_path) == (told, 0)


def test_what_is_found_of_a_file_is_told_at_its_end(tmp_path: Path) -> None:
    fill(tmp_path, 100, 1)
    whole = max(tmp_path.glob("*.seg"))
    spool = Spool(str(tmp_path), LIMITS)
    expected = spool.status().waiting
    spool.close()
    whole.write_bytes(whole.read_bytes()[:-5])
    again = Spool(str(tmp_path), LIMITS)
    assert again.status().waiting == expected
    assert isinstance(again._segments[-1], Segment)
    again.close()
