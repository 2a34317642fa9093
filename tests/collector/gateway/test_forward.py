"""What is handed on to an engine that answers as told, and to a real one."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from regiowacht_collector.gateway.answer import Verdict, judge
from regiowacht_collector.gateway.books import Books
from regiowacht_collector.gateway.engines import EngineAddress
from regiowacht_collector.gateway.forward import Forwarder
from regiowacht_collector.gateway.refused import Refused
from regiowacht_collector.gateway.split import count_samples, fields, halve
from regiowacht_collector.gateway.write import Checked
from regiowacht_collector.gateway.writer import Writer
from regiowacht_collector.ports import free_port
from regiowacht_contract.errors import UsageError
from regiowacht_contract.wire.encode import backlog, head, metadata, request
from regiowacht_contract.wire.snappy import decompress
from tests.collector.gateway import own_loop
from tests.collector.gateway.engines import fake_engine, real_engine

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from tests.collector.gateway.engines import Answer

WRITER = Writer("c-1", "zandbeke", 12, "srv-files")
MINUTE_MS = 60_000


def heads(*instances: str) -> list[bytes]:
    return [head((("__name__", "up"), ("instance", instance), ("job", "node"))) for instance in instances]


def write(
    engines: Sequence[EngineAddress], fresh: bytes = b"", old: bytes = b"", books: Books | None = None
) -> Mapping[str, int]:
    """Hand on a body of fresh samples and one of old ones, and return what was refused."""

    async def once() -> Mapping[str, int]:
        forwarder = Forwarder(engines, books or Books())
        try:
            return await forwarder(Checked(fresh=fresh, old=old), WRITER)
        finally:
            await forwarder.close()

    return own_loop.run(once())


def test_an_engine_gets_the_same_bytes_as_remote_write_1() -> None:
    body = request(heads("a", "b"), [1, 0], 1_000)
    with fake_engine() as engine:
        assert write([EngineAddress(engine.url)], body) == {}
    [(path, headers, got)] = engine.got
    assert (path, decompress(got, 10_000)) == ("/api/v1/write", body)
    assert headers["Content-Type"] == "application/x-protobuf"
    assert headers["Content-Encoding"] == "snappy"
    assert headers["X-Prometheus-Remote-Write-Version"] == "0.1.0"


def test_a_tenant_goes_in_a_header_or_in_the_path() -> None:
    body = request(heads("a"), [1], 1_000)
    with fake_engine() as mimir, fake_engine() as cluster:
        there = cluster.url.replace("/api", "/insert/{id}/prometheus/api")
        write([EngineAddress(mimir.url, "X-Scope-OrgID: {gemeente}"), EngineAddress(there)], body)
    assert mimir.got[0][1]["X-Scope-OrgID"] == "zandbeke"
    assert cluster.got[0][0] == "/insert/12/prometheus/api/v1/write"


@pytest.mark.parametrize(
    ("url", "tenant", "key"),
    [
        ("127.0.0.1:9090", "", "bad-engine"),
        ("http://", "", "bad-engine"),
        ("http://h/{regio}", "", "bad-place"),
        ("http://h/", "X-Scope-OrgID", "bad-tenant"),
        ("http://h/", "A: b\r\nC: d", "bad-tenant"),
    ],
)
def test_an_address_that_cannot_be_meant_is_refused(url: str, tenant: str, key: str) -> None:
    with pytest.raises(UsageError) as refused:
        EngineAddress(url, tenant)
    assert refused.value.key == f"gateway.{key}"
    assert refused.value.message("nl")


@pytest.mark.parametrize(
    ("status", "said", "verdict", "reason"),
    [
        (200, "", Verdict.STORED, ""),
        (204, "", Verdict.STORED, ""),
        (500, "too old sample", Verdict.REFUSED, "too-old"),
        (400, "out of bounds", Verdict.REFUSED, "too-old"),
        (400, "duplicate sample for timestamp", Verdict.REFUSED, "duplicate"),
        (400, "whatever it is", Verdict.REFUSED, "engine"),
        (413, "", Verdict.REFUSED, "engine"),
        (500, "disk full", Verdict.LATER, ""),
        (429, "too many requests", Verdict.LATER, ""),
        (503, "", Verdict.LATER, ""),
        (404, "", Verdict.LATER, ""),
        (401, "", Verdict.LATER, ""),
    ],
)
def test_what_an_engine_says_is_understood(status: int, said: str, verdict: Verdict, reason: str) -> None:
    assert judge(status, said) == (verdict, reason)


def test_one_sample_that_an_engine_refuses_costs_no_other() -> None:
    names = [f"srv-{number}" for number in range(40)]
    bad = b"srv-17"
    stored: list[bytes] = []

    def answer(packed: bytes) -> Answer:
        body = decompress(packed, 100_000)
        if bad in body:
            return 500, "too old sample", {}
        stored.append(body)
        return 204, "", {}

    with fake_engine() as engine:
        engine.answer = answer
        assert write([EngineAddress(engine.url)], request(heads(*names), [1.0] * 40, 1_000)) == {"too-old": 1}
    assert sum(count_samples(body) for body in stored) == 39


def test_halves_hold_what_the_whole_held() -> None:
    whole = backlog(heads("a", "b", "c"), [[1, 4, 7], [2, 5, 8], [3, 6, 9]], [1_000, 2_000, 3_000])
    waiting, single = [whole], []
    while waiting:
        part = waiting.pop()
        halves = halve(part)
        if halves is None:
            single.append(part)
        else:
            assert sum(map(count_samples, halves)) == count_samples(part)
            waiting += halves
    assert sorted(single) == sorted(
        request(heads(name), [value], at)
        for name, values in (("a", (1, 2, 3)), ("b", (4, 5, 6)), ("c", (7, 8, 9)))
        for value, at in zip(values, (1_000, 2_000, 3_000), strict=True)
    )
    assert len(fields(whole)) == 3


@pytest.mark.parametrize(
    ("answer", "reason", "again_s"),
    [
        ((429, "", {"Retry-After": "17"}), "engine-later", 17),
        ((503, "", {}), "engine-later", None),
        ((500, "disk full", {}), "engine-later", None),
        ((404, "", {}), "engine-later", None),
        ((200, "", {"X-Prometheus-Remote-Write-Samples-Written": "0"}), "engine-stored-nothing", None),
    ],
)
def test_what_an_engine_does_not_take_now_is_not_acknowledged(
    answer: Answer, reason: str, again_s: float | None
) -> None:
    with fake_engine() as engine:
        engine.answer = lambda _: answer
        with pytest.raises(Refused) as refused:
            write([EngineAddress(engine.url)], request(heads("a"), [1], 1_000))
    assert (refused.value.status, refused.value.reason) == (503, reason)
    assert refused.value.retry_after_s is not None
    assert refused.value.retry_after_s == again_s or again_s is None


def test_an_engine_that_is_away_and_one_of_two_that_is_are_not_acknowledged() -> None:
    away = EngineAddress(f"http://127.0.0.1:{free_port()}/api/v1/write")
    books = Books()
    with fake_engine() as engine, pytest.raises(Refused) as refused:
        write([EngineAddress(engine.url), away], request(heads("a"), [1], 1_000), books=books)
    assert (refused.value.status, refused.value.reason) == (503, "engine-silent")
    assert books.engines["silent"] == 1


def test_what_is_old_goes_after_what_is_fresh_and_costs_it_nothing() -> None:
    def answer(packed: bytes) -> Answer:
        return (503, "", {}) if b"old" in decompress(packed, 10_000) else (204, "", {})

    fresh, old = request(heads("fresh"), [1], 9_000), request(heads("old"), [1], 1_000)
    with fake_engine() as engine:
        engine.answer = answer
        with pytest.raises(Refused):
            write([EngineAddress(engine.url)], fresh, old)
    assert [decompress(got, 10_000) for _, _, got in engine.got] == [fresh, old]


@pytest.mark.tools
def test_a_real_engine_keeps_all_but_what_it_refuses(tmp_path: Path) -> None:
    now_ms = int(time.time() * 1000)
    with real_engine(tmp_path / "engine", window="30m") as engine:
        there = [EngineAddress(engine.url)]
        assert write(there, request(heads("a", "b"), [1, 1], now_ms)) == {}
        # 2.42 refuses the whole of each of these, the first with 500.
        too_old = backlog(heads("a", "b"), [[2, 2], [3, 3]], [now_ms - 90 * MINUTE_MS, now_ms - 20 * MINUTE_MS])
        assert write(there, old=too_old) == {"too-old": 2}
        other_value = request(heads("a", "c"), [7, 1], now_ms)
        assert write(there, other_value) == {"duplicate": 1}
        again = request(heads("a", "c"), [1, 1], now_ms)
        assert write(there, again) == {}
        assert engine.values("count_over_time(up[40m])") == {"a": 2, "b": 2, "c": 1}
        assert engine.values("sum_over_time(up[40m])") == {"a": 4, "b": 4, "c": 1}


@pytest.mark.parametrize("answer", [(200, "", {"X-Prometheus-Remote-Write-Samples-Written": "0"}), (400, "what?", {})])
def test_what_metrics_mean_costs_nothing_where_an_engine_keeps_none_of_it(answer: Answer) -> None:
    with fake_engine() as engine:
        engine.answer = lambda _: answer
        assert write([EngineAddress(engine.url)], metadata([("mine_total", "counter", "Mine.", "")])) == {}
        assert len(engine.got) == 1
