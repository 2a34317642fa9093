"""Machines with the same credential are told apart; restarts, moves and restored backups are no copies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from regiowacht_collector.gateway.joining.copies import COPIES_MAX, SILENT_S, Copies, Found
from regiowacht_collector.gateway.joining.refused import Refused
from regiowacht_collector.gateway.joining.store import Store
from tests.collector.gateway.joining.clock import Clock

if TYPE_CHECKING:
    from pathlib import Path

A, B = "aa" * 16, "bb" * 16


@pytest.fixture
def clock() -> Clock:
    return Clock(1000.0)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


class Watch:
    """Sends as machines do, 15 seconds apart."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.credential = store.admit_client("zandbeke", "srv-app", None)[0].id
        self.copies = Copies(store, clock)
        self._clock = clock

    def __call__(self, machine: str, boots: int, nonce: int) -> Found:
        self._clock.now += 15
        return self.copies.seen(self.credential, machine, f"{boots}-{nonce:08x}")


@pytest.fixture
def watch(store: Store, clock: Clock) -> Watch:
    return Watch(store, clock)


def test_a_machine_that_restarts_is_one_machine(watch: Watch) -> None:
    assert [watch(A, boots, 100 + boots).number for boots in (1, 1, 2, 3, 3, 9)] == [1] * 6
    assert watch.copies.counted() == {}


def test_copy_with_another_machine_id_is_found_at_once_and_keeps_its_number(watch: Watch) -> None:
    watch(A, 7, 1)
    assert watch(B, 7, 2) == Found(2, is_new=True)
    assert [watch(A, 7, 1).number, watch(B, 7, 2).number, watch(B, 8, 3).number, watch(A, 8, 4).number] == [1, 2, 2, 1]
    assert watch.copies.counted() == {watch.credential: 2}


def test_copy_with_the_same_machine_id_is_found_by_its_count(watch: Watch) -> None:
    watch(A, 7, 1)
    assert watch(A, 7, 2) == Found(2, is_new=True)
    assert watch(A, 7, 1) == Found(1)


def test_copy_that_looks_like_a_restart_is_found_when_the_first_goes_on(watch: Watch) -> None:
    watch(A, 7, 1)
    assert watch(A, 8, 2) == Found(1)
    assert watch(A, 7, 1) == Found(1, is_new=True)
    assert watch(A, 8, 2) == Found(2)
    assert watch(A, 8, 3) == Found(1), "the first one started again"
    assert watch(A, 9, 4) == Found(2), "and so did the copy, which was silent for longer"
    assert watch(A, 8, 3) == Found(1)


def test_copy_started_while_the_first_was_cut_off_gives_the_name_back(watch: Watch, clock: Clock) -> None:
    watch(A, 7, 1)
    clock.now += 2 * SILENT_S
    assert watch(B, 7, 2) == Found(1)
    assert watch(B, 8, 3) == Found(1)
    assert watch(A, 7, 1) == Found(1, is_new=True)
    assert watch(B, 8, 3) == Found(2)


def test_restored_backup_and_new_machine_have_the_name_when_the_old_one_is_silent(watch: Watch, clock: Clock) -> None:
    watch(A, 40, 1)
    clock.now += SILENT_S
    assert watch(A, 12, 2) == Found(1)
    clock.now += SILENT_S
    assert watch(B, 1, 3) == Found(1)


@pytest.mark.parametrize(("machine", "boot"), [("", ""), (A, ""), ("", "1-00000001"), (A, "x" * 9000), ("\n", "1-1")])
def test_without_headers_nothing_is_told_apart(watch: Watch, machine: str, boot: str) -> None:
    assert watch.copies.seen(watch.credential, machine, boot) == Found(1)


def test_numbers_outlive_a_restart_of_the_collector(watch: Watch, store: Store, clock: Clock) -> None:
    watch(A, 7, 1)
    watch(B, 7, 2)
    watch.copies = Copies(store, clock)
    assert [watch(B, 7, 2).number, watch(A, 7, 1).number] == [2, 1]


def test_there_is_an_end_to_copies(watch: Watch) -> None:
    for number in range(COPIES_MAX):
        assert watch(f"{number:032x}", 1, number).number == number + 1
    with pytest.raises(Refused, match="copies"):
        watch("ff" * 16, 1, 99)
