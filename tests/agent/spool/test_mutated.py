"""Whatever becomes of its files: the spool opens, gives what is right, never anything else, and takes what comes."""

from __future__ import annotations

import random
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from regiowacht_agent.spool.spool import Spool
from tests.agent.spool.load import plain, scrapes, shape
from tests.agent.spool.test_damage import LIMITS, fill

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.agent.spool.test_damage import Plain

SEEDS = 60


@pytest.fixture(name="whole", scope="module")
def _whole() -> Iterator[Whole]:
    with tempfile.TemporaryDirectory() as place:
        yield Whole(Path(place))


class Whole:
    """A spool as it was before anything became of it.

    Args:
        folder: where to keep it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.told: dict[int, Plain] = fill(self.folder, 120, 3)
        spool = Spool(str(self.folder), LIMITS)
        spool.acknowledge(list(self.told)[100:140])
        spool.close()


@pytest.mark.parametrize("seed", range(SEEDS))
def test_whatever_becomes_of_its_files_no_rubbish_comes(whole: Whole, tmp_path: Path, seed: int) -> None:
    check(whole, tmp_path / "spool", seed)


def check(whole: Whole, folder: Path, seed: int) -> None:
    """Do something to a spool's files, and see what it makes of them. Also for the benchmark."""
    shutil.copytree(whole.folder, folder)
    chance = random.Random(seed)
    for _turn in range(chance.randrange(1, 30)):
        mutate([file for file in sorted(folder.iterdir()) if file.name != "lock"], chance)
    spool = Spool(str(folder), LIMITS)
    new = scrapes(1, shape(30, "b"))[0]
    number = spool.put(new)
    assert number is not None
    found = {one: plain(scrape) for batch in spool.unsent(10**9) for one, scrape in batch}
    assert found.pop(number) == plain(new)
    assert found.items() <= whole.told.items()
    spool.acknowledge([number, *found])
    assert spool.unsent(10**9) == []
    spool.close()
    again = Spool(str(folder), LIMITS)
    assert again.unsent(10**9) == []
    again.close()


def mutate(files: list[Path], chance: random.Random) -> None:
    """Do one of eight things to a file."""
    if not files:
        return
    file = chance.choice(files)
    told = bytearray(file.read_bytes())
    at, what = chance.randrange(len(told) + 1), chance.randrange(8)
    if what == 0:
        file.unlink()
        return
    if what == 1:
        told = told[:at]
    elif what == 2:
        told[at : at + chance.randrange(1, 5000)] = bytes(chance.randrange(5000))
    elif what == 3:
        other = chance.choice(files)
        content = other.read_bytes()
        other.write_bytes(told)
        told = bytearray(content)
    elif what == 4:
        told[at:at] = told[at : at + chance.randrange(2000)]
    elif what == 5:
        told += chance.randbytes(chance.randrange(3000))
    else:
        for place in chance.choices(range(len(told)), k=50 if what == 6 else 1) if told else ():
            told[place] ^= 1 << chance.randrange(8)
    file.write_bytes(told)
