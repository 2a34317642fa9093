"""The parts of a repair, each by itself."""

from __future__ import annotations

import json
import struct
from typing import TYPE_CHECKING

import pytest

from regiowacht_collector.repair.inputs import CARRIED_ON, MEASURED, RECORDED, SHARED
from regiowacht_collector.repair.late import Span
from regiowacht_collector.repair.swap import Swap, commit, prepare, resume
from regiowacht_collector.repair.tiles import deletion_start
from regiowacht_collector.repair.worker import GEMEENTEN_MAX, job_of, together
from regiowacht_collector.samples import STALE, bodies, encoded, packed, read_rows, same
from regiowacht_contract.errors import Unreachable
from regiowacht_contract.wire.encode import field
from regiowacht_contract.wire.errors import Malformed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from regiowacht_collector.client import Client
    from regiowacht_collector.samples import Rows

ROWS: Rows = {
    (("__name__", "a"), ("gemeente", "aa")): [(1_800_000_000_000, packed(1.5)), (1_800_000_015_000, STALE)],
    (("__name__", "b"),): [(0, packed("NaN")), (1, packed("+Inf"))],
}


def test_samples_come_back_as_they_went_staleness_markers_too() -> None:
    response = b"".join(field(0x0A, body) for body in bodies(encoded(ROWS)))
    assert read_rows(response) == ROWS


def test_what_is_written_is_split_between_series() -> None:
    many: Rows = {(("__name__", "a"), ("n", str(n))): [(t, packed(t)) for t in range(2000)] for n in range(120)}
    parts = list(bodies(encoded(many)))
    assert len(parts) > 1
    assert read_rows(b"".join(field(0x0A, part) for part in parts)) == many


@pytest.mark.parametrize("response", [b"\x0a\x05\x0a", b"\x0b", b"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"])
def test_an_answer_that_is_none_is_refused(response: bytes) -> None:
    with pytest.raises(Malformed):
        read_rows(response)


def test_values_are_the_same_but_for_rounding() -> None:
    other_nan = struct.pack("<Q", 0x7FF8000000000001)
    for one, other, wanted in (
        (packed(0.1 + 0.2), packed(0.3), True),
        (packed(0.0), packed(0.0), True),
        (packed(1.0), packed(1.0001), False),
        (packed("NaN"), other_nan, True),
        (packed("NaN"), STALE, False),
        (packed("+Inf"), packed("+Inf"), True),
        (packed("+Inf"), packed("-Inf"), False),
    ):
        assert same(one, other) is wanted


def test_the_rules_tell_what_they_read() -> None:
    assert "up" in MEASURED
    assert "node_cpu_seconds_total" in MEASURED
    assert "regiowacht_asset_push_interval_seconds" in MEASURED
    assert not set(MEASURED) & set(RECORDED)
    assert CARRIED_ON == ("regiowacht:asset_seen",)
    assert "gemeente:regiowacht_assets:count" in SHARED


def _block(storage: Path, name: str, first: int, end: int) -> None:
    (storage / name).mkdir(parents=True)
    (storage / name / "meta.json").write_text(json.dumps({"minTime": first, "maxTime": end}))


def test_a_deletion_begins_where_its_block_does(tmp_path: Path) -> None:
    _block(tmp_path, "old", 0, 100)
    _block(tmp_path, "mid", 100, 200)
    _block(tmp_path, "broken", 0, 0)
    (tmp_path / "broken/meta.json").write_text("{")
    (tmp_path / "wal").mkdir()
    for head, first, last, wanted in (
        (200, 250, 260, 200),  # in memory alone
        (200, 150, 260, 100),
        (200, 150, 160, 100),
        (200, 100, 160, 100),
        (200, 99, 160, 0),
        (300, 250, 260, 250),  # nothing is there
    ):
        assert deletion_start(tmp_path, head, first, last) == wanted


def test_blocks_that_lie_across_each_other_are_all_reached(tmp_path: Path) -> None:
    _block(tmp_path, "a", 0, 100)
    _block(tmp_path, "b", 50, 150)
    _block(tmp_path, "c", 140, 200)
    assert deletion_start(tmp_path, 1000, 160, 170) == 0


class _Engine:
    """Deletes, or is away."""

    def __init__(self) -> None:
        self.deleted: list[tuple[str, int, int]] = []
        self.is_away = False

    def head_from_ms(self) -> int:
        return 1000

    def delete(self, selectors: Sequence[str], from_ms: int, until_ms: int) -> None:
        if self.is_away:
            raise Unreachable("collector.engine-silent", url="-", reason="-")
        self.deleted.append((" ".join(selectors), from_ms, until_ms))


@pytest.fixture
def engine() -> _Engine:
    """Return an engine that is there."""
    return _Engine()


def _client(engine: _Engine) -> Client:
    return engine  # type: ignore[return-value]  # it is asked to delete alone


def test_what_is_interrupted_is_done_later_and_nothing_is_deleted_twice(tmp_path: Path, engine: _Engine) -> None:
    folder, storage = tmp_path / "repair", tmp_path / "storage"
    storage.mkdir()
    blocks = prepare(folder)
    for name in ("01A", "01B"):
        (blocks / name).mkdir()
    engine.is_away = True
    with pytest.raises(Unreachable):
        commit(folder, Swap("{a}", 1, 2), _client(engine), storage)
    engine.is_away = False
    (storage / "01B").mkdir()
    (storage / "01B/in-the-way").touch()
    with pytest.raises(Exception, match="01B"):
        resume(folder, _client(engine), storage)
    assert (storage / "01A").is_dir()
    (storage / "01B/in-the-way").unlink()
    assert resume(folder, _client(engine), storage)
    assert sorted(path.name for path in storage.iterdir()) == ["01A", "01B"]
    assert engine.deleted == [("{a}", 1, 2)]
    assert not folder.exists()


def test_what_was_not_ready_is_thrown_away(tmp_path: Path, engine: _Engine) -> None:
    blocks = prepare(tmp_path / "repair")
    (blocks / "01A").mkdir()
    assert not resume(tmp_path / "repair", _client(engine), tmp_path)
    assert not (tmp_path / "repair").exists()
    assert engine.deleted == []


def test_gemeenten_whose_line_was_cut_together_are_repaired_together() -> None:
    hour = 3_600_000
    spans = [
        Span("bb", 10 * hour, 12 * hour, 0),
        Span("aa", 9 * hour, 11 * hour, 0),
        Span("cc", 20 * hour, 21 * hour, 0),
        Span("aa", 12 * hour, 13 * hour, 0),
    ]
    chosen = together(spans)
    assert {(span.gemeente, span.from_ms) for span in chosen} == {
        ("aa", 9 * hour),
        ("bb", 10 * hour),
        ("aa", 12 * hour),
    }
    job = job_of(chosen, 10 * hour)
    assert job.gemeenten == {"aa", "bb"}
    assert (job.from_ms, job.until_ms) == (10 * hour, 13 * hour + 6 * 60_000)
    assert together([]) == []


def test_very_many_gemeenten_are_repaired_some_at_a_time() -> None:
    spans = [Span(f"g-{number}", 1000 + number, 2000, 0) for number in range(GEMEENTEN_MAX + 5)]
    chosen = together(spans)
    assert chosen == spans[:GEMEENTEN_MAX]
    assert together([span for span in spans if span not in chosen]) == spans[GEMEENTEN_MAX:]
