"""Gives what is scraped its scope: the relabelling that the catalogue asks for.

A target carries the scope of its asset. Metrics of another laag get theirs, metrics outside the catalogue get
``GEMEENTE/overig``: shared with nobody by default. What only the collector may say (the region's facts, states,
recorded series, alerts, ``up``) is not taken from a target; the ``up`` that Prometheus adds by itself is not
relabelled, and stays with the asset.
"""

from __future__ import annotations

from regiowacht_contract.catalogue import catalogue
from regiowacht_contract.labels import LAGEN, OVERIG

KNOWN = "__tmp_in_catalogue"
"""A label that exists while one sample is relabelled, and is dropped before it is stored."""


ONLY_THE_COLLECTORS = ("region", "recorded", "repair", "gateway", "alerts")
"""Families that only the collector may emit: facts, recorded series, and how it fares itself."""

NOT_A_TARGETS = (*ONLY_THE_COLLECTORS, "prometheus")
"""Families that only the collector or the engine may emit."""

OF_RULES = "ALERTS|ALERTS_FOR_STATE|.*:.*"
"""An RE2 pattern of what Prometheus itself keeps of alerting and recording rules, whatever their names."""


def only_the_collectors() -> dict[str, object]:
    """Return the step that drops the collector's own, recorded series and alerts, which no page of others may say."""
    refused = sorted(metric.name for metric in catalogue().values() if metric.family in ONLY_THE_COLLECTORS)
    return {"source_labels": ["__name__"], "regex": f"{_any_of(refused)}|{OF_RULES}", "action": "drop"}


POLLED_JOBS = ("probe", "relay", "snmp")
"""Jobs whose assets an agent asks; of the others each speaks for itself."""


def only_this_gemeente(gemeente: str, sites: list[str]) -> list[dict[str, object]]:
    """Return the steps that let a page of a gemeente's agent speak of assets of its own sites alone."""
    rights = f"{gemeente}/{_any_of([*LAGEN, OVERIG])}"
    return [
        {"source_labels": ["job"], "regex": _any_of([*POLLED_JOBS]), "action": "keep"},
        {"source_labels": ["site"], "regex": _any_of(sites), "action": "keep"},
        {"source_labels": ["scope"], "regex": rights, "action": "keep"},
        {"target_label": "gemeente", "replacement": gemeente},
    ]


def scope_relabelling() -> list[dict[str, object]]:
    """Return ``metric_relabel_configs`` that set ``scope`` by the metric's name, and refuse what is not a target's."""
    refused = sorted(metric.name for metric in catalogue().values() if metric.family in NOT_A_TARGETS)
    every_name = sorted(metric.name for metric in catalogue().values() if metric.family not in NOT_A_TARGETS)
    return [
        {"source_labels": ["__name__"], "regex": f"{_any_of(refused)}|{OF_RULES}", "action": "drop"},
        {"source_labels": ["__name__"], "regex": _any_of(every_name), "target_label": KNOWN, "replacement": "1"},
        _stamp([KNOWN, "gemeente"], ";(.*)", OVERIG),
        *(_stamp(["__name__", "gemeente"], f"{_any_of(names)};(.*)", laag) for laag, names in _names_by_laag()),
        {"regex": KNOWN, "action": "labeldrop"},
    ]


def _names_by_laag() -> list[tuple[str, list[str]]]:
    """Return (laag, names) for every laag that is the metric's own, not its asset's."""
    emitted = [metric for metric in catalogue().values() if metric.family not in NOT_A_TARGETS]
    by_laag = {laag: sorted(m.name for m in emitted if m.laag == laag) for laag in (*LAGEN, OVERIG)}
    return [(laag, names) for laag, names in by_laag.items() if names]


def _any_of(names: list[str]) -> str:
    """Return an RE2 pattern of exactly these names; metric names hold nothing that RE2 reads as an operator."""
    return f"(?:{'|'.join(names)})"


def _stamp(source: list[str], pattern: str, laag: str) -> dict[str, object]:
    return {"source_labels": source, "regex": pattern, "target_label": "scope", "replacement": f"$1/{laag}"}
