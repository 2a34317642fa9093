"""One hundredth of seven days of scrapes, on a host whose textfiles come and go."""

from __future__ import annotations

from tests.benchmarks.seven_days import LOOKS, SCRAPES, Look, is_flat, run

SEED = 4


def test_a_hundredth_of_seven_days_leaves_memory_and_descriptors_as_they_are() -> None:
    told: list[Look] = []
    looks = run(SCRAPES // 100, SEED, 0, told.append, change=True)
    assert looks == told
    assert (len(looks), looks[-1].scrapes) == (LOOKS, SCRAPES // 100)
    # A young process still grows; a leak of a page at every scrape would be 1.5 MB.
    assert is_flat(looks, 1.2, 8), looks
    assert looks[-1].series > 100


def test_what_grows_is_not_flat() -> None:
    looks = [Look(number, 10 + number, 20, 50, 2, 1, 500) for number in range(3)]
    assert not is_flat(looks, 0.5, 8)
    assert is_flat(looks[:1] * 2, 0.5, 8)
    assert not is_flat([looks[0], Look(2, 10, 20, 70, 2, 1, 500)], 0.5, 8)
