"""What the gateway hands on is the same in every engine: this Debian's Prometheus, the newest, VictoriaMetrics."""

from __future__ import annotations

import json
import time
import urllib.request
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from regiowacht_collector.engine import inspect
from regiowacht_collector.gateway.books import Books
from regiowacht_collector.gateway.engines import EngineAddress
from regiowacht_collector.gateway.forward import Forwarder
from regiowacht_collector.gateway.write import WriteLimits, check
from regiowacht_collector.gateway.writer import Writer
from regiowacht_collector.samples import STALE, bodies, encoded, packed
from regiowacht_contract.catalogue import metric
from regiowacht_contract.wire.encode import metadata
from regiowacht_contract.wire.snappy import compress
from tests.collector.engines.victoria import flush, victoria_metrics
from tests.collector.engines.victoria import values as values_of
from tests.collector.gateway import own_loop
from tests.collector.gateway.engines import real_engine
from tests.parts import need_peer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from regiowacht_collector.samples import Rows

pytestmark = [pytest.mark.tools, pytest.mark.timeout(600)]

WRITER = Writer("c-1", "zandbeke", 12, "srv")
DAY_MS = 86_400_000


class Behind:
    """An engine behind the gateway.

    Attributes:
        values: value by instance of an instant query.
    """

    def __init__(self, url: str, values: Callable[[str], dict[str, float]]) -> None:
        self.values = values
        self._url = url

    def write(self, rows: Rows) -> Mapping[str, int]:
        """Write as the gateway does, and return what was refused, by reason."""
        body = b"".join(bodies(encoded(rows)))
        checked = check(compress(body), WRITER, WriteLimits(window_ms=DAY_MS), int(time.time() * 1000))
        refused = own_loop.run(self.forward(checked))
        return {**checked.refused, **refused}

    async def forward(self, checked: object) -> Mapping[str, int]:
        """Hand on what was checked."""
        forwarder = Forwarder((EngineAddress(self._url),), Books())
        try:
            return await forwarder(checked, WRITER)  # type: ignore[arg-type]  # what check returns
        finally:
            await forwarder.close()


@pytest.fixture(params=["Prometheus of the tests", "newest Prometheus", "VictoriaMetrics"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Behind]:
    """Return each engine in turn."""
    with ExitStack() as stack:
        if request.param == "VictoriaMetrics":
            url = stack.enter_context(victoria_metrics(tmp_path))

            def values(expr: str) -> dict[str, float]:
                flush(url)
                return values_of(url, expr)

            yield Behind(f"{url}/api/v1/write", values)
            return
        newest = inspect(need_peer("prometheus").path) if request.param == "newest Prometheus" else None
        real = stack.enter_context(real_engine(tmp_path / "prometheus", newest, "2d"))
        yield Behind(real.url, real.values)


def _row(name: str, instance: str, samples: Sequence[tuple[int, float | bytes]]) -> Rows:
    target = {"gemeente": "zandbeke", "site": "huis", "job": "node", "scope": "zandbeke/infrastructuur"}
    labels = tuple(sorted({**target, "instance": instance, "__name__": name}.items()))
    return {labels: [(at, one if isinstance(one, bytes) else packed(one)) for at, one in samples]}


def test_fresh_and_old_samples_are_there_once(engine: Behind) -> None:
    now_ms = int(time.time() * 1000)
    old = [(now_ms - 7_200_000 + number * 15_000, float(number)) for number in range(400)]
    fresh = [(now_ms - 65_000 + number * 15_000, 1.0) for number in range(5)]
    assert engine.write(_row("up", "srv", fresh)) == {}
    assert engine.write(_row("up", "srv", old[200:])) == {}
    assert engine.write(_row("up", "srv", old)) == {}  # some of it again, as after an answer that was lost
    assert engine.write(_row("up", "srv", fresh)) == {}
    assert engine.values("up") == {"srv": 1.0}
    assert engine.values("count_over_time(up[3h])") == {"srv": 405.0}
    assert engine.values("sum_over_time(up[3h])") == {"srv": sum(range(400)) + 5.0}


def test_a_series_that_ended_has_ended(engine: Behind) -> None:
    now_ms = int(time.time() * 1000)
    rows = {
        **_row("up", "srv", [(now_ms - 20_000, 1.0), (now_ms - 5_000, STALE)]),
        **_row("up", "other", [(now_ms - 20_000, 1.0), (now_ms - 5_000, 1.0)]),
    }
    assert engine.write(rows) == {}
    assert engine.values("up") == {"other": 1.0}


def test_one_sample_too_old_or_too_far_ahead_costs_no_other(engine: Behind) -> None:
    now_ms = int(time.time() * 1000)
    rows = {
        **_row("up", "srv", [(now_ms - 2 * DAY_MS, 1.0), (now_ms - 15_000, 1.0), (now_ms + 3_600_000, 1.0)]),
        **_row("up", "other", [(now_ms - 15_000, 1.0)]),
    }
    refused = engine.write(rows)
    assert sum(refused.values()) == 2, refused
    assert engine.values("up") == {"srv": 1.0, "other": 1.0}
    assert engine.values("count_over_time(up[3d])") == {"srv": 1.0, "other": 1.0}
    assert engine.write(_row("up", "srv", [(now_ms - 1_000, 0.0)])) == {}  # what comes after is taken
    assert engine.values("up") == {"srv": 0.0, "other": 1.0}


def test_what_metrics_mean_is_told_on_by_an_engine_that_keeps_it(tmp_path: Path) -> None:
    told = [("node_load1", "counter", "Nonsense.", ""), ("mine_total", "counter", "What is mine.", "")]
    checked = check(compress(metadata(told)), WRITER, WriteLimits(), int(time.time() * 1000))
    with victoria_metrics(tmp_path) as url:
        assert own_loop.run(Behind(f"{url}/api/v1/write", lambda _: {}).forward(checked)) == {}
        flush(url)
        with urllib.request.urlopen(f"{url}/api/v1/metadata", timeout=30) as answer:
            found = json.load(answer)["data"]
    said = {name: (entry[0]["type"], entry[0]["help"]) for name, entry in found.items()}
    assert said == {
        "node_load1": ("gauge", metric("node_load1").help),
        "mine_total": ("counter", "What is mine."),
    }
