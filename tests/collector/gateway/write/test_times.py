"""Fresh samples, old ones and impossible ones go their own ways: one never costs another."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import pytest

from regiowacht_collector.gateway.write import reasons
from regiowacht_contract.wire.encode import backlog, head, request
from regiowacht_contract.wire.staleness import STALE, STALE_BYTES
from tests.collector.gateway.write.bodies import LIMITS, MINUTE_MS, NOW_MS, body, checked, labels, one, told

if TYPE_CHECKING:
    from collections.abc import Sequence

LOAD = labels("node_load1")
DAY_MS = 24 * 60 * MINUTE_MS
FRESH_MS, OLD_MS = NOW_MS - LIMITS.fresh_ms, NOW_MS - LIMITS.window_ms


def times(unpacked: bytes) -> list[int]:
    return [at_ms for _, samples in told(unpacked) for _, at_ms in samples]


@pytest.mark.parametrize(
    ("sent", "fresh", "old", "refused"),
    [
        ([FRESH_MS, NOW_MS + LIMITS.future_ms], [FRESH_MS, NOW_MS + LIMITS.future_ms], [], {}),
        ([FRESH_MS - 1, NOW_MS], [NOW_MS], [FRESH_MS - 1], {}),
        ([OLD_MS, FRESH_MS], [FRESH_MS], [OLD_MS], {}),
        ([OLD_MS - 1, NOW_MS], [NOW_MS], [], {reasons.TOO_OLD: 1}),
        ([NOW_MS, NOW_MS + LIMITS.future_ms + 1], [NOW_MS], [], {reasons.TOO_FAR_AHEAD: 1}),
        ([-1, 0, 1], [], [], {reasons.TOO_OLD: 3}),
        ([2**63 - 1, -(2**63)], [], [], {reasons.TOO_OLD: 1, reasons.TOO_FAR_AHEAD: 1}),
    ],
)
def test_samples_part_by_age(sent: Sequence[int], fresh: list[int], old: list[int], refused: dict[str, int]) -> None:
    together = checked(body(one(LOAD, *((1.0, at_ms) for at_ms in sent))))
    apart = checked(body(*(one(labels("node_load1", n=str(at_ms)), (1.0, at_ms)) for at_ms in sent)))
    for found in (together, apart):
        assert (times(found.fresh), times(found.old), found.refused) == (fresh, old, refused)
        assert found.samples == len(fresh) + len(old)
        assert found.newest_ms == max([*fresh, *old], default=0)


def test_samples_of_a_series_leave_in_the_order_of_their_times_each_time_once() -> None:
    sent = one(LOAD, (3.0, NOW_MS + 3), (1.0, NOW_MS + 1), (2.0, NOW_MS + 2), (9.0, NOW_MS + 1), (3.0, NOW_MS + 3))
    found = checked(body(sent))
    values = [(struct.unpack("<d", value)[0], at_ms) for value, at_ms in told(found.fresh)[0][1]]
    assert values == [(1.0, NOW_MS + 1), (2.0, NOW_MS + 2), (3.0, NOW_MS + 3)]
    assert found.refused == {reasons.TIME_TWICE: 2}


def test_a_series_that_stands_there_twice_leaves_once() -> None:
    twice = body(one(LOAD, (2.0, NOW_MS)), one(labels("up")), one(LOAD, (1.0, NOW_MS - 1), (9.0, NOW_MS)))
    found = checked(twice)
    assert [each["__name__"] for each, _ in told(found.fresh)] == ["node_load1", "up"]
    assert [at_ms for _, at_ms in told(found.fresh)[0][1]] == [NOW_MS - 1, NOW_MS]
    assert (found.samples, found.series, found.refused) == (3, 2, {reasons.TIME_TWICE: 1})


def test_series_that_become_the_same_leave_as_one() -> None:
    sent = body(one(LOAD, (1.0, NOW_MS)), one(labels("node_load1", scope="zandbeke/overig"), (2.0, NOW_MS + 1)))
    found = checked(sent)
    assert [len(samples) for _, samples in told(found.fresh)] == [2]
    assert (found.series, found.samples) == (1, 2)


def test_a_series_that_has_ended_says_so_to_the_bit() -> None:
    found = checked(request([head(LOAD.items())], [STALE], NOW_MS))
    assert told(found.fresh) == [(LOAD, [(STALE_BYTES, NOW_MS)])]


def test_a_backlog_goes_on_as_it_is() -> None:
    heads = [head(labels(name).items()) for name in ("node_load1", "node_load5")]
    sent = backlog(heads, [[1.0, 2.0], [3.0, 0.0]], [NOW_MS - DAY_MS, NOW_MS - DAY_MS + 15_000])
    found = checked(sent)
    assert (found.fresh, found.old, found.samples, found.series) == (b"", sent, 4, 2)
    assert found.instances == {("srv-zb-01", "node"): NOW_MS - DAY_MS + 15_000}
    assert len(found.heads) == 2


def test_every_instance_has_its_own_newest_time() -> None:
    sent = body(
        one(LOAD, (1.0, NOW_MS - 5), (1.0, NOW_MS)), one(labels("up", instance="sw-1", job="snmp"), (1.0, NOW_MS - 9))
    )
    assert checked(sent).instances == {("srv-zb-01", "node"): NOW_MS, ("sw-1", "snmp"): NOW_MS - 9}
