"""What is encoded by hand is what google.protobuf reads."""

from __future__ import annotations

import struct
import subprocess
import sys
from array import array
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regiowacht_contract.wire.encode import TYPES, backlog, head, metadata, request
from regiowacht_contract.wire.staleness import ABSENT, STALE, is_absent, is_stale
from tests.contract.wire.prompb import read

if TYPE_CHECKING:
    from collections.abc import Sequence

NOW_MS = 1_795_000_000_000
LABELS = (
    (("__name__", "up"), ("instance", "srv-1"), ("gemeente", "zandbeke")),
    (("job", "node"), ("__name__", "node_load1"), ("instance", "café " * 60)),
)
HEADS = tuple(map(head, LABELS))

texts = st.text(min_size=1, max_size=200)
labels = st.dictionaries(texts, texts, min_size=1, max_size=6)
bits = st.integers(0, 2**64 - 1)


def double(told: int) -> float:
    value: float = struct.unpack("<d", told.to_bytes(8, "little"))[0]
    return value


def told(body: bytes) -> list[tuple[dict[str, str], list[tuple[bytes, int]]]]:
    """Return (labels, [(the value's bytes, milliseconds)]) of every series."""
    return [(_labels(one), _samples(one)) for one in read(body).timeseries]


def _labels(series: Any) -> dict[str, str]:
    assert [label.name for label in series.labels] == sorted(label.name for label in series.labels)
    return {label.name: label.value for label in series.labels}


def _samples(series: Any) -> list[tuple[bytes, int]]:
    return [(struct.pack("<d", sample.value), sample.timestamp) for sample in series.samples]


def packed(*values: float) -> list[bytes]:
    return [struct.pack("<d", value) for value in values]


@given(st.lists(st.tuples(labels, bits), max_size=8), st.integers(-(2**63), 2**63 - 1))
def test_a_request_is_read_as_written(series: list[tuple[dict[str, str], int]], at_ms: int) -> None:
    values = array("d", b"".join(value.to_bytes(8, sys.byteorder) for _, value in series))
    body = request([head(one.items()) for one, _ in series], values, at_ms)
    present = [(one, value) for one, value in series if not is_absent(double(value))]
    assert told(body) == [(one, [(value.to_bytes(8, "little"), at_ms)]) for one, value in present]


def test_values_are_taken_as_they_are_also_out_of_a_list() -> None:
    values = [STALE, -0.0]
    assert [one[1] for one in told(request(HEADS, values, NOW_MS))] == [[(raw, NOW_MS)] for raw in packed(*values)]
    assert is_stale(read(request(HEADS, values, NOW_MS)).timeseries[0].samples[0].value)


@pytest.mark.parametrize("absent", [(0,), (1,), (0, 1)])
def test_what_is_absent_is_left_out(absent: Sequence[int]) -> None:
    values = [ABSENT if number in absent else float(number) for number in range(2)]
    assert [one[0] for one in told(request(HEADS, values, NOW_MS))] == [
        dict(LABELS[number]) for number in range(2) if number not in absent
    ]


def test_bodies_of_the_same_series_are_equally_long_whatever_their_values() -> None:
    assert len(request(HEADS, [0.0, 0.0], NOW_MS)) == len(request(HEADS, [1.5, STALE], NOW_MS + 86_400_000))


def test_a_backlog_is_told_series_by_series() -> None:
    body = backlog(HEADS, [[1.0, 2.0], [ABSENT, 3.0], [4.0, STALE]], [NOW_MS, NOW_MS + 15_000, NOW_MS + 30_000])
    times = [NOW_MS, NOW_MS + 15_000, NOW_MS + 30_000]
    assert told(body) == [
        (dict(LABELS[0]), list(zip(packed(1.0, 4.0), times[::2], strict=True))),
        (dict(LABELS[1]), list(zip(packed(2.0, 3.0, STALE), times, strict=True))),
    ]


def test_a_series_that_is_absent_at_all_times_is_no_series() -> None:
    body = backlog(HEADS, [[ABSENT, 1.0], [ABSENT, 2.0]], [NOW_MS, NOW_MS + 1])
    assert [one[0] for one in told(body)] == [dict(LABELS[1])]


def test_nothing_is_an_empty_body() -> None:
    assert request([], [], NOW_MS) == backlog([], [], []) == backlog(HEADS, [], []) == metadata([]) == b""


def test_values_that_do_not_fit_the_series_are_refused() -> None:
    with pytest.raises(ValueError, match="2 series, 1 values"):
        request(HEADS, [1.0], NOW_MS)
    with pytest.raises(ValueError, match="2 series"):
        backlog(HEADS, [[1.0, 2.0], [1.0]], [NOW_MS, NOW_MS + 1])
    with pytest.raises(ValueError, match="zip"):
        backlog(HEADS, [[1.0, 2.0]], [NOW_MS, NOW_MS + 1])


def test_bodies_behind_one_another_are_one() -> None:
    one, other = request(HEADS, [1.0, 2.0], NOW_MS), request(HEADS, [3.0, 4.0], NOW_MS + 1)
    assert told(one + other) == told(one) + told(other)


def test_metadata_is_read_as_written() -> None:
    metrics = [("up", "gauge", "Whether it answers.", ""), ("x_seconds_total", "counter", "Time, in café", "seconds")]
    body = request(HEADS, [1.0, 2.0], NOW_MS) + metadata(metrics)
    found = [(one.metric_family_name, TYPES[one.type], one.help, one.unit) for one in read(body).metadata]
    assert found == metrics
    assert len(read(body).timeseries) == 2


def test_the_two_values_that_are_none_are_told_apart() -> None:
    assert (is_stale(STALE), is_absent(STALE)) == (True, False)
    assert (is_stale(ABSENT), is_absent(ABSENT)) == (False, True)
    assert not is_stale(float("nan"))
    assert not is_absent(float("nan"))


def test_the_heavy_modules_stay_out() -> None:
    script = "import sys, regiowacht_contract.wire.encode, regiowacht_contract.wire.snappy; print(*sys.modules)"
    path = f"import sys; sys.path[:] = {sys.path!r}; "
    done = subprocess.run([sys.executable, "-I", "-S", "-c", path + script], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "cramjam" in loaded
    assert {"dataclasses", "typing", "inspect", "tomllib", "re", "pathlib", "google"} & loaded == set()
