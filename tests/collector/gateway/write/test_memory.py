"""What is remembered makes checks quick and changes nothing that they come to."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from regiowacht_collector.gateway.write import Refused, WriteLimits, check
from regiowacht_collector.gateway.write.memory import SERIES_BYTES, Memories
from regiowacht_collector.gateway.writer import Writer
from regiowacht_contract.wire.encode import head, request
from regiowacht_contract.wire.snappy import compress
from tests.collector.gateway.write.bodies import LIMITS, NOW_MS, WRITER, body, labels, one, told, told_labels, without
from tests.contract.wire.prompb import read

if TYPE_CHECKING:
    from regiowacht_collector.gateway.write import Checked

NAMES = ("node_load1", "node_load5", "node_load15", "mine")
AGAIN = 12


def heads(*names: str, **more: str) -> list[bytes]:
    return [head(labels(name, scope="zandbeke/infrastructuur", **more).items()) for name in names]


def mixed(step: int) -> bytes:
    """A body as other clients send it: without gemeente and scope, zeros left away, a foreign series among them."""
    series = [without(labels(name), "gemeente", "scope") for name in NAMES]
    series[1]["gemeente"] = "polderdam"
    return body(*(one(told_, (float(number % 2), NOW_MS + step)) for number, told_ in enumerate(series)))


@pytest.mark.parametrize("stamped", [True, False])
def test_the_same_body_comes_to_the_same_however_often_it_comes(stamped: bool) -> None:
    memories = Memories()
    for step in range(AGAIN):
        sent = request(heads(*NAMES[:3]), [1.0, 0.0, float(step)], NOW_MS + step) if stamped else mixed(step)
        found = check(compress(sent), WRITER, LIMITS, NOW_MS, memories)
        assert found == check(compress(sent), WRITER, LIMITS, NOW_MS, Memories())
        assert (found.fresh == sent) == stamped


def test_a_body_that_goes_on_unchanged_is_the_one_that_came_and_its_heads_are_the_same_object() -> None:
    memories, told_heads = Memories(), []
    for step in range(AGAIN):
        sent = request(heads(*NAMES[:3]), [1.0, 2.0, 3.0], NOW_MS + step)
        told_heads.append(check(compress(sent), WRITER, LIMITS, NOW_MS, memories).heads)
    assert all(each is told_heads[-1] for each in told_heads[4:])


def test_what_a_stencil_does_not_fit_is_walked_over() -> None:
    memories = Memories()
    for step in range(AGAIN):
        _send(memories, request(heads(*NAMES[:3]), [1.0, 2.0, 3.0], NOW_MS + step))
    other = request(heads(*NAMES[:3]), [1.0, 2.0, 3.0], NOW_MS).replace(b"zandbeke", b"duinstad")
    found = _send(memories, other)
    assert (found.fresh, found.refused) == (b"", {"foreign-gemeente": 3})
    late = request(heads(*NAMES[:2]), [1.0, 2.0], NOW_MS) + request(heads("node_load15"), [3.0], NOW_MS - 3_600_000)
    found = _send(memories, late)
    assert (len(told(found.fresh)), len(told(found.old)), found.samples) == (2, 1, 3)
    ahead = request(heads(*NAMES[:3]), [1.0, 2.0, 3.0], NOW_MS + 3_600_000)
    assert _send(memories, ahead).refused == {"too-far-ahead": 3}
    twice = request(heads("node_load1", "node_load1", "node_load15"), [1.0, 2.0, 3.0], NOW_MS)
    assert _send(memories, twice).refused == {"time-twice": 1}


def test_two_times_in_one_body_are_told_apart_also_by_a_stencil() -> None:
    memories = Memories()
    for step in range(AGAIN):
        sent = request(heads("node_load1"), [1.0], NOW_MS + step)
        sent += request(heads("node_load5", instance="sw-1"), [1.0], NOW_MS + 2 * step)
        found = _send(memories, sent)
        assert found.fresh == sent
        assert found.instances == {("srv-zb-01", "node"): NOW_MS + step, ("sw-1", "node"): NOW_MS + 2 * step}
        assert found.newest_ms == NOW_MS + 2 * step


def test_gemeenten_and_copies_do_not_share_what_is_remembered() -> None:
    memories = Memories()
    sent = compress(request(heads(*NAMES[:3]), [1.0, 2.0, 3.0], NOW_MS))
    others = (Writer("c1", "polderdam", 8, "srv-zb-01"), replace(WRITER, copy=2))
    for _ in range(AGAIN):
        assert check(sent, WRITER, LIMITS, NOW_MS, memories).samples == 3
        assert check(sent, others[0], LIMITS, NOW_MS, memories).refused == {"foreign-gemeente": 3}
        copied = check(sent, others[1], LIMITS, NOW_MS, memories)
        assert {each["instance"] for each in told_labels(copied.fresh)} == {"srv-zb-01~2"}


def test_series_that_never_come_again_take_no_more_than_their_share() -> None:
    limits, memories = WriteLimits(memory_bytes=1 << 20), Memories()
    count = 2 * limits.memory_bytes // SERIES_BYTES
    tracemalloc.start()
    try:
        for begin in range(0, count, 250):
            sent = body(*(one(labels("mine", n=str(number))) for number in range(begin, begin + 250)))
            assert check(compress(sent), WRITER, limits, NOW_MS, memories).samples == 250
        assert tracemalloc.get_traced_memory()[0] < 2 * limits.memory_bytes
    finally:
        tracemalloc.stop()


def test_a_memory_that_begins_anew_within_a_body_loses_nothing() -> None:
    limits, memories = WriteLimits(memory_bytes=20 * (SERIES_BYTES + 250)), Memories()
    for step in range(AGAIN):
        sent = request(heads(*(f"mine{number}" for number in range(70))), [float(step)] * 70, NOW_MS + step)
        found = check(compress(sent), WRITER, limits, NOW_MS, memories)
        assert (found.samples, found.series, found.refused) == (70, 70, {})
        assert len(read(found.fresh).timeseries) == 70


@pytest.mark.parametrize("values", [(1.0, 2.0), (1.0, 0.0), (0.0, 1.0)], ids=["long", "short-last", "short-first"])
def test_known_series_that_are_cut_short_are_refused_at_every_place(values: tuple[float, float]) -> None:
    memories = Memories()
    sent = body(*(one(labels(name), (value, NOW_MS)) for name, value in zip(NAMES[:2], values, strict=True)))
    for _ in range(AGAIN):
        _send(memories, sent)
    whole = {0, len(body(one(labels(NAMES[0]), (values[0], NOW_MS))))}
    for size in range(len(sent)):
        if size in whole:
            assert _send(memories, sent[:size]).samples == (1 if size else 0)
            continue
        with pytest.raises(Refused) as refused:
            check(compress(sent[:size]), WRITER, LIMITS, NOW_MS, memories)
        assert refused.value.status == 400
    _send(memories, sent)


def test_known_series_are_bounded_as_others_are() -> None:
    memories = Memories()
    two, three = (body(*(one(labels(name)) for name in NAMES[:count])) for count in (2, 3))
    few = replace(LIMITS, series=2)
    for _ in range(AGAIN):
        assert check(compress(two), WRITER, few, NOW_MS, memories).samples == 2
        with pytest.raises(Refused) as refused:
            check(compress(three), WRITER, few, NOW_MS, memories)
        assert refused.value.reason == "many-series"


def test_what_series_come_to_together_is_not_mixed_up_when_a_memory_begins_anew() -> None:
    limits, memories = WriteLimits(memory_bytes=8 * (SERIES_BYTES + 500)), Memories()
    for step in range(4 * AGAIN):
        names = [f"mine{number}" for number in range(step % 5, step % 5 + 4)]
        sent = body(*(one(without(labels(name), "scope"), (float(step % 2), NOW_MS + step)) for name in names))
        found = check(compress(sent), WRITER, limits, NOW_MS, memories)
        assert [each["__name__"] for each in told_labels(found.fresh)] == names
        assert found == check(compress(sent), WRITER, limits, NOW_MS, Memories())


def _send(memories: Memories, sent: bytes) -> Checked:
    found = check(compress(sent), WRITER, LIMITS, NOW_MS, memories)
    assert found == check(compress(sent), WRITER, LIMITS, NOW_MS, Memories())
    return found
