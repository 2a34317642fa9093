"""Packets by processor of recorded hosts, of kernels old and new."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.agent.fake_host import FakeHost

if TYPE_CHECKING:
    from pathlib import Path

COLUMNS = (
    ("ff", "2", "3", "0", "0", "0", "0", "0", "4", "5", "6", "a", "0"),
    ("10", "0", "0", "0", "0", "0", "0", "0", "0", "0", "0", "0", "c"),
)


def _stat(width: int = 13) -> str:
    """Return the file as a kernel writes it that has this many columns."""
    return "".join(" ".join(word.zfill(8) for word in row[:width]) + "\n" for row in COLUMNS)


def _of(told: str, cpu: str) -> dict[str, str]:
    rows = (row.rpartition(" ") for row in told.splitlines() if f'cpu="{cpu}"' in row)
    return {name.partition("{")[0].removeprefix("node_softnet_"): value for name, _, value in rows}


def test_a_new_kernel_names_its_processors(tmp_path: Path) -> None:
    told = FakeHost.write(tmp_path, {"net/softnet_stat": _stat()}).exposition("softnet", reader="proc")
    assert _of(told, "0") == {
        "processed_total": "255",
        "dropped_total": "2",
        "times_squeezed_total": "3",
        "cpu_collision_total": "4",
        "received_rps_total": "5",
        "flow_limit_count_total": "6",
        "backlog_len": "10",
    }
    assert _of(told, "12")["processed_total"] == "16"
    assert told.count("\n") == 14


@pytest.mark.parametrize("width", [9, 10, 11])
def test_an_older_kernel_is_told_with_what_it_counts(tmp_path: Path, width: int) -> None:
    told = FakeHost.write(tmp_path, {"net/softnet_stat": _stat(width)}).exposition("softnet", reader="proc")
    assert told.count("\n") == 14
    assert _of(told, "1")["processed_total"] == "16"
    assert _of(told, "0")["cpu_collision_total"] == "4"
    assert _of(told, "0")["received_rps_total"] == ("5" if width > 9 else "0")
    assert _of(told, "0")["backlog_len"] == "0"
