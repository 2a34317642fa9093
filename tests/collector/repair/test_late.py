"""What is kept of samples that came in late."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_collector.repair.late import FILE, NEAR_MS, SPANS_MAX, Late, Span

if TYPE_CHECKING:
    from pathlib import Path

HOUR_MS = 3_600_000


class Clock:
    """A clock that stands still."""

    def __init__(self) -> None:
        self.now_s = 1_000_000.0

    def __call__(self) -> float:
        return self.now_s


def _spans(late: Late) -> list[tuple[str, int, int]]:
    return sorted((span.gemeente, span.from_ms, span.until_ms) for span in late.waiting())


def test_what_is_near_becomes_one_and_what_is_far_or_anothers_stays_apart(tmp_path: Path) -> None:
    late = Late(tmp_path)
    late.note("aa", 5 * HOUR_MS, 5 * HOUR_MS + 1000)
    late.note("bb", 5 * HOUR_MS, 5 * HOUR_MS + 1000)
    late.note("aa", 5 * HOUR_MS + NEAR_MS, 6 * HOUR_MS)
    late.note("aa", 1 * HOUR_MS, 2 * HOUR_MS)
    assert _spans(late) == [
        ("aa", HOUR_MS, 2 * HOUR_MS),
        ("aa", 5 * HOUR_MS, 6 * HOUR_MS),
        ("bb", 5 * HOUR_MS, 5 * HOUR_MS + 1000),
    ]
    late.note("aa", 2 * HOUR_MS, 5 * HOUR_MS)  # what lay apart is joined by what lies between
    assert _spans(late)[0] == ("aa", HOUR_MS, 6 * HOUR_MS)


def test_it_is_due_once_nothing_more_comes_and_its_effects_are_past(tmp_path: Path) -> None:
    clock = Clock()
    late = Late(tmp_path, clock)
    now_ms = int(clock.now_s * 1000)
    late.note("aa", now_ms - HOUR_MS, now_ms - 1000)
    assert late.due(60, 300_000) == []
    clock.now_s += 61
    assert late.due(60, 300_000) == []  # rates of the last samples still change
    assert len(late.due(60, 30_000)) == 1
    late.note("aa", now_ms - HOUR_MS, now_ms - HOUR_MS + 1)
    assert late.due(60, 30_000) == []


def test_what_comes_in_during_a_repair_is_repaired_once_more(tmp_path: Path) -> None:
    clock = Clock()
    late = Late(tmp_path, clock)
    late.note("aa", 1, 2)
    taken = late.due(0, 0)
    clock.now_s += 1
    late.note("aa", 1, 2)
    late.done(taken)
    assert _spans(late) == [("aa", 1, 2)]
    late.done(late.due(0, 0))
    assert _spans(late) == []


def test_it_outlives_a_kill(tmp_path: Path) -> None:
    late = Late(tmp_path)
    late.note("aa", 10, 20)
    late.note("aa", 5, 30)
    assert _spans(Late(tmp_path)) == [("aa", 5, 30)]


def test_a_repeated_note_costs_the_disk_nothing(tmp_path: Path) -> None:
    late = Late(tmp_path)
    late.note("aa", 10, 20)
    before = (tmp_path / FILE).stat().st_ino
    for _ in range(10):
        late.note("aa", 12, 18)
    assert (tmp_path / FILE).stat().st_ino == before
    late.close()
    assert (tmp_path / FILE).stat().st_ino != before


def test_a_damaged_file_is_passed_over(tmp_path: Path) -> None:
    for damage in ("", "{", '[{"gemeente": "aa"}]', "[1]"):
        (tmp_path / FILE).write_text(damage)
        late = Late(tmp_path)
        assert late.waiting() == ()
        late.note("aa", 1, 2)
        assert _spans(Late(tmp_path)) == [("aa", 1, 2)]


def test_a_folder_that_is_away_stops_nobody(tmp_path: Path) -> None:
    late = Late(tmp_path / "away")
    late.note("aa", 1, 2)
    assert len(late.waiting()) == 1


def test_very_many_spans_become_one(tmp_path: Path) -> None:
    late = Late(tmp_path)
    for number in range(SPANS_MAX + 1):
        late.note("aa", number * 2 * NEAR_MS, number * 2 * NEAR_MS + 1)
    assert _spans(late) == [("aa", 0, SPANS_MAX * 2 * NEAR_MS + 1)]


def test_a_span_joins_what_is_near_it_from_either_side() -> None:
    span = Span("aa", 10 * NEAR_MS, 11 * NEAR_MS, 0)
    for at, joins in ((8, False), (9, True), (10, True), (12, True), (13, False)):
        other = Span("aa", at * NEAR_MS, at * NEAR_MS, 0)
        assert (span.joins(other), other.joins(span)) == (joins, joins)
