"""Arrays as kernels tell them."""

from __future__ import annotations

import pytest

from regiowacht_agent.mdstat import Array, arrays

BEGIN = "Personalities : [raid1] [raid6] [raid0]\n"
END = "unused devices: <none>\n"


def _one(head: str, *lines: str) -> Array:
    (one,) = arrays(BEGIN + head + "\n" + "".join(f"      {line}\n" for line in lines) + "\n" + END)
    return one


def test_a_whole_mirror() -> None:
    told = _one("md0 : active raid1 sdb1[1] sda1[0]", "1000 blocks super 1.2 [2/2] [UU]", "bitmap: 0/1 pages [0KB]")
    assert told == Array("md0", "active", 2, 0, 0, 2, 1000, 1000)


def test_a_mirror_that_lost_a_disk_and_has_one_to_spare() -> None:
    told = _one("md1 : active raid1 sdc1[2](S) sdb1[1](F) sda1[0]", "1000 blocks [2/1] [U_]")
    assert told == Array("md1", "active", 1, 1, 1, 2, 1000, 1000)


@pytest.mark.parametrize(
    ("line", "state", "synced"),
    [
        ("[=>......]  recovery =  8.5% (85/1000) finish=17.0min speed=259783K/sec", "recovering", 85),
        ("[=>......]  resync =  8.5% (85/1000) finish=17.0min speed=259783K/sec", "resync", 85),
        ("[=>......]  check =  8.5% (85/1000) finish=17.0min speed=259783K/sec", "check", 85),
        ("[=>......]  reshape =  8.5% (85/1000) finish=17.0min speed=259783K/sec", "reshape", 85),
        ("resync=DELAYED", "resync", 0),
        ("resync=PENDING", "resync", 0),
    ],
)
@pytest.mark.parametrize("bitmap", [[], ["bitmap: 3/8 pages [12KB], 65536KB chunk"]])
def test_an_array_at_work(line: str, state: str, synced: int, bitmap: list[str]) -> None:
    told = _one("md2 : active raid6 sda[0] sdb[1] sdc[2] sdd[3]", "1000 blocks level 6 [4/4] [UUUU]", *bitmap, line)
    assert (told.state, told.synced, told.blocks) == (state, synced, 1000)
    after = _one("md2 : active raid6 sda[0] sdb[1] sdc[2] sdd[3]", "1000 blocks level 6 [4/4] [UUUU]", line, *bitmap)
    assert after == told


@pytest.mark.parametrize("level", ["raid0", "linear", "(read-only) raid0"])
def test_levels_that_need_every_disk_they_have(level: str) -> None:
    told = _one(f"md3 : active {level} sda[0] sdb[1] sdc[2]", "1000 blocks super 1.2 512k chunks")
    assert told == Array("md3", "active", 3, 0, 0, 3, 1000, 1000)


def test_an_array_that_is_not_running() -> None:
    told = _one("md4 : inactive sda[0](S) sdb[1](S)", "1000 blocks super external:imsm")
    assert told == Array("md4", "inactive", 0, 0, 2, 0, 1000, 1000)


def test_several_arrays_without_empty_lines_between() -> None:
    rows = "".join(f"md{number} : active raid1 sda[0] sdb[1]\n  {number}0 blocks [2/2] [UU]\n" for number in range(50))
    told = arrays(BEGIN + rows + END)
    assert [(one.name, one.blocks) for one in told] == [(f"md{number}", number * 10) for number in range(50)]


@pytest.mark.parametrize(
    "bad",
    [
        "md9 : active raid1 sda[0]\n",
        "md9 : active raid1 sda[0]\n      strange\n",
        "md9 : active raid1 sda[0]\n      12 blocks of something\n",
        "md9\n      12 blocks [1/1] [U]\n",
        "md9 :\n",
        "md9 : active raid1 sda[0]\n      \n",
    ],
)
def test_an_array_told_in_another_way_costs_only_itself(bad: str) -> None:
    good = "md0 : active raid1 sda[0] sdb[1]\n      1000 blocks [2/2] [UU]\n\n"
    assert [one.name for one in arrays(BEGIN + bad + "\n" + good + bad + END)] == ["md0"]


def test_a_machine_without_arrays() -> None:
    assert arrays("Personalities : \n" + END) == arrays("") == []
