"""The bytes that Prometheus reads, judged by Prometheus's own parser and by promtool."""

from __future__ import annotations

import math
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from regiowacht_agent.block import Sampled, render
from regiowacht_agent.config_file import load
from regiowacht_agent.exposition import CUT, clean, head, number
from regiowacht_agent.family import Metrics, Sample
from regiowacht_agent.reader import open_reader
from regiowacht_agent.reading import Readings
from regiowacht_contract.catalogue import Metric
from regiowacht_contract.defaults import LABEL_VALUE_MAX_BYTES
from tests.agent.fake_host import samples
from tests.parts import need

ERROR = Metrics.of("filesystem")["node_filesystem_device_error"]
CPU = Metrics.of("cpu")["node_cpu_seconds_total"]


@given(
    st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=500), min_size=4, max_size=4),
    st.floats(allow_nan=False),
)
def test_whatever_a_label_holds_comes_back_from_the_parser(labels: list[str], value: float) -> None:
    text = render([Sampled().block([Sample(ERROR, tuple(labels), value)])]).decode()
    (family,) = text_string_to_metric_families(text)
    (sample,) = family.samples
    assert list(sample.labels.values()) == labels
    assert sample.value == value


@pytest.mark.parametrize("value", ["a" * 4000, "€" * 700, "a" + "\U0001f512" * 501, "\udcff" * 700, 'a"\\' * 800])
def test_a_label_longer_than_the_collector_takes_is_cut_and_costs_no_page(value: str) -> None:
    text = render([Sampled().block([Sample(ERROR, ("a", value, "c", ""), 0)])]).decode()
    (family,) = text_string_to_metric_families(text)
    told = family.samples[0].labels["mountpoint"]
    assert LABEL_VALUE_MAX_BYTES - 8 < len(told.encode()) <= LABEL_VALUE_MAX_BYTES
    assert clean(value).startswith(told.removesuffix(CUT))
    assert told.endswith(CUT)


@pytest.mark.parametrize("value", ["a" * 2000, "€" * 666, "\U0001f512" * 500, '"' * 2000])
def test_a_label_as_long_as_the_collector_takes_is_told_whole(value: str) -> None:
    text = render([Sampled().block([Sample(ERROR, ("a", value, "c", ""), 0)])]).decode()
    (family,) = text_string_to_metric_families(text)
    assert family.samples[0].labels["mountpoint"] == value


def test_samples_are_grouped_by_metric_and_metrics_sorted() -> None:
    samples = [
        Sample(ERROR, ("a", "b", "c", ""), 0),
        Sample(CPU, ("0", "idle"), 1.5),
        Sample(ERROR, ("d", "e", "f", ""), 1),
    ]
    assert render([Sampled().block(samples)]).decode() == (
        "# HELP node_cpu_seconds_total Time each logical processor has spent in each mode since boot.\n"
        "# TYPE node_cpu_seconds_total counter\n"
        'node_cpu_seconds_total{cpu="0",mode="idle"} 1.5\n'
        f"{head(ERROR)}"
        'node_filesystem_device_error{device="a",mountpoint="b",fstype="c",device_error=""} 0\n'
        'node_filesystem_device_error{device="d",mountpoint="e",fstype="f",device_error=""} 1\n'
    )
    assert render([Sampled().block(samples)]) == render([Sampled().block(samples)])


def test_help_is_escaped_and_info_is_a_gauge() -> None:
    metric = Metric("x_info", "info", "", "back\\slash\nnew line", (), "overig", "x", monotonic=False)
    assert head(metric) == "# HELP x_info back\\\\slash\\nnew line\n# TYPE x_info gauge\n"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1, "1"),
        (2**63, "9223372036854775808"),
        (0.1, "0.1"),
        (1e300, "1e+300"),
        (math.inf, "+Inf"),
        (-math.inf, "-Inf"),
    ],
)
def test_numbers(value: float, text: str) -> None:
    assert number(value) == text
    assert number(math.nan) == "NaN"


def test_a_sample_with_the_wrong_number_of_labels_is_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        Sampled().block([Sample(CPU, ("0",), 1)])


def test_a_whole_reading_carries_the_catalogues_types_and_helps() -> None:
    readings = Readings(open_reader(load(None)))
    blocks = readings.take()
    families = {family.name: family for family in text_string_to_metric_families(render(blocks).decode())}
    for metric in {sample.metric for sample in samples(blocks)}:
        told = families[metric.name.removesuffix("_total") if metric.kind == "counter" else metric.name]
        assert told.documentation == metric.help
        assert told.type == {"untyped": "unknown"}.get(metric.exposition_type, metric.exposition_type)


@pytest.mark.tools
def test_promtool_finds_nothing_but_the_names_that_node_exporter_chose() -> None:
    text = render(Readings(open_reader(load(None))).take())
    judged = subprocess.run([need("promtool"), "check", "metrics"], input=text, capture_output=True, check=False)
    complaints = (judged.stdout + judged.stderr).decode().splitlines()
    chosen = ("node_entropy_", "node_memory_", "node_netstat_", "node_sockstat_")
    assert [row for row in complaints if not row.startswith(chosen)] == []
