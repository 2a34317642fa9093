"""The small region that the examples of alerts are about, and an example as a test of promtool's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from regiowacht_collector.alerts.rule import alerts, own_labels

if TYPE_CHECKING:
    from collections.abc import Mapping

    from regiowacht_collector.alerts.schema import AlertFile, Example, Moment

INTERVAL_S = 15
LENGTH = 6_000
"""Samples of what the region folder says: longer than any example."""

ASSETS: Mapping[str, Mapping[str, str]] = {
    "srv-1": {"kind": "server", "laag": "infrastructuur", "job": "node"},
    "srv-2": {"kind": "server", "laag": "infrastructuur", "job": "node", "leverancier": "hoster"},
    "win-1": {"kind": "server", "laag": "infrastructuur", "job": "relay", "poller": "srv-1"},
    "rt-1": {"kind": "router", "laag": "connectiviteit", "job": "snmp", "poller": "srv-1"},
    "sw-1": {"kind": "switch", "laag": "connectiviteit", "job": "snmp", "poller": "srv-1", "uplink": "rt-1"},
    "ups-1": {"kind": "ups", "laag": "infrastructuur", "job": "snmp", "poller": "srv-1", "uplink": "sw-1"},
    "nas-1": {"kind": "storage", "laag": "infrastructuur", "job": "snmp", "poller": "srv-1", "uplink": "sw-1"},
    "prn-1": {"kind": "printer", "laag": "infrastructuur", "job": "snmp", "poller": "srv-1", "uplink": "sw-1"},
    "wan-1": {"kind": "link", "laag": "connectiviteit", "job": "probe", "poller": "srv-1", "uplink": "rt-1",
              "leverancier": "telco-a"},
    "mail": {"kind": "service", "laag": "infrastructuur", "job": "probe", "poller": "srv-1"},
}  # fmt: skip
GEMEENTE, SITE = "zandbeke", "stadhuis"


def target(name: str) -> dict[str, str]:
    """Return the five labels of every series about an asset of the examples.

    Raises:
        KeyError: there is none of that name.
    """
    told = ASSETS[name]
    scope = f"{GEMEENTE}/{told['laag']}"
    return {"gemeente": GEMEENTE, "scope": scope, "site": SITE, "instance": name, "job": told["job"]}


def declared() -> dict[str, str]:
    """Return what the collector says of the region folder by itself, values by series."""
    series = {}
    for name, told in ASSETS.items():
        rest = {key: value for key, value in told.items() if key != "job"}
        series[written("regiowacht_asset_info", {**target(name), **rest})] = f"1x{LENGTH}"
        for parent in _above(name):
            series[written("regiowacht_asset_hangs_on", {**target(name), "parent": parent})] = f"1x{LENGTH}"
    return series


def written(name: str, labels: Mapping[str, str]) -> str:
    """Return a series as PromQL writes it."""
    return f"{name}{{{','.join(f'{label}={_quoted(value)}' for label, value in sorted(labels.items()) if value)}}}"


def as_test(one: AlertFile, example: Example) -> dict[str, object]:
    """Return an example as one entry of ``tests`` in a file of ``promtool test rules``."""
    known = {} if one.about == "region" else declared()
    series = known | {_series(name, example.subject): values for name, values in example.series.items()}
    return {
        "interval": example.every,
        "input_series": [{"series": name, "values": values} for name, values in series.items()],
        "promql_expr_test": [_question(one, example, moment) for moment in example.moments],
    }


def _question(one: AlertFile, example: Example, moment: Moment) -> dict[str, object]:
    """Return what the engine itself says of alerts that fire; its texts are not compared here."""
    firing = {"alertname": one.alert, "alertstate": "firing"}
    expected = [
        {"labels": written("ALERTS", firing | _labels(one, example, more)), "value": 1} for more in moment.fires
    ]
    return {"expr": written("ALERTS", firing), "eval_time": moment.at, "exp_samples": expected}


def _labels(one: AlertFile, example: Example, more: Mapping[str, str]) -> dict[str, str]:
    """Return all labels of an alert that fires; an empty one in ``more`` takes away what the subject has."""
    base = own_labels(one)
    if one.about == "asset":
        told = {key: value for key, value in ASSETS[example.subject].items() if key in {"kind", "laag", "leverancier"}}
        base |= {**target(example.subject), **told}
    return {key: value for key, value in {**base, **more}.items() if value}


def _above(name: str) -> list[str]:
    """Return what an asset hangs on, the nearest first."""
    found = []
    while name := ASSETS[name].get("uplink", ""):
        found.append(name)
    return found


def _series(name: str, subject: str) -> str:
    """Return a series with the subject's labels, where it has none of a target itself."""
    found = re.fullmatch(r"([A-Za-z_:][A-Za-z0-9_:]*)(?:\{(.*)\})?", name, re.DOTALL)
    if found is None:
        raise ValueError(f"no series: {name}")
    own = dict(re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', found[2] or ""))
    labels = own if "gemeente" in own else {**target(own.pop("instance", subject)), **own}
    return written(found[1], labels)


def _quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def all_examples() -> list[tuple[AlertFile, Example]]:
    """Return every example of every alert."""
    return [(one, example) for one in alerts() for example in one.examples]
