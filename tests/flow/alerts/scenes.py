"""Faults that are about more than one alert: a site behind a router, no receivers, a night, a window."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from regiowacht_collector.alerts.rule import alerts
from tests.flow.alerts.planted import Planted, expanded, planted
from tests.flow.alerts.stage import BEHIND

if TYPE_CHECKING:
    from regiowacht_collector.samples import Labels

ALONE, BEFORE = "1x20 0x18 1x200", "1x19 0x20 1x200"
"""A device that is down for five minutes, and one that is seen to be down a poll earlier and back a poll later."""

FOR_GOOD = "1x20 0x400"
UP = "1x400"
CONNECTIVITEIT, INFRASTRUCTUUR = "connectiviteit", "infrastructuur"


def faults(longest: int) -> list[Planted]:
    """Return a fault for each alert that can be played, those that take longer than that many samples left out.

    Each is measured at a moment of its own within the interval, so that they do not all meet one phase of the rules.
    """
    found = [one for rule in alerts() if (one := planted(rule)) is not None]
    short = [one for one in found if one.until - one.begin <= longest]
    return [replace(one, phase=number / len(short)) for number, one in enumerate(short)]


def scenes() -> list[Planted]:
    """Return what happens in the gemeenten ``groot``, ``stom``, ``nacht`` and ``werk``."""
    behind = {
        up("groot", f"dev-{number}", "snmp", CONNECTIVITEIT): BEFORE if number % 2 else ALONE
        for number in range(1, BEHIND + 1)
    }
    return [
        _scene("groot", {up("groot", "rt-1", "snmp", CONNECTIVITEIT): ALONE, **behind}),
        _scene("stom", {up("stom", "rt-1", "snmp", CONNECTIVITEIT): ALONE}),
        _scene(
            "nacht",
            {
                up("nacht", "prn-1", "snmp", INFRASTRUCTUUR): FOR_GOOD,
                up("nacht", "sw-1", "snmp", CONNECTIVITEIT): UP,
                up("nacht", "rt-1", "snmp", CONNECTIVITEIT): UP,
                up("nacht", "srv-2", "node", INFRASTRUCTUUR): FOR_GOOD,
            },
        ),
        _scene(
            "werk",
            {
                up("werk", "rt-1", "snmp", CONNECTIVITEIT): FOR_GOOD,
                up("werk", "srv-2", "node", INFRASTRUCTUUR): FOR_GOOD,
            },
        ),
    ]


def up(gemeente: str, instance: str, job: str, laag: str) -> Labels:
    """Return the labels of the series that says whether something answers."""
    labels = {
        "gemeente": gemeente, "instance": instance, "job": job, "scope": f"{gemeente}/{laag}", "site": "stadhuis",
    }  # fmt: skip
    return (("__name__", "up"), *sorted(labels.items()))


def _scene(gemeente: str, series: dict[Labels, str]) -> Planted:
    return Planted(
        gemeente=gemeente,
        alert="AssetNeer",
        series={labels: expanded(values) for labels, values in series.items()},
        until=48,
        waits=5,
        fires=26,
    )
