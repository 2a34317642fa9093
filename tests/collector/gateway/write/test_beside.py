"""Histograms, exemplars and metadata go on where they make sense, and cost no sample where they do not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from regiowacht_collector.gateway.write import WriteLimits, reasons
from regiowacht_contract.catalogue import metric
from regiowacht_contract.wire.encode import metadata
from regiowacht_contract.wire.staleness import STALE
from tests.collector.gateway.write.bodies import NOW_MS, body, checked, labels, one
from tests.contract.wire.prompb import Histogram, Label, MetricMetadata, WriteRequest, read

if TYPE_CHECKING:
    from regiowacht_collector.gateway.write import Checked

ON = WriteLimits(histograms=True)
LATENCY = labels("latency_seconds", gemeente="zandbeke", scope="zandbeke/overig")
WHOLE = {
    "count_int": 12, "sum": 18.4, "schema": 1, "zero_threshold": 0.001, "zero_count_int": 2,
    "positive_spans": [{"offset": 0, "length": 2}, {"offset": 1, "length": 2}], "positive_deltas": [1, 1, -1, 0],
    "negative_spans": [{"offset": -3, "length": 2}], "negative_deltas": [2, 1], "reset_hint": 1,
}  # fmt: skip
FLOATING = {
    "count_float": 4.5, "sum": -1.0, "zero_count_float": 0.5,
    "positive_spans": [{"offset": 2, "length": 2}], "positive_counts": [1.5, 2.5],
}  # fmt: skip
CUSTOM = {
    "count_int": 3, "sum": 5.0, "schema": -53, "zero_count_int": 0, "custom_values": [0.1, 1.0, 10.0],
    "positive_spans": [{"offset": 0, "length": 2}, {"offset": 1, "length": 1}], "positive_deltas": [1, 0, 0],
}  # fmt: skip
ENDED = {"count_int": 0, "sum": STALE, "zero_count_int": 0}


def with_histogram(told: dict[str, Any], at_ms: int = NOW_MS) -> bytes:
    series = one(LATENCY)
    series.histograms.add(timestamp=at_ms, **told)
    return body(series)


def histograms(found: Checked) -> list[Any]:
    return [each for series in read(found.fresh).timeseries for each in series.histograms]


@pytest.mark.parametrize("told", [WHOLE, FLOATING, CUSTOM, ENDED], ids=["whole", "floating", "custom", "ended"])
def test_a_histogram_that_makes_sense_goes_on_as_it_was_sent(told: dict[str, Any]) -> None:
    found = checked(with_histogram(told, NOW_MS + 1), limits=ON)
    assert found.refused == {}
    assert found.samples == 2
    assert [each.SerializeToString() for each in histograms(found)] == [
        Histogram(timestamp=NOW_MS + 1, **told).SerializeToString()
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {**WHOLE, "count_int": 13},
        {**WHOLE, "positive_deltas": [1, 1, -1]},
        {**WHOLE, "positive_deltas": [1, 1, -3, 2]},
        {**WHOLE, "positive_spans": [{"offset": 0, "length": 2}, {"offset": -1, "length": 2}]},
        {**WHOLE, "schema": 9},
        {**WHOLE, "schema": -5},
        {**WHOLE, "reset_hint": 4},
        {**WHOLE, "positive_counts": [1.0]},
        {**WHOLE, "custom_values": [1.0]},
        {**FLOATING, "count_float": -1.0},
        {**FLOATING, "positive_counts": [1.5, -2.5]},
        {**FLOATING, "positive_counts": [float("nan"), 1.0]},
        {**CUSTOM, "custom_values": [1.0, 0.1, 10.0]},
        {**CUSTOM, "custom_values": [1.0]},
        {**CUSTOM, "zero_count_int": 1, "count_int": 4},
        {"sum": 1.0},
    ],
)
def test_a_histogram_that_contradicts_itself_costs_itself_alone(wrong: dict[str, Any]) -> None:
    found = checked(with_histogram(wrong), limits=ON)
    assert found.refused == {reasons.BAD_HISTOGRAM: 1}
    assert (found.samples, histograms(found)) == (1, [])


def test_an_engine_that_takes_no_histograms_gets_none() -> None:
    found = checked(with_histogram(WHOLE))
    assert found.refused == {reasons.HISTOGRAMS_OFF: 1}
    assert (found.samples, histograms(found)) == (1, [])


def test_a_histogram_and_a_sample_of_the_same_time_are_one_too_many() -> None:
    assert checked(with_histogram(WHOLE, NOW_MS), limits=ON).refused == {reasons.TIME_TWICE: 1}


def test_an_exemplar_goes_on_with_its_series() -> None:
    series = one(LATENCY)
    trace = [Label(name="trace_id", value="abc"), Label(name="span_id", value="é")]
    series.exemplars.add(labels=trace, value=0.0, timestamp=NOW_MS)
    series.exemplars.add(labels=trace, value=1.5, timestamp=NOW_MS - 3_600_000)
    found = checked(body(series))
    fresh, old = (
        [each for series in read(part).timeseries for each in series.exemplars] for part in (found.fresh, found.old)
    )
    assert [(each.value, each.timestamp) for each in fresh] == [(0.0, NOW_MS)]
    assert [(each.value, each.timestamp) for each in old] == [(1.5, NOW_MS - 3_600_000)]
    assert [(label.name, label.value) for label in fresh[0].labels] == [("span_id", "é"), ("trace_id", "abc")]
    assert found.refused == {}


@pytest.mark.parametrize(
    "wrong",
    [
        [("trace_id", "a"), ("trace_id", "b")],
        [("__name__x", "a")],
        [("", "a")],
        [("a", "")],
        [("a-b", "x")],
        [("trace_id", "x" * 121)],
    ],
)
def test_an_exemplar_with_wrong_labels_costs_itself_alone(wrong: list[tuple[str, str]]) -> None:
    series = one(LATENCY)
    series.exemplars.add(labels=[Label(name=name, value=value) for name, value in wrong], timestamp=NOW_MS)
    found = checked(body(series))
    assert (found.samples, found.refused) == (1, {reasons.BAD_EXEMPLAR: 1})
    assert not read(found.fresh).timeseries[0].exemplars


def test_what_a_metric_of_their_own_means_goes_on() -> None:
    told = [("mine_total", "counter", "What is mine, é.", "bytes"), ("other", "unknown", "", "")]
    found = checked(body(one(LATENCY)) + metadata(told))
    assert read(found.fresh).metadata == WriteRequest.FromString(metadata(told)).metadata
    assert (found.samples, found.refused) == (1, {})


def test_what_a_metric_of_the_catalogue_means_the_catalogue_says() -> None:
    told = [
        ("node_load1", "counter", "Nonsense.", "bytes"),
        ("regiowacht_asset_info", "gauge", "x", ""),
        ("a:b", "gauge", "", ""),
    ]
    found = checked(metadata(told))
    assert found.fresh == metadata([("node_load1", "gauge", metric("node_load1").help, "")])
    assert (found.samples, found.refused) == (0, {})


@pytest.mark.parametrize(
    "wrong",
    [
        MetricMetadata(metric_family_name="", type=1),
        MetricMetadata(metric_family_name="a b", type=1),
        MetricMetadata(metric_family_name="x" * 201, type=1),
        MetricMetadata(metric_family_name="mine", type=8),
        MetricMetadata(metric_family_name="mine", type=-1),
        MetricMetadata(metric_family_name="mine", help="x" * 2049),
        MetricMetadata(metric_family_name="mine", unit="x" * 2049),
    ],
)
def test_metadata_that_is_wrong_costs_itself_alone(wrong: Any) -> None:
    found = checked(body(one(LATENCY)) + WriteRequest(metadata=[wrong]).SerializeToString())
    assert (found.samples, found.refused) == (1, {reasons.BAD_METADATA: 1})
    assert not read(found.fresh).metadata
