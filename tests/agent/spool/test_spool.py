from __future__ import annotations

import itertools
import logging
from typing import TYPE_CHECKING

from regiowacht_agent.push.scrape import Scrape, Shape
from regiowacht_agent.spool.limits import Limits
from regiowacht_agent.spool.spool import Spool
from tests.agent.spool.load import BEGIN_MS, plain, scrapes, shape

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


class Clock:
    """A clock that is set, and one that goes on."""

    def __init__(self, now: float = BEGIN_MS / 1000) -> None:
        self.now = now
        self.steady = 1000.0

    def pass_by(self, seconds: float) -> None:
        self.now += seconds
        self.steady += seconds


def spool_in(path: Path, limits: Limits | None = None, clock: Clock | None = None) -> Spool:
    clock = clock or Clock()
    return Spool(str(path), limits, lambda: clock.now, lambda: clock.steady)


def waiting(spool: Spool, limit_samples: int = 10**9, before: int | None = None) -> list[tuple[int, Scrape]]:
    return sorted((one for batch in spool.unsent(limit_samples, before) for one in batch), key=lambda one: one[0])


def told(spool: Spool) -> list[tuple[int, str, tuple[bytes, ...], bytes]]:
    return [plain(scrape) for _number, scrape in waiting(spool)]


def test_what_was_put_comes_back_in_order_also_in_another_process(tmp_path: Path) -> None:
    put = scrapes(50, shape(30))
    spool = spool_in(tmp_path / "spool")
    numbers = [spool.put(scrape) for scrape in put]
    assert numbers == sorted(range(numbers[0] or 0, (numbers[0] or 0) + 50))
    assert told(spool) == [plain(scrape) for scrape in put]
    spool.close()
    after = spool_in(tmp_path / "spool")
    assert [number for number, _scrape in waiting(after)] == numbers
    assert told(after) == [plain(scrape) for scrape in put]
    assert after.put(put[0]) == (numbers[-1] or 0) + 1
    after.close()


def test_what_is_put_together_has_a_number_each(tmp_path: Path) -> None:
    put = [scrape for of in (shape(5, "a"), shape(7, "b")) for scrape in scrapes(3, of)]
    spool = spool_in(tmp_path)
    numbers = spool.put_all(put)
    assert None not in numbers
    assert len(set(numbers)) == 6
    assert spool.put_all([]) == []
    spool.close()
    after = spool_in(tmp_path)
    assert {number: plain(scrape) for number, scrape in waiting(after)} == dict(
        zip(numbers, map(plain, put), strict=True)
    )
    after.close()


def test_what_arrived_does_not_come_back(tmp_path: Path) -> None:
    put = scrapes(60, shape(30))
    spool = spool_in(tmp_path)
    numbers = [spool.put(scrape) or 0 for scrape in put]
    spool.acknowledge([*numbers[50:], *numbers[3:7], 10**9, -1])
    left = numbers[:3] + numbers[7:50]
    assert [number for number, _scrape in waiting(spool)] == left
    assert spool.status().waiting == 30 * len(left)
    spool.close()
    after = spool_in(tmp_path)
    assert [number for number, _scrape in waiting(after)] == left
    after.acknowledge(left)
    after.acknowledge(left)
    assert waiting(after) == []
    assert after.status().waiting == 0
    assert not list(tmp_path.glob("*.seg"))
    after.close()


def test_the_oldest_that_waits_is_told_to_the_reading(tmp_path: Path) -> None:
    put = scrapes(60, shape(30))
    spool = spool_in(tmp_path)
    assert spool.status().oldest_ms is None
    numbers = [spool.put(scrape) or 0 for scrape in put]

    def oldest() -> int | None:
        return spool.status().oldest_ms

    assert oldest() == put[0].at_ms
    spool.acknowledge(numbers[40:])
    assert oldest() == put[0].at_ms
    for at in range(40):
        spool.acknowledge([numbers[at]])
        assert oldest() == (put[at + 1].at_ms if at < 39 else None)
        if at == 20:
            spool.close()
            spool = spool_in(tmp_path)
    newest = Scrape(put[-1].at_ms + 15_000, put[-1].shape, put[-1].values)
    spool.put(newest)
    assert oldest() == newest.at_ms, "also in a file of which the rest arrived"
    spool.close()


def test_the_oldest_of_a_file_that_cannot_be_read_is_that_of_the_file(tmp_path: Path) -> None:
    put = scrapes(10, shape(30))
    spool = spool_in(tmp_path)
    numbers = [spool.put(scrape) or 0 for scrape in put]
    spool.acknowledge(numbers[:5])
    (file,) = tmp_path.glob("*.seg")
    file.rename(tmp_path / "aside")
    assert spool.status().oldest_ms == put[0].at_ms
    (tmp_path / "aside").rename(file)
    assert spool.status().oldest_ms == put[5].at_ms
    spool.close()


def test_so_much_comes_as_is_asked_for_and_the_same_until_it_arrived(tmp_path: Path) -> None:
    spool = spool_in(tmp_path)
    numbers = [spool.put(scrape) for scrape in scrapes(10, shape(30))]
    assert [number for number, _scrape in waiting(spool, 95)] == numbers[:3]
    assert [number for number, _scrape in waiting(spool, 1)] == numbers[:1]
    assert [number for number, _scrape in waiting(spool, 10**6, before=numbers[4])] == numbers[:4]
    spool.acknowledge(numbers[:2])  # type: ignore[arg-type] # the disk took them
    assert [number for number, _scrape in waiting(spool, 65)] == numbers[2:4]
    spool.close()


def test_readings_of_one_shape_come_together(tmp_path: Path) -> None:
    spool, shapes = spool_in(tmp_path), [shape(5, "a"), shape(7, "b")]
    one, other = (scrapes(4, of) for of in shapes)
    for pair in zip(one, other, strict=True):
        assert None not in [spool.put(scrape) for scrape in pair]
    batches = spool.unsent(10**6)
    assert [{scrape.shape for _number, scrape in batch} for batch in batches] == [{of} for of in shapes]
    assert [plain(scrape) for _number, scrape in batches[1]] == [plain(scrape) for scrape in other]
    spool.close()


def test_a_source_whose_series_change_keeps_both_and_the_old_ones_go_once_they_arrived(tmp_path: Path) -> None:
    spool = spool_in(tmp_path)
    before, after = scrapes(3, shape(5)), scrapes(3, shape(6))
    numbers = [spool.put(scrape) or 0 for scrape in before + after]
    assert told(spool) == [plain(scrape) for scrape in before + after]
    assert len(list(tmp_path.glob("*.shape"))) == 2
    spool.acknowledge(numbers[:5])
    spool.close()
    again = spool_in(tmp_path)
    again.put(Scrape(1, shape(6), after[0].values))
    assert len(list(tmp_path.glob("*.shape"))) == 2, "one file has readings of both"
    again.acknowledge(numbers)
    again.close()
    assert len(list(tmp_path.glob("*.shape"))) == 1


def test_the_same_series_are_known_again_after_a_restart(tmp_path: Path) -> None:
    for _turn in range(3):
        spool = spool_in(tmp_path)
        spool.put(scrapes(1, shape(20))[0])
        spool.close()
    assert len(list(tmp_path.glob("*.shape"))) == 1


def test_what_nobody_takes_is_set_aside_and_counted(tmp_path: Path) -> None:
    spool = spool_in(tmp_path)
    numbers = [spool.put(scrape) or 0 for scrape in scrapes(5, shape(30))]
    spool.set_aside(numbers[1:3], "out-of-bounds")
    spool.set_aside(numbers[3:4], "out-of-bounds")
    assert spool.status().set_aside == {"out-of-bounds": 90}
    assert [number for number, _scrape in waiting(spool)] == [numbers[0], numbers[4]]
    spool.close()


def test_it_says_for_how_long_there_is_room(tmp_path: Path) -> None:
    spool = spool_in(tmp_path, Limits(1_000_000))
    assert spool.status().holds_s is None
    for scrape in scrapes(100, shape(500)):
        spool.put(scrape)
    status = spool.status()
    assert status.held_s == 99 * 15
    assert status.holds_s is not None
    assert (
        100 * 15 * 1_000_000 / status.size_bytes * 0.9 < status.holds_s < 100 * 15 * 1_000_000 / status.size_bytes * 1.3
    )
    spool.close()


def test_the_oldest_is_thinned_out_before_anything_is_dropped(tmp_path: Path) -> None:
    limits, of = Limits(60_000), shape(40)
    spool = spool_in(tmp_path, limits)
    put = scrapes(4000, of)
    seen_thinned_alone = False
    for scrape in put:
        spool.put(scrape)
        status = spool.status()
        assert status.size_bytes <= 70_000
        seen_thinned_alone |= bool(status.thinned and not status.dropped)
    assert seen_thinned_alone
    status = spool.status()
    assert set(status.dropped) == {"size"}
    left = waiting(spool)
    known = {plain(scrape) for scrape in put}
    assert all(plain(scrape) in known for _number, scrape in left)
    times = [scrape.at_ms for _number, scrape in left]
    gaps = [after - before for before, after in itertools.pairwise(times)]
    assert max(gaps) <= 4 * 15_000 * 2, "every fourth stays, one more or less where two files meet"
    assert gaps[-200:] == [15_000] * 200, "the newest are whole"
    assert 40 * len(left) == status.waiting == 40 * 4000 - status.thinned - status.dropped["size"]
    spool.close()
    again = spool_in(tmp_path, limits)
    assert [number for number, _scrape in waiting(again)] == [number for number, _scrape in left]
    assert again.status().damaged == 0
    again.close()


def test_what_is_being_sent_is_not_thinned_out_under_its_sender(tmp_path: Path) -> None:
    limits, of = Limits(60_000), shape(40)
    spool = spool_in(tmp_path, limits)
    put = scrapes(6000, of)
    at = 0
    while spool._bounds._thinning is None:
        spool.put(put[at])
        at += 1
    segment, _steps = spool._bounds._thinning
    sent: set[int] = set()
    while not spool._ahead.is_at(segment):  # the line is back, and the oldest goes first, a little at a time
        (batch,) = spool.unsent(40)
        spool.acknowledge([number for number, _scrape in batch])
    damaged = spool.status().damaged
    for scrape in put[at : at + 400]:
        spool.put(scrape)
        for batch in spool.unsent(40):
            sent |= {number for number, _scrape in batch}
            spool.acknowledge([number for number, _scrape in batch])
    for batch in spool.unsent(10**9):
        sent |= {number for number, _scrape in batch}
    assert spool.status().damaged == damaged == 0
    assert set(range(min(sent), segment.end)) <= sent, "nothing of its file is passed over"
    spool.close()


def test_what_is_too_old_goes_once_the_clock_is_to_be_believed(tmp_path: Path) -> None:
    clock = Clock()
    spool = spool_in(tmp_path, Limits(10**7, age_max_s=86_400), clock)
    put = scrapes(300, shape(100))
    for scrape in put:
        spool.put(scrape)
    spool.close()
    clock.pass_by(2 * 86_400)
    spool = spool_in(tmp_path, Limits(10**7, age_max_s=86_400), clock)
    late = scrapes(3, shape(100), begin_ms=int(clock.now * 1000))
    spool.put(late[0])
    assert len(waiting(spool)) == 301, "a clock that was set a moment ago may be wrong"
    clock.pass_by(3700)
    spool.put(late[1])
    assert [plain(scrape) for _number, scrape in waiting(spool)] == [plain(scrape) for scrape in late[:2]]
    assert spool.status().dropped == {"age": 300 * 100}
    clock.now += 10 * 86_400
    spool.put(late[2])
    assert len(waiting(spool)) == 3, "a clock that jumps costs nothing"
    spool.close()


def test_two_processes_do_not_share_a_spool(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    clock = Clock()
    first, second = spool_in(tmp_path), spool_in(tmp_path, clock=clock)
    scrape = scrapes(1, shape(3))[0]
    with caplog.at_level(logging.WARNING):
        assert second.put(scrape) is None
    assert "another process" in second.status().trouble
    first.close()
    clock.pass_by(60)
    assert second.put(scrape) is not None
    assert second.status().trouble == ""
    second.close()


def test_a_reading_without_series_is_one_too(tmp_path: Path) -> None:
    spool = spool_in(tmp_path)
    empty = Scrape(BEGIN_MS, Shape("node", ()), scrapes(1, shape(0))[0].values)
    assert spool.put(empty) is not None
    assert told(spool) == [plain(empty)]
    spool.close()


def test_files_are_their_owners_alone(tmp_path: Path) -> None:
    spool = spool_in(tmp_path / "spool")
    spool.put(scrapes(1, shape(3))[0])
    spool.close()
    assert (tmp_path / "spool").stat().st_mode & 0o077 == 0
    assert all(file.stat().st_mode & 0o077 == 0 for file in (tmp_path / "spool").iterdir())
