"""What incidents do to the figures of the assets they happen to; servers' disks have it in ``server.py``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht.demo.history.curves import Bursts, Flat, Patch, Patched, Ramp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from regiowacht.demo.history.curves import Curve
    from regiowacht.demo.history.incidents import Incident, Kind
    from regiowacht_contract.catalogue import Metric

    Patches = Callable[[Incident, Mapping[str, str]], Iterator[Patch]]

LASTS_S = 6 * 3600
"""How long a full battery lasts."""

LEAST_CHARGE = 0.12
RECHARGES_S = 3 * 3600
RUNTIME_S = 2400.0

NOISY_PORT = "3"
"""Its ``ifIndex``."""

NOISE_PER_S = {"ifInErrors": 42.0, "ifInDiscards": 6.0, "ifOutErrors": 3.0}

USUAL_FINDINGS = {"high": 0.0, "medium": 1.0, "low": 4.0}
FINDINGS = {"high": 3.0, "medium": 5.0, "low": 7.0}
BAD_SCORE = 0.62


def troubled(curve: Curve, metric: Metric, labels: Mapping[str, str], incidents: Sequence[Incident]) -> Curve:
    """Return the curve with what the asset's incidents did to it."""
    if metric.name == "regiowacht_audit_findings":
        curve = Flat(USUAL_FINDINGS.get(labels["severity"], 0.0))
    patches = [
        patch
        for incident in incidents
        if (incident.kind, metric.name) in TROUBLE
        for patch in TROUBLE[incident.kind, metric.name](incident, labels)
    ]
    noisy = tuple((incident.from_s, incident.ends_s) for incident in incidents if incident.kind == "noisy-port")
    if noisy and metric.name in NOISE_PER_S and labels["ifIndex"] == NOISY_PORT:
        curve = Bursts(curve, NOISE_PER_S[metric.name], noisy)
    return Patched(curve, tuple(patches)) if patches else curve


def _charge(incident: Incident, full: float) -> Iterator[Patch]:
    """Yield how the battery empties, and fills again afterwards."""
    drains = Ramp(incident.from_s, full, incident.from_s + LASTS_S, 0, LEAST_CHARGE * full)
    yield Patch(incident.from_s, incident.ends_s, drains)
    if incident.until_s is not None:
        charged_s = incident.until_s + RECHARGES_S
        yield Patch(incident.until_s, charged_s, Ramp(incident.until_s, drains.at(incident.until_s), charged_s, full))


def _flat(incident: Incident, value: float) -> Iterator[Patch]:
    yield Patch(incident.from_s, incident.ends_s, Flat(value))


TROUBLE: Mapping[tuple[Kind, str], Patches] = {
    ("ups-on-battery", "snmp_ups_on_battery"): lambda incident, _: _flat(incident, 1),
    ("ups-on-battery", "snmp_ups_charge_ratio"): lambda incident, _: _charge(incident, 1),
    ("ups-on-battery", "snmp_ups_runtime_seconds"): lambda incident, _: _charge(incident, RUNTIME_S),
    ("failed-audit", "regiowacht_audit_score_ratio"): lambda incident, _: _flat(incident, BAD_SCORE),
    ("failed-audit", "regiowacht_audit_findings"): lambda incident, labels: _flat(
        incident, FINDINGS.get(labels["severity"], 0.0)
    ),
}
"""What happens instead, by kind of incident and metric."""
