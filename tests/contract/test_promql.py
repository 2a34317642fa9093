"""PromQL that cannot mean anything cannot be built."""

from __future__ import annotations

import pytest

from regiowacht_contract.errors import CatalogueError
from regiowacht_contract.promql import counter, gauge, not_regex, regex, unlike


def test_counter_has_a_rate() -> None:
    busy = counter("node_cpu_seconds_total", mode=unlike("idle")).where(gemeente=regex("$gemeente"))
    assert busy.rate("5m") == 'rate(node_cpu_seconds_total{mode!="idle",gemeente=~"$gemeente"}[5m])'
    assert busy.increase("1h").startswith("increase(node_cpu_seconds_total{")


def test_gauge_has_no_rate() -> None:
    load = gauge("node_load1", instance="srv")
    assert not hasattr(load, "rate")
    assert load.over_time("avg", "10m") == 'avg_over_time(node_load1{instance="srv"}[10m])'


def test_rate_of_a_gauge_is_refused() -> None:
    with pytest.raises(CatalogueError, match="not a counter"):
        counter("node_load1")


def test_level_of_a_counter_is_refused() -> None:
    with pytest.raises(CatalogueError, match="is a counter"):
        gauge("node_cpu_seconds_total")


def test_wrong_name_names_the_nearest() -> None:
    with pytest.raises(CatalogueError, match="nearest: node_load1"):
        gauge("node_laod1")


def test_wrong_label_names_the_nearest() -> None:
    with pytest.raises(CatalogueError, match="nearest: mode"):
        counter("node_cpu_seconds_total", mood="idle")


def test_values_are_escaped() -> None:
    hostile = 'a"} or up{x="\\\n'
    assert str(gauge("node_load1", instance=hostile)) == 'node_load1{instance="a\\"} or up{x=\\"\\\\\\n"}'
    assert str(gauge("node_load1", instance=not_regex("a.*"))) == 'node_load1{instance!~"a.*"}'
