"""The catalogue keeps its own rules, and what asks it for nonsense is refused."""

from __future__ import annotations

import re

import pytest

from regiowacht_contract.catalogue import UNITS, Metric, catalogue, families, family, metric
from regiowacht_contract.errors import CatalogueError
from regiowacht_contract.labels import JOBS, TARGET_LABELS

COUNTERS_WITHOUT_TOTAL = re.compile(r"^(node_vmstat_|node_netstat_|if[A-Z])")
"""Names that node_exporter and snmp_exporter made known."""

WITH_A_SCOPE = {"node_network_address_info", "node_power_supply_info"}
"""Where node_exporter has a label that is one of ours as well; ours is written over it."""

UNIT_SUFFIX = {
    "seconds": ("_seconds", "_seconds_total"),
    "bytes": ("_bytes", "_bytes_total", "_inhabitants"),
    "ratio": ("_ratio", ":ratio"),
    "celsius": ("_celsius",),
    "hertz": ("_hertz",),
    "rpm": ("_rpm",),
}


def all_metrics() -> list[Metric]:
    return sorted(catalogue().values(), key=lambda m: m.name)


@pytest.mark.parametrize("found", all_metrics(), ids=lambda m: m.name)
def test_metric_keeps_the_rules(found: Metric) -> None:
    assert re.fullmatch(r"[a-zA-Z_:][a-zA-Z0-9_:]*", found.name)
    assert found.unit in UNITS
    assert found.help[0].isupper()
    assert found.help.endswith(".")
    is_ours = ":" in found.name or found.name.startswith("regiowacht_")
    assert not set(found.labels) & {"gemeente", "scope"} or is_ours or found.name in WITH_A_SCOPE
    if found.kind == "counter" and ":" not in found.name:
        assert found.name.endswith("_total") or COUNTERS_WITHOUT_TOTAL.match(found.name)
    if found.kind == "info":
        assert found.name.endswith("_info")


@pytest.mark.parametrize("found", [m for m in all_metrics() if m.unit in UNIT_SUFFIX], ids=lambda m: m.name)
def test_name_ends_in_its_unit(found: Metric) -> None:
    recorded = ":" in found.name
    foreign = found.name.startswith("node_memory_") or not found.name.startswith(("node_", "regiowacht_"))
    assert recorded or foreign or found.name.endswith(UNIT_SUFFIX[found.unit])


def test_families_are_files_with_metrics() -> None:
    assert families()
    assert all(family(name) for name in families())


def test_every_family_says_whose_series_it_is_unless_rules_compute_it() -> None:
    assert [name for name in families() if not family(name)[0].jobs] == ["engine_alerts", "recorded"]
    assert all(set(found.jobs) <= set(JOBS) for found in all_metrics())


def test_what_nothing_measures_yet_is_a_family_of_its_own() -> None:
    assert not {found.family for found in all_metrics() if found.planned}
    for name in families():
        assert len({found.planned for found in family(name)}) == 1


def test_unknown_metric_names_the_nearest() -> None:
    first = all_metrics()[0].name
    with pytest.raises(CatalogueError, match=first):
        metric(first + "x")


def test_unknown_family_is_refused() -> None:
    with pytest.raises(CatalogueError, match="no family"):
        family("no-such-family")


def test_target_labels_are_five() -> None:
    assert TARGET_LABELS == ("gemeente", "scope", "site", "instance", "job")
